"""What earlier sittings did is handed to those who go on."""

from __future__ import annotations

from scanner.journal import Left, Looked, Looking, Spent, Swept, Talked, Tried
from scanner.model.ending import Ended, Ending
from scanner.policy.gate import Gate
from scanner.run.look import Looker
from scanner.run.restoring import SweepProgress, differences, restore
from scanner.run.standing import Standing
from scanner.sweep.connect import BLOCK
from scanner.sweep.interface import SweepPlan

HOST = "127.9.9.1"


def test_a_sweep_goes_on_at_the_first_block_that_is_not_over(started, knowledge, plan):
    wide = plan("127.9.0.0/22")
    standing = Standing(started(walked=("127.9.0.0/22",)), knowledge)
    tried = Tried({str(BLOCK): {"80": "0"}, "512": {"443": "1f"}}, {str(BLOCK): [80]})
    for record in (Swept(BLOCK + 3), tried, Ended("tcp", "127.9.0.9", 80, Ending.COMPLETE)):
        standing.add(record)
    left = SweepProgress(standing).go_on(SweepPlan(wide.scope, (80, 443), (), standing.result.permutation))

    assert left.first_step == BLOCK
    assert (left.first, left.again) == ({BLOCK: {80: 0}, 512: {443: 0x1F}}, {BLOCK: {80}})
    assert left.known == {"127.9.0.9": {80: Ending.COMPLETE}}


def test_a_sweep_that_is_over_has_nothing_left(started, knowledge, plan):
    standing = Standing(started(), knowledge)
    standing.add(Swept(8))
    assert SweepProgress(standing).first_step == 8


def test_how_far_it_is_is_told_when_it_changed():
    progress = SweepProgress(None)
    assert progress.changed() is None
    progress.over(0, 80, again=False, silent=3)
    progress.over(0, 80, again=True, silent=0)
    progress.over(256, 80, again=False, silent=255)
    assert progress.changed() == Tried({"0": {"80": "3"}, "256": {"80": "ff"}}, {"0": [80]})
    assert progress.changed() is None
    progress.over(256, 80, again=False, silent=255)  # told already
    assert progress.changed() is None
    progress.done(256)
    progress.over(256, 443, again=False, silent=0)
    assert progress.changed() == Tried({"256": {"80": "ff", "443": "0"}}, {})


def test_budgets_and_who_is_left_alone_stay(started, knowledge, plan, recorder):
    standing = Standing(started(), knowledge)
    for record in (
        Ended("tcp", HOST, 80, Ending.COMPLETE),
        Ended("tcp", "127.200.0.1", 80, Ending.COMPLETE),
        Looking(HOST, (80,), ("http",)),
        Talked("http", HOST),
        Spent({HOST: 3}, {HOST: 2}, {f"{HOST} port 80": 2}, {HOST: 1.5}),
        Left("127.9.9.2", "stopped answering"),
        Looked("127.9.9.3"),
    ):
        standing.add(record)
    made = plan("127.9.9.0/29")
    gate = Gate(made.scope, made.limits, ports=made.touched_ports)
    looker = Looker(made, gate, recorder, lambda _: None, lambda _a, _p: None, "0" * 16)
    restore(standing, made.scope, gate, looker)

    assert gate.budgets.used(HOST) == (3, 2)
    assert gate.breaker.stopped("127.9.9.2")
    assert set(looker.hosts) == {HOST, "127.9.9.3"}
    assert looker.hosts["127.9.9.3"].looked
    assert (looker.hosts[HOST].used, looker.hosts[HOST].finished) == (1.5, {"http"})


def test_another_machine_and_other_knowledge_are_said(started, plan):
    made = plan("127.9.9.0/29")
    assert differences(started(knowledge="a"), made, "a") == []
    (machine, knowledge) = differences(started(knowledge="a", sensor={"host": "other"}), made, "b")
    assert machine == "the run began on other and goes on here, on sensor"
    assert "changed" in knowledge

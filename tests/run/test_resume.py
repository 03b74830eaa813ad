"""A scan that was cut goes on as it was meant, and asks nobody twice."""

from __future__ import annotations

from typing import ClassVar

import pytest

from scanner.journal import Journal, Resumed, RunEnded, Stopping, Swept, read_journal
from scanner.model.ending import Ended, Ending
from scanner.model.errors import Locked, UsageError
from scanner.run import running
from scanner.run.events import Finished
from scanner.run.machine import data_folder
from scanner.run.request import Secret
from scanner.run.resume import overlapping, resume_plan, resume_scan, unfinished
from scanner.run.scan import Scan
from scanner.scope import Scope, parse_target

TARGETS = ("127.9.9.0/24", "127.9.10.0/24")


@pytest.fixture
def sweeps(monkeypatch):
    """Instead of a sweep, ``sweeps.script(plan, listener, stop)`` is run; the plans are kept."""

    class Sweeps:
        plans: ClassVar[list] = []

        @staticmethod
        def script(plan, listener, _stop) -> None:
            for step in range(plan.first_step, plan.scope.size):
                listener.port(plan.scope.address(plan.permutation[step]), 80, Ending.REFUSED, "")
            listener.done(plan.scope.size)

    class Scripted:
        def __init__(self, plan, gate, listener, stop) -> None:
            Sweeps.plans.append(plan)
            self.run = lambda: Sweeps.script(plan, listener, stop)

    Sweeps.plans = []
    monkeypatch.setattr(running, "ConnectSweep", Scripted)
    return Sweeps


@pytest.fixture
def cut(plan, knowledge, sweeps):
    """``cut(reason, **options)``: the journal of a scan that was stopped for that after its first block."""

    def make(reason: str = "its window closed", **options):
        scan = Scan(plan(*TARGETS, **options), knowledge)
        whole, sweeps.script = sweeps.script, None

        def part(plan, listener, _stop) -> None:
            for step in range(256):
                listener.port(plan.scope.address(plan.permutation[step]), 80, Ending.REFUSED, "")
            listener.done(256)
            scan.stop(reason)
            listener.port(plan.scope.address(plan.permutation[300]), 80, Ending.STOPPED_BY_US, reason)

        sweeps.script = part
        events = list(scan.events())
        sweeps.script = whole
        assert isinstance(events[-1], Finished)
        return scan.journal_path

    return make


def goes_on(path, knowledge, machine, **options) -> Finished:
    events = list(resume_scan(path, knowledge, machine=machine(), **options).events())
    return events[-1]


def test_what_is_left_of_a_run_is_told(cut):
    found = unfinished(cut(reference="CHG-7"))
    assert (found.steps, found.scope.size, found.reason) == (256, 512, "its window closed")
    assert (found.reference, found.targets, found.secrets, found.files) == ("CHG-7", TARGETS, (), {})
    assert found.run in found.path.name


@pytest.mark.parametrize(
    "reason", ["its window closed", "interrupted by the user", "the time limit of 9 s was reached"]
)
def test_a_run_goes_on_at_its_first_unfinished_block_and_ends_as_one(
    cut, knowledge, machine, sweeps, plan, reason
):
    path = cut(reason)
    found = goes_on(path, knowledge, machine)
    whole = list(Scan(plan(*TARGETS), knowledge).events())[-1]

    assert [one.first_step for one in sweeps.plans] == [0, 256, 0]
    assert found.report.coverage.by_state == whole.report.coverage.by_state
    assert found.report.coverage.gaps == whole.report.coverage.gaps
    assert not found.report.run.interrupted
    assert unfinished(path) is None
    with pytest.raises(UsageError, match="is finished"):
        resume_scan(path, knowledge)
    kinds = [type(one) for one in read_journal(path)]
    assert (kinds.count(Stopping), kinds.count(RunEnded), kinds.count(Resumed)) == (1, 2, 1)


def test_the_same_questions_are_asked_again(cut, machine):
    path = cut(ports=("http:8081",), exclude=("127.9.9.7", "127.1.1.1"), rate=77.0, time_limit=900.0)
    again = resume_plan(unfinished(path), machine())

    assert 8081 in again.ports
    assert (again.limits.rate, again.request.time_limit) == (77.0, 900.0)
    assert "127.9.9.7" not in again.scope
    assert again.request.exclude == ("127.9.9.7", "127.1.1.1")
    assert resume_plan(unfinished(path), machine(), time_limit=5.0).request.time_limit == 5.0


def test_a_secret_is_asked_for_again_and_never_written(cut, machine):
    path = cut(community=Secret("s3cret"))
    assert b"s3cret" not in path.read_bytes()
    assert unfinished(path).secrets == ("community",)
    with pytest.raises(UsageError, match="give --snmp-community-file"):
        resume_plan(unfinished(path), machine())
    assert resume_plan(unfinished(path), machine(), community=Secret("x")).request.community == Secret("x")


def test_an_interface_that_is_not_here_is_left_out(cut, machine, interface):
    path = cut()
    text = path.read_text().replace('"interfaces":[],"routers"', '"interfaces":["eth9"],"routers"')
    path.write_text(text)
    assert resume_plan(unfinished(path), machine()).request.interfaces == ()


def test_a_run_of_a_version_that_did_not_note_how_it_asked_is_refused(started, tmp_path):
    journal = Journal(tmp_path / "old.jsonl")
    journal.append(started())
    journal.close()
    with pytest.raises(UsageError, match="did not note how it asked"):
        unfinished(journal.path)


@pytest.mark.parametrize("engine", ["import", "listen"])
def test_a_run_that_asks_nobody_is_not_gone_on_with(started, tmp_path, engine):
    journal = Journal(tmp_path / "other.jsonl")
    journal.append(started(engine=engine, walked=()))
    journal.close()
    with pytest.raises(UsageError, match="start it again"):
        unfinished(journal.path)


def test_a_damaged_first_record_is_one_line(cut, machine):
    path = cut()
    path.write_text(path.read_text().replace('"rate":5000.0', '"rate":"x"'))
    with pytest.raises(UsageError, match="damaged"):
        resume_plan(unfinished(path), machine())
    path.write_text("{}")
    with pytest.raises(UsageError, match="not a journal"):
        unfinished(path)


def test_a_run_that_is_going_on_is_left_alone(cut, knowledge, machine):
    path = cut()
    held = Journal(path, again=True)
    with pytest.raises(Locked, match="still going on"):
        list(resume_scan(path, knowledge, machine=machine()).events())
    held.close()


def test_a_journal_that_is_finished_by_another_meanwhile_is_left_as_it_is(cut, knowledge, machine):
    path = cut()
    scan = resume_scan(path, knowledge, machine=machine())
    goes_on(path, knowledge, machine)
    before = path.read_bytes()
    with pytest.raises(UsageError, match="is finished"):
        list(scan.events())
    assert path.read_bytes() == before


def test_unfinished_scans_of_the_same_addresses_are_found(cut, knowledge, machine):
    path = cut()
    (data_folder() / "journals" / "a.jsonl").write_text("no journal")

    def named(text: str) -> list:
        return [one.path for one in overlapping(data_folder() / "journals", Scope.of([parse_target(text)]))]

    assert named("127.9.10.9") == [path]
    assert named("127.9.11.9") == []
    held = Journal(path, again=True)
    assert named("127.9.10.9") == []
    held.close()
    goes_on(path, knowledge, machine)
    assert named("127.9.10.9") == []


def test_ports_that_are_recorded_are_known_to_the_next_sweep(cut, knowledge, machine, sweeps):
    path = cut()
    journal = Journal(path, again=True)
    journal.go_on(path.stat().st_size, ())
    journal.append(Ended("tcp", "127.9.10.1", 80, Ending.COMPLETE))
    journal.append(Swept(256))
    journal.close()
    goes_on(path, knowledge, machine)
    assert sweeps.plans[-1].known["127.9.10.1"] == {80: Ending.COMPLETE}

"""One sweep of a schedule where it must not be made; what it makes is in test_scheduled.py."""

from __future__ import annotations

import io

import pytest

from scanner.cli import sweeping
from scanner.cli.options import load_knowledge
from scanner.cli.sweeping import Sweeping
from scanner.config.settings import parse
from scanner.inventory.engine import open_store
from scanner.inventory.leases import Lease
from scanner.schedule.log import logger
from scanner.schedule.turn import Outcome
from scanner.scope import parse_target


@pytest.fixture
def make(tmp_path, monkeypatch):
    """``make(store)``: a schedule of one network, whose addresses nobody may reach here."""
    monkeypatch.setenv("HIKSWEEP_DATA", str(tmp_path))
    monkeypatch.setattr(sweeping, "Scan", lambda *words: pytest.fail("nothing may be swept"))

    def call(store: str = "i.sqlite") -> tuple[Sweeping, io.StringIO]:
        text = f'store = "{store}"\n[sites.main.networks.cameras]\ntargets = "10.1.0.0/24"\n'
        found = parse(text, tmp_path / "hiksweep.toml", (), {})
        said = io.StringIO()
        log = logger(found.settings.log, stream=said, environment={})
        return Sweeping(found, load_knowledge(), log, talkative=False), said

    return call


def test_where_other_machines_use_the_store_and_it_does_not_answer_nothing_is_swept(make, tmp_path):
    one, said = make(f"postgresql:///hiksweep?host={tmp_path}/nowhere")

    assert one.sweep(one.found.networks[0]) == (1, Outcome.FAILED)
    assert "ERROR sweep failed  network=main/cameras" in said.getvalue()


def test_what_is_not_due_any_more_once_the_lease_is_held_is_not_swept_and_nothing_is_said(make, tmp_path):
    one, said = make()

    assert one.sweep(one.found.networks[0], still_due=lambda: False) == (0, Outcome.ELSEWHERE)
    assert said.getvalue() == ""


def test_what_another_holds_is_passed_over_without_a_word(make, tmp_path):
    store = open_store(str(tmp_path / "i.sqlite"), tmp_path, make=True)
    Lease(store, "main", [parse_target("10.1.0.9")], "by hand")
    one, said = make()

    assert one.sweep(one.found.networks[0]) == (0, Outcome.ELSEWHERE)
    assert said.getvalue() == ""
    store.close()

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from scanner.inventory.engine import open_store
from scanner.inventory.ingest import take
from scanner.inventory.rebuild import refresh
from scanner.model.finding import Deadline, Finding, Text
from scanner.tickets.facts import Facts, due_day, facts_of
from scanner.tickets.gather import items_of


@pytest.fixture
def read(tmp_path, journal_of, things, knowledge):
    store = open_store(str(tmp_path / "s.sqlite"), tmp_path, make=True)
    there = {"10.1.0.1": things.camera(1), "10.1.0.2": things.camera(2), "10.1.0.3": things.LAPTOP}
    take(store, journal_of("2026-01-05", there), "lab")
    refresh(store, knowledge)
    with store.reading() as connection:
        yield connection, items_of(connection, date(2026, 1, 7))


def test_the_run_that_saw_it_last_tells_what_it_is_and_what_is_asked(read, knowledge):
    connection, items = read
    for item in items:
        facts = facts_of(connection, item, knowledge)
        assert facts.device.addresses == item.addresses
        assert facts.device.evidence
        assert {one.id for one in facts.findings} == {one.measure for one in item.obligations}


def test_a_run_that_is_gone_tells_nothing(read, knowledge):
    connection, (item, *_) = read
    assert facts_of(connection, replace(item, last_run="gone"), knowledge) == Facts(
        replace(item, last_run="gone"), None
    )
    assert facts_of(connection, replace(item, addresses=("10.1.0.9",), names=()), knowledge).device is None


def finding(value, precision, *, sure):
    return Finding(
        "m", "yes", None, Text("x"), "c", Text("r"), "2026-01-01", Deadline(value, precision, sure)
    )


def test_only_a_sure_day_is_a_due_day(read):
    _, (item, *_) = read
    unsure = (finding("2026-03", "month", sure=True), finding("2026-02-01", "day", sure=False))
    assert due_day([Facts(item, None, unsure)]) == ""
    sure = (*unsure, finding("2026-05-01", "day", sure=True), finding("2026-04-01", "day", sure=True))
    assert due_day([Facts(item, None, sure)]) == "2026-04-01"

"""The store gives a run back as its journal does, and says what it lost."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, update

from scanner.inventory import reading
from scanner.inventory.engine import open_store
from scanner.inventory.ingest import take
from scanner.inventory.reading import records, result_of
from scanner.inventory.schema import body, record
from scanner.journal import read_journal
from scanner.knowledge import load
from scanner.model.errors import StoreUnusable
from scanner.model.report import RunError
from scanner.run.result import build_report, read_result


@pytest.fixture
def store(store_url, tmp_path):
    return open_store(store_url, tmp_path, make=True)


@pytest.fixture(scope="session")
def knowledge():
    return load()


@pytest.fixture
def journal(journal_of, things):
    return journal_of("2026-01-05", {f"10.1.0.{n}": things.camera(n) for n in range(1, 9)})


def test_records_come_in_order_however_many_are_read_at_once(store, journal, monkeypatch):
    name = take(store, journal).run
    monkeypatch.setattr(reading, "_AT_ONCE", 3)

    with store.reading() as connection:
        assert list(records(connection, name)) == list(read_journal(journal))


def test_the_result_of_a_stored_run_is_that_of_its_journal(store, journal, knowledge):
    name = take(store, journal).run

    with store.reading() as connection:
        stored = result_of(connection, name, knowledge)
    assert build_report([stored], knowledge, None, None) == build_report(
        [read_result(journal, knowledge)], knowledge, None, None
    )


def test_an_observation_whose_body_is_lost_becomes_a_fault(store, journal):
    name = take(store, journal).run
    with store.writing() as connection:
        connection.execute(delete(body))
        connection.execute(update(record).where(record.c.kind == "finish").values(data="{"))

    with store.reading() as connection:
        faults = [one for one in records(connection, name) if isinstance(one, RunError)]
    assert len(faults) == 9


def test_a_run_that_is_not_there_is_told(store, knowledge):
    with store.reading() as connection, pytest.raises(StoreUnusable, match="no such run"):
        result_of(connection, "20260101T000000Z-aaaaaa", knowledge)

"""Only what a story changed is written."""

from __future__ import annotations

from array import array

import pytest
from sqlalchemy import event, insert

from scanner.inventory.derive import Derived, Found, derived_row
from scanner.inventory.engine import open_store
from scanner.inventory.rebuild import tell
from scanner.inventory.schema import run
from scanner.inventory.story import Chapter
from scanner.inventory.words import NetworkView
from scanner.inventory.writing import Spool
from scanner.model.identity import Name, Rung


def test_what_is_kept_of_runs_comes_out_as_it_was():
    spool = Spool()
    network = NetworkView("10.1.0.0/24", frozenset({"tcp"}), frozenset({"10.1.0.5"}), frozenset(), False)
    spool.add(Chapter("r", "s", "2026-01-05T00:00:00Z", array("I", [3]), (network,)), "m")

    assert [row["run"] for row in spool.appearances] == ["r"]
    assert [(row["prefix"], row["answered"]) for row in spool.networks()] == [("10.1.0.0/24", '["10.1.0.5"]')]
    spool.clear()
    assert [*spool.appearances, *spool.networks()] == []


def put(store, number: int, count: int, site: str) -> None:
    found = tuple(
        Found(f"dev-{one}", (Name(Rung.SERIAL, f"{site}{one}"),), (f"10.1.0.{one}",), "hikvision", fields={})
        for one in range(count)
    )
    derived = Derived(found, frozenset(), (), frozenset(), ())
    started = f"2026-01-{number:02}T00:00:00Z"
    head = {"id": f"run-{number}", "site": site, "header": "{}", "started": started, "lines": 1, "chain": ""}
    with store.writing() as connection:
        connection.execute(insert(run), [head])
        connection.execute(insert(derived_table()), [derived_row(f"run-{number}", 1, "k", derived)])


def derived_table():
    from scanner.inventory.schema import derived

    return derived


@pytest.fixture
def written(store_url, tmp_path):
    """A store, and the rows that were written of devices since."""
    store = open_store(store_url, tmp_path, make=True)
    rows: list[int] = []

    def count(_connection, _cursor, statement, parameters, _context, many):
        if statement.startswith("INSERT INTO device"):
            rows.append(len(parameters) if many else 1)

    event.listen(store._engine, "before_cursor_execute", count)
    yield store, rows
    store.close()


def test_a_run_of_a_small_site_costs_nothing_of_a_large_one(written):
    store, rows = written
    put(store, 1, 100, "large")
    tell(store)
    put(store, 2, 3, "small")
    tell(store)
    put(store, 3, 3, "small")
    tell(store)

    assert rows[-2:] == [3, 3]


def test_nothing_is_written_when_nothing_came(written):
    store, rows = written
    put(store, 1, 3, "s")
    assert tell(store) == 1
    before = len(rows)

    assert tell(store) == 0
    assert len(rows) == before

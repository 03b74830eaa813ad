"""When each network was covered whole last, on the evidence of a day."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import insert

from scanner.inventory import schema
from scanner.inventory.covered import coverage, last_runs, within
from scanner.inventory.engine import open_store
from scanner.inventory.sites import SiteNetwork, set_network


def at(day: int, month: int = 1) -> str:
    return f"2026-{month:02d}-{day:02d}T02:00:00Z"


def network(run, prefix, day, site="lab", covered=("tcp",), interrupted=0, month=1):
    return {
        "run": run, "prefix": prefix, "site": site, "at": at(day, month), "covered": json.dumps(covered),
        "answered": "[]", "others": "[]", "interrupted": interrupted,
    }  # fmt: skip


@pytest.fixture
def store(store_url, tmp_path):
    made = open_store(store_url, tmp_path, make=True)
    yield made
    made.close()


@pytest.fixture
def swept(store):
    with store.writing() as connection:
        connection.execute(
            insert(schema.network_run),
            [
                network("r1", "10.1.0.0/24", 5),
                network("r2", "10.1.0.0/24", 12),
                network("r3", "10.1.0.0/24", 19, interrupted=1),
                network("r2", "10.2.0.0/24", 12, covered=()),
                network("r9", "10.1.0.0/24", 2, site="annex", month=2),
                network("r0", "127.0.0.0/24", 12, site="rehearsal"),
            ],
        )
    set_network(store, datetime(2026, 1, 1, tzinfo=UTC), "J. Doe", SiteNetwork("lab", "10.3.0.0/24"))
    return store


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 1, 12), [("lab", "10.1.0.0/24", 0), ("lab", "10.2.0.0/24", None), ("lab", "10.3.0.0/24", None)]),
        (date(2026, 1, 11), [("lab", "10.1.0.0/24", 6), ("lab", "10.3.0.0/24", None)]),
        (date(2026, 2, 2), [("annex", "10.1.0.0/24", 0), ("lab", "10.1.0.0/24", 21), ("lab", "10.2.0.0/24", None),
                            ("lab", "10.3.0.0/24", None)]),
    ],
)  # fmt: skip
def test_coverage_is_that_of_a_day_and_names_what_was_never_covered(day, expected, swept):
    with swept.reading() as connection:
        found = coverage(connection, day)

    assert [(one.site, one.prefix, one.days) for one in found] == expected


def test_coverage_is_counted_in_days(swept):
    with swept.reading() as connection:
        found = coverage(connection, date(2026, 2, 2))

    assert [within(found, days) for days in (7, 14, 20, 21, 30)] == [1, 1, 1, 2, 2]


def test_each_networks_last_two_runs(swept):
    with swept.reading() as connection:
        assert last_runs(connection) == ["r2", "r3", "r9"]
        assert last_runs(connection, "annex") == ["r9"]
        assert last_runs(connection, "rehearsal") == ["r0"]


def header(name, *excluded):
    return {
        "id": name, "site": "lab", "header": json.dumps({"excluded": excluded}), "started": at(5), "lines": 0,
        "chain": "",
    }  # fmt: skip


def test_pieces_that_an_exclusion_left_make_up_their_network(store):
    pieces = ("10.1.0.0/31", "10.1.0.3/32", *(f"10.1.0.{1 << n}/{32 - n}" for n in range(2, 8)))
    with store.writing() as connection:
        connection.execute(insert(schema.run), [header("r1"), header("r2", "10.1.0.2")])
        connection.execute(
            insert(schema.network_run),
            [network("r1", "10.1.0.0/24", 5), *(network("r2", one, 12) for one in pieces)],
        )
    with store.reading() as connection:
        found = coverage(connection, date(2026, 1, 14))

    assert [(one.prefix, one.run, one.days, one.excluded) for one in found] == [("10.1.0.0/24", "r2", 2, 1)]


def test_a_declared_network_was_covered_when_its_last_part_was(store):
    set_network(store, datetime(2026, 1, 1, tzinfo=UTC), "J. Doe", SiteNetwork("lab", "10.1.0.0/23"))
    with store.writing() as connection:
        connection.execute(
            insert(schema.network_run), [network("r1", "10.1.0.0/24", 5), network("r2", "10.1.0.0/24", 12)]
        )
    with store.reading() as connection:
        assert [(one.prefix, one.at) for one in coverage(connection, date(2026, 1, 14))] == [
            ("10.1.0.0/23", None)
        ]
    with store.writing() as connection:
        connection.execute(insert(schema.network_run), [network("r3", "10.1.1.0/24", 6)])
    with store.reading() as connection:
        found = coverage(connection, date(2026, 1, 14))

    assert [(one.prefix, one.run, one.days) for one in found] == [("10.1.0.0/23", "r3", 8)]

"""A decision that is written into the views gives the same rows as telling everything again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from scanner.inventory.append import append
from scanner.inventory.decisions import decide
from scanner.inventory.engine import open_store
from scanner.inventory.ingest import take
from scanner.inventory.rebuild import refresh
from scanner.inventory.schema import VIEWS, device, finding
from scanner.knowledge import load

NOW = datetime(2026, 1, 27, tzinfo=UTC)


@pytest.fixture(scope="module")
def knowledge():
    return load()


@pytest.fixture
def store(store_url, tmp_path, journal_of, things, knowledge):
    """Three cameras, of which the third is missing since the last of four sweeps."""
    made = open_store(store_url, tmp_path, make=True)
    others = {f"10.1.0.{number}": things.LAPTOP for number in range(5, 14)}
    for day, cameras in (("05", (1, 2, 3)), ("12", (1, 2)), ("19", (1, 2)), ("26", (1, 2))):
        there = {f"10.1.0.{number}": things.camera(number) for number in cameras}
        take(made, journal_of(f"2026-01-{day}", {**others, **there}), "lab")
    refresh(made, knowledge)
    yield made
    made.close()


def rows(store):
    with store.reading() as connection:
        return {one.name: sorted(map(repr, connection.execute(select(one)).all())) for one in VIEWS}


def ids(store):
    with store.reading() as connection:
        found = connection.execute(select(device.c.id, device.c.presence).order_by(device.c.addresses))
        return [row.id for row in found]


def measure(store, owner):
    with store.reading() as connection:
        return (
            connection.execute(select(finding.c.measure).where(finding.c.device == owner)).scalars().first()
        )


def test_decisions_one_after_another_give_what_a_rebuild_gives(store, knowledge):
    first, second, gone = ids(store)
    until = str(date(2026, 1, 30))
    steps = [
        (NOW, "note", first, {"note": "x"}),
        (
            NOW + timedelta(hours=1),
            "waive",
            f"{first}/{measure(store, first)}",
            {"until": until, "reason": "x"},
        ),
        (NOW + timedelta(hours=2), "waive", second, {"until": "2026-06-01", "reason": "x"}),
        (NOW + timedelta(hours=3), "waive", second, {"until": "2029-06-01", "reason": "too long"}),
        (NOW + timedelta(hours=4), "verify-removed", first, {"date": "2026-01-27"}),
        (NOW + timedelta(days=9), "verify-removed", gone, {"date": "2026-01-20"}),
        (NOW + timedelta(days=10), "retire", "lab 10.1.0.0/24", {"reason": "sold"}),
        (NOW + timedelta(days=11), "retire", "annex 10.1.0.0/24", {"reason": "sold"}),
        (datetime(2026, 1, 20, tzinfo=UTC), "waive", second, {"until": "2026-03-01", "reason": "said late"}),
        (NOW + timedelta(days=12), "merge", first, {"with": second}),
        (NOW + timedelta(days=13), "split", first, {"with": second}),
    ]
    for at, kind, subject, data in steps:
        decide(store, at, "A. Person", kind, subject, data)
        assert append(store), kind
        written = rows(store)
        refresh(store, knowledge, anew=True)
        assert written == rows(store), (kind, subject)


def test_views_that_lack_a_run_need_the_whole_story(store, journal_of, things):
    take(store, journal_of("2026-01-02", {"10.1.0.1": things.camera(1)}), "lab")
    decide(store, NOW, "A. Person", "note", ids(store)[0], {"note": "x"})

    assert not append(store)

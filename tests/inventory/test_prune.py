"""What is pruned is missed by nobody: all views, also told anew, say what they said."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from scanner.inventory.decisions import decide
from scanner.inventory.engine import open_store
from scanner.inventory.ingest import take
from scanner.inventory.prune import before, is_before_edge, plan, prune
from scanner.inventory.rebuild import refresh
from scanner.inventory.schema import VIEWS, body, derived, device, finding, pruned, record, run
from scanner.inventory.upkeep import check, info
from scanner.knowledge import load
from scanner.model.errors import UsageError

NOW = datetime(2026, 6, 1, tzinfo=UTC)
EDGE = datetime(2026, 4, 1, tzinfo=UTC)
DAYS = ("01-05", "01-12", "01-19", "01-26", "02-02", "03-09", "03-16", "05-04", "05-11")


@pytest.fixture(scope="module")
def knowledge():
    return load()


@pytest.fixture
def store(store_url, tmp_path, journal_of, things, knowledge):
    """Half a year: a camera that stays, one that is removed, and many hosts of others."""
    made = open_store(store_url, tmp_path, make=True)
    for place, day in enumerate(DAYS):
        there = {f"10.1.0.{number}": things.LAPTOP for number in range(5, 14)}
        there["10.1.0.1"] = things.camera(1)
        if place < 2:
            there["10.1.0.2"] = things.camera(2)
        take(made, journal_of(f"2026-{day}", there), "lab")
    refresh(made, knowledge)
    with made.reading() as connection:
        gone = connection.execute(
            select(device.c.id).where(device.c.presence == "removed-unverified")
        ).scalar()
    decide(
        made, datetime(2026, 3, 20, tzinfo=UTC), "A. Person", "verify-removed", gone, {"date": "2026-03-01"}
    )
    refresh(made, knowledge)
    yield made
    made.close()


def rows(store, tables=VIEWS):
    with store.reading() as connection:
        return {one.name: sorted(map(repr, connection.execute(select(one)).all())) for one in tables}


def planned(store, moment=EDGE):
    with store.reading() as connection:
        return plan(connection, moment)


def addresses(store, name):
    with store.reading() as connection:
        query = select(record.c.address).where(record.c.run == name, record.c.address != "").distinct()
        return set(connection.execute(query).scalars())


def runs(store):
    with store.reading() as connection:
        return list(connection.execute(select(run.c.id).order_by(run.c.started)).scalars())


def test_every_view_says_what_it_said_also_when_it_is_told_anew(store, knowledge):
    expected = rows(store)
    found = planned(store)
    prune(store, found, NOW)

    assert rows(store) == expected
    refresh(store, knowledge, anew=True)
    assert rows(store) == expected
    assert list(check(store)) == []
    assert info(store).pruned == len(found.runs) == 7
    assert planned(store).runs == ()


def test_the_evidence_of_the_open_and_of_the_removed_stays(store):
    with store.reading() as connection:
        states = set(connection.execute(select(finding.c.state)).scalars())
        kept = connection.execute(select(run).where(run.c.started >= "2026-04")).all()
    assert states == {"open", "closed"}
    prune(store, planned(store), NOW)

    first, second, third, fourth, fifth, sixth, *_ = runs(store)
    # Found and seen again; seen last; the three sweeps that made the one missing; the one 30 days later.
    assert addresses(store, first) == addresses(store, second) == {"10.1.0.1", "10.1.0.2"}
    silence = [addresses(store, name) for name in (third, fourth, fifth, sixth)]
    assert all(there <= {"10.1.0.2"} for there in silence)
    with store.reading() as connection:
        for row in kept:
            query = select(func.count()).where(record.c.run == row.id, record.c.address == "10.1.0.7")
            assert connection.execute(query).scalar(), "what is not old stays whole"


def test_a_body_that_something_points_to_stays(store):
    before_all = info(store).bodies
    prune(store, planned(store), NOW)

    with store.reading() as connection:
        lines = connection.execute(select(record.c.data)).scalars()
        used = {digest for line in lines if (digest := json.loads(line).get("digest"))}
        kept = set(connection.execute(select(body.c.digest)).scalars())
    assert used == kept
    assert len(kept) <= before_all


def test_a_body_of_old_records_alone_goes(store, journal_of, things, knowledge):
    take(store, journal_of("2026-01-06", {"10.1.0.9": things.NAMELESS}), "lab")
    with store.writing() as connection:
        connection.execute(
            update(record).values(address="10.9.9.9").where(record.c.run.startswith("20260106"))
        )
    refresh(store, knowledge)
    count, found = info(store).bodies, planned(store)
    prune(store, found, NOW)

    assert (found.bodies, found.body_bytes > 0) == (1, True)
    assert info(store).bodies == count - 1


def test_a_run_from_before_the_edge_that_comes_late_counts_on_its_day(
    store, knowledge, journal_of, things, tmp_path
):
    late = journal_of("2026-02-09", {"10.1.0.2": things.camera(2), "10.1.0.6": things.LAPTOP})
    other = open_store(str(tmp_path / "whole.sqlite"), tmp_path, make=True)
    for path in sorted(late.parent.glob("*.jsonl")):
        take(other, path, "lab")
    prune(store, planned(store), NOW)
    taken = take(store, late, "lab")
    refresh(store, knowledge)
    refresh(other, knowledge)

    with store.reading() as connection:
        assert is_before_edge(connection, taken.run)
        assert not is_before_edge(connection, runs(store)[-1])
    tables = [one for one in VIEWS if one.name in ("network_run", "address_interval", "appearance", "alias")]
    assert rows(store, tables) == rows(other, tables)


def test_nothing_more_is_taken_of_what_was_pruned(store, journal_of, things):
    prune(store, planned(store), NOW)
    again = journal_of("2026-01-05", {"10.1.0.1": things.camera(1)}, id="x", started="2026-01-05T02:00:00Z")
    mine = min(again.parent.glob("20260105*.jsonl"))
    assert take(store, mine, "lab").records == 0, "the same journal brings nothing new"
    with mine.open("ab") as file:
        file.write(b'{"kind":"error","where":"x","message":"y"}\n')

    with pytest.raises(UsageError, match="were pruned"):
        take(store, mine, "lab")


def test_a_run_without_an_end_stays_whole(store, journal_of, knowledge):
    take(store, journal_of("2026-01-07", finished=False, swept=3), "lab")
    refresh(store, knowledge)

    assert planned(store).skipped == 1


@pytest.mark.parametrize("table", [record, derived])
def test_what_changed_behind_the_back_is_found(table, store):
    prune(store, planned(store), NOW)
    with store.writing() as connection:
        name = connection.execute(select(pruned.c.run).order_by(pruned.c.run).limit(1)).scalar_one()
        data = "{}" if table is record else b""
        connection.execute(update(table).where(table.c.run == name).values(data=data))

    assert any(name in line for line in check(store))


@given(st.integers(0, 99_999), st.sampled_from("dwy"))
def test_what_is_kept_is_a_time_that_fits(count, unit):
    days = count * {"d": 1, "w": 7, "y": 365}[unit]
    try:
        moment = before(f"{count}{unit}", NOW)
    except UsageError:
        assert days < 30 or days > NOW.toordinal()
    else:
        assert (NOW - moment).days == days >= 30


@pytest.mark.parametrize("text", ["", "x", "-5d", "1.5y", "5", "all", "99999999d", "٣٠d"])
def test_nonsense_is_refused(text):
    with pytest.raises(UsageError, match="--keep"):
        before(text, NOW)


def test_pruning_in_steps_is_pruning_at_once(store, knowledge):
    chance = random.Random(3)
    moments = [datetime(2026, month, 20, tzinfo=UTC) for month in (1, 2, 3)]
    chance.shuffle(moments)
    expected = rows(store)
    for moment in moments:
        prune(store, planned(store, moment), NOW)
        refresh(store, knowledge, anew=True)

    assert rows(store) == expected
    assert planned(store).runs == ()

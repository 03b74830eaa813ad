"""One can go back to a few moments, the more the closer they lie."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from scanner.inventory.cells import Cells
from scanner.inventory.checkpoints import before, checkpoints, fill, forget, keep, restore
from scanner.inventory.engine import open_store
from scanner.inventory.schema import cell, checkpoint, former
from scanner.inventory.story import Mark

BEGIN = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.fixture
def store(store_url, tmp_path):
    """Thirty steps, one after another; a cell counts them, and one has been there from the tenth on."""
    made = open_store(store_url, tmp_path, make=True)
    for step in range(30):
        with made.writing() as connection:
            known = checkpoints(connection)
            base = known[0] if known else None
            cells = Cells(connection, base.place if base else 0)
            cells.put("count", str(step).encode(), 0)
            if step == 10:
                cells.put("late", b"x", 0)
            mark = Mark(BEGIN + timedelta(days=step), 1, 2, 3, frozenset({(0, 1)}))
            fill(made, connection, cells.changed())
            keep(connection, base, [mark], cells.former, frozenset({"mac:x"}))
    yield made
    made.close()


def held(connection):
    return {row.name: row.data for row in connection.execute(select(cell))}


def test_they_are_ever_fewer_the_longer_ago(store):
    with store.reading() as connection:
        known = checkpoints(connection)

    ages = [30 - one.steps for one in known]
    assert ages[:3] == [0, 1, ages[2]]
    assert [age.bit_length() for age in ages] == sorted({age.bit_length() for age in ages})
    assert (known[0].transitions, known[0].events) == (60, 90)
    assert (known[0].foresight, known[0].barred) == ({(0, 1)}, {"mac:x"})


def test_each_of_them_can_be_gone_back_to(store):
    with store.reading() as connection:
        places = checkpoints(connection)
    for base in places:
        with store.writing() as connection:
            restore(connection, base)
            expected = {"count": str(base.steps - 1).encode()} | ({"late": b"x"} if base.steps > 10 else {})
            assert held(connection) == expected
            assert checkpoints(connection)[0] == base


def test_a_moment_is_gone_back_to_before_its_second(store):
    with store.reading() as connection:
        known = checkpoints(connection)

    newest = known[0]
    assert before(known, newest.at + timedelta(seconds=1)) == newest
    assert before(known, newest.at + timedelta(milliseconds=5)) == known[1]
    assert before(known, BEGIN) is None
    assert before(known, None) is None


def test_nothing_is_left_when_all_is_forgotten(store):
    with store.writing() as connection:
        forget(connection)
        left = [connection.execute(select(func.count()).select_from(one)).scalar() for one in (cell, former)]

    assert left == [0, 0]
    with store.reading() as connection:
        assert checkpoints(connection) == []


def test_a_state_of_another_shape_is_not_gone_on_from(store):
    with store.writing() as connection:
        row = connection.execute(select(checkpoint.c.data).limit(1)).scalar_one()
        changed = row.replace('"shape":"', '"shape":"x')
        connection.execute(checkpoint.update().values(data=changed))
    with store.reading() as connection:
        assert checkpoints(connection) == []

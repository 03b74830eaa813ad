"""What persons decided is added and ordered by its own time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from scanner.inventory.decisions import decide, decisions, in_force, time_of, time_text
from scanner.inventory.engine import open_store
from scanner.inventory.words import Decision

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def store(store_url, tmp_path):
    return open_store(store_url, tmp_path, make=True)


def test_decisions_come_in_the_order_of_their_own_time(store):
    late = decide(store, NOON, "A. Person", "note", "inv-1", {"text": "é\0"})
    early = decide(store, NOON - timedelta(days=3), "B. Person", "waive", "inv-1")

    with store.reading() as connection:
        assert decisions(connection) == [early, late]
        assert decisions(connection, "note") == [late]


def test_the_same_decision_twice_is_one(store):
    first = decide(store, NOON, "A", "note", "inv-1", {"text": "x"})
    again = decide(store, NOON, "A", "note", "inv-1", {"text": "x"})

    assert first == again
    with store.reading() as connection:
        assert decisions(connection) == [first]


def test_two_decisions_of_one_second_keep_their_order(store):
    moments = [NOON + timedelta(microseconds=number) for number in range(5)]
    made = [
        decide(store, at, "A", "note", "inv-1", {"text": str(number)}) for number, at in enumerate(moments)
    ]

    with store.reading() as connection:
        assert decisions(connection) == made


def test_a_moment_is_kept_in_utc():
    vancouver = datetime(2026, 3, 1, 4, tzinfo=timezone(timedelta(hours=-8)))

    assert time_text(vancouver) == "2026-03-01T12:00:00Z"
    assert time_of("2026-03-01T12:00:00Z") == time_of("2026-03-01T12:00:00") == NOON


def test_what_was_taken_back_is_not_in_force_and_taking_back_can_be_taken_back():
    at = datetime(2026, 1, 1, tzinfo=UTC)
    merge = Decision("dec-1", at, "A", "merge", "inv-1", {"with": "inv-2"})
    undo = Decision("dec-2", at, "A", "undo", "dec-1")
    again = Decision("dec-3", at, "A", "undo", "dec-2")

    assert in_force([merge]) == [merge]
    assert in_force([merge, undo]) == [undo]
    assert in_force([merge, undo, again]) == [merge, again]

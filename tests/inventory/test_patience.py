"""How long the rules wait is what the records say, each word from its own time on."""

from __future__ import annotations

import random
from dataclasses import fields
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from scanner.inventory.engine import open_store
from scanner.inventory.ingest import take
from scanner.inventory.life import replay
from scanner.inventory.patience import MOST, PATIENCE, SAID, patience, patience_at, patience_of, set_patience
from scanner.inventory.rebuild import refresh
from scanner.inventory.schema import VIEWS, checkpoint, transition
from scanner.inventory.transitions import Patience
from scanner.inventory.words import EventKind
from scanner.knowledge import load


def wait(say, at, **said):
    return say.decision(at, PATIENCE, "inventory", **said)


def states(*steps):
    return [(line.after, line.at) for line in replay(steps).transitions if "/" not in line.subject]


def test_every_number_but_that_of_waivers_can_be_said():
    assert {*SAID} == {one.name for one in fields(Patience)} - {"waiver_days"}
    assert {*MOST} == {*SAID}


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ({"against": 4}, "4 sweeps of 3 are never reached"),
        ({"of": 0}, "of is no number from 1 to 100"),
        ({"missing_days": "7"}, "missing_days is no number"),
        ({"stale_days": True}, "stale_days is no number"),
        ({"removed_days": 4000}, "removed_days is no number from 1 to 3650"),
    ],
)
def test_numbers_that_cannot_be_meant_change_nothing_and_are_told(data, why, say):
    assert str(patience_of(data)).startswith(why)

    cam = say.seen("cam", "10.1.0.5")
    lives = replay([say.run(0, cam), wait(say, 1, **data), *(say.run(at) for at in (7, 14, 21))])
    assert lives.devices["cam"].state == "missing"
    assert [(one.kind, one.detail.startswith(why)) for one in lives.events] == [(EventKind.NO_EFFECT, True)]


def test_the_last_word_before_a_moment_holds(say):
    said = [wait(say, 1, stale_days=10), wait(say, 2, of=2), wait(say, 3, stale_days=20)]

    assert patience_at(said, None) == patience_at(said, say.day(0)) == Patience()
    assert patience_at(said, say.day(1)) == patience_at(said, say.day(2)) == Patience(stale_days=10)
    assert patience_at(said, say.day(9)) == Patience(stale_days=20)


def test_each_number_decides_what_it_says(say):
    cam, heard = say.seen("cam", "10.1.0.5"), say.seen("cam", "10.1.0.5", methods=("sadp",))
    weekly = [say.run(at) for at in range(7, 120, 7)]

    assert states(say.run(0, cam), *weekly)[1:] == [
        ("missing", say.day(21)),
        ("removed-unverified", say.day(56)),
    ]
    longer = wait(say, 1, against=5, of=5, missing_days=30, removed_days=50)
    assert states(say.run(0, cam), longer, *weekly)[1:] == [
        ("missing", say.day(42)),
        ("removed-unverified", say.day(98)),
    ]
    shorter = wait(say, 1, against=2, of=2, removed_days=7)
    assert states(say.run(0, cam), shorter, *weekly)[1:] == [
        ("missing", say.day(14)),
        ("removed-unverified", say.day(21)),
    ]
    assert states(say.run(0, heard), *weekly)[1:] == [("stale", say.day(35))]
    assert states(say.run(0, heard), wait(say, 1, stale_days=60), *weekly)[1:] == [("stale", say.day(63))]


def test_a_word_changes_nothing_that_was_before_it_and_is_named_in_what_follows(say):
    cam = say.seen("cam", "10.1.0.5")
    weekly = [say.run(0, cam), *(say.run(at) for at in range(7, 120, 7))]

    assert states(*weekly, wait(say, 22, against=9, of=9))[1] == ("missing", say.day(21))
    lives = replay([*weekly, wait(say, 20, against=4, of=4)])
    assert lives.transitions[2].needs.startswith("4 of the last 4 sweeps")
    lives = replay([*weekly, say.run(22, cam), wait(say, 23, against=4, of=4)])
    assert [line.needs[:20] for line in lives.transitions if line.after == "missing"] == [
        "3 of the last 3 swee",
        "4 of the last 4 swee",
    ]


_NUMBERS = st.fixed_dictionaries(
    {"against": st.integers(1, 5), "missing_days": st.integers(1, 30)},
    optional={"of": st.integers(1, 6), "removed_days": st.integers(1, 90), "stale_days": st.integers(1, 90)},
)
_STEP = st.tuples(st.sampled_from([0.5, 1, 7, 12]), st.sampled_from(["seen", "silent", "silent"]) | _NUMBERS)


@given(drawn=st.lists(_STEP, min_size=1, max_size=40), seed=st.integers(0, 99))
@settings(max_examples=150, deadline=None)
def test_in_any_order_every_change_is_by_the_word_of_its_time(drawn, seed, say):
    at, steps = 0.0, [say.run(0, say.seen("cam", "10.1.0.5"))]
    for gap, what in drawn:
        at += gap
        if isinstance(what, dict):
            steps.append(wait(say, at, **what))
        else:
            steps.append(say.run(at, *([say.seen("cam", "10.1.0.5")] if what == "seen" else ())))
    lives = replay(steps)

    since = None
    said = [step for step in steps if hasattr(step, "kind")]
    for line in lives.transitions:
        held = patience_at(said, line.at)
        if line.after == "missing":
            proofs = [step.at for step in steps if getattr(step, "run", "") in line.evidence]
            assert len(proofs) >= held.against
            assert proofs[-1] - proofs[0] >= timedelta(days=held.missing_days)
            since = line.at
        if line.after == "removed-unverified":
            assert line.at - since >= timedelta(days=held.removed_days)
    random.Random(seed).shuffle(steps)
    assert replay(steps).transitions == lives.transitions


# In a store.


@pytest.fixture(scope="module")
def knowledge():
    return load()


@pytest.fixture
def store(store_url, tmp_path):
    return open_store(store_url, tmp_path, make=True)


@pytest.fixture
def weeks(journal_of, things, say):
    """Twelve weekly runs: two cameras, of which one is silent from the third week on."""
    first, other = {"10.1.0.1": things.camera(1)}, {"10.1.0.2": things.camera(2)}
    days = [str(say.day(7 * week).date()) for week in range(12)]
    return [journal_of(day, first | other if week < 2 else first) for week, day in enumerate(days)]


def held(store):
    with store.reading() as connection:
        return {table.name: sorted(map(repr, connection.execute(select(table)))) for table in VIEWS}


def changes(store):
    with store.reading() as connection:
        query = select(transition.c.after, transition.c.at).where(~transition.c.subject.contains("/"))
        found = connection.execute(query.order_by(transition.c.at)).all()
    return [(row.after, row.at[:10]) for row in found if row.after not in ("new", "present")]


def test_nobody_said_anything_is_the_usual(store):
    with store.reading() as connection:
        assert patience(connection) == Patience()


def test_what_was_said_in_the_middle_of_a_history_counts_from_there_whenever_it_arrives(
    store, weeks, knowledge, say, tmp_path
):
    words = [
        (say.day(20), Patience(against=5, of=5)),
        (say.day(60), Patience(removed_days=10)),
    ]
    for at, said in words:
        set_patience(store, at, "hiksweep.toml", said)
    for path in weeks:
        take(store, path)
    refresh(store, knowledge)
    expected, told = held(store), changes(store)
    assert told == [("missing", str(say.day(42).date())), ("removed-unverified", str(say.day(63).date()))]
    with store.reading() as connection:
        assert patience(connection) == words[-1][1]
    refresh(store, knowledge, anew=True)
    assert held(store) == expected

    for seed in range(6):
        draw = random.Random(seed)
        other = open_store(str(tmp_path / f"{seed}.sqlite"), tmp_path, make=True)
        steps = [*weeks, *words]
        draw.shuffle(steps)
        for step in steps:
            if isinstance(step, tuple):
                set_patience(other, step[0], "hiksweep.toml", step[1])
            else:
                take(other, step)
            if seed % 2:
                refresh(other, knowledge)
        refresh(other, knowledge)
        assert held(other) == expected, f"order {seed}"


def test_going_on_from_a_checkpoint_knows_what_was_said_before_it(store, weeks, knowledge, say):
    set_patience(store, say.day(1), "hiksweep.toml", Patience(against=6, of=6))
    for path in weeks:
        take(store, path)
        refresh(store, knowledge)
    with store.reading() as connection:
        assert connection.execute(select(checkpoint.c.place)).all()

    assert changes(store) == [("missing", str(say.day(49).date()))]

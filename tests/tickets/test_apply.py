"""Once, whatever happens: a crash before and after each step of every write, and ends that nobody knows."""

from __future__ import annotations

import importlib.util
import os
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from scanner.model.errors import ServiceFault, Throttled
from scanner.tickets.apply import Applier, Done
from scanner.tickets.content import Voice, Writer
from scanner.tickets.markup import TEXT
from scanner.tickets.words import Act

_SPEC = importlib.util.spec_from_file_location("once", Path(__file__).with_name("once.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
once = importlib.util.module_from_spec(_SPEC)
sys.modules["once"] = once
_SPEC.loader.exec_module(once)
AT, Doubting, make = once.AT, once.Doubting, once.make

pytestmark = pytest.mark.peer
CRASHES = int(os.environ.get("HIKSWEEP_CRASHES", "12"))
"""How many at random; `make trackers` sets 100."""


@pytest.fixture
def side(adapter, tmp_path):
    tracker = adapter()
    tracker.who()
    return once.Side(tracker, tmp_path)


@pytest.mark.slow
def test_a_crash_before_and_after_each_step_leaves_nothing_twice_and_nothing_out(side, roundup):
    once.crash_everywhere(side, roundup)


@pytest.mark.slow
def test_crashes_at_random(side, roundup):
    once.crash_at_random(side, roundup, CRASHES)


@pytest.mark.parametrize("does", [True, False])
def test_an_end_that_nobody_knows_is_settled_by_asking(side, roundup, does):
    once.unknown_ends(side, roundup, 1, does=does)


def test_a_doubtful_create_waits_out_the_lag_of_a_search(side, roundup):
    tracker = Doubting(side.tracker, does=False)
    tracker.lag = 600.0
    items = [make.item(1)]
    assert [one.done for one in side.apply(items, tracker=tracker)] == [Done.DOUBTFUL]
    side.now = AT + timedelta(minutes=9)
    assert side.apply(items, tracker=tracker) == []
    assert [one.act for one in side.plan(items, tracker).steps] == [Act.LISTED]
    side.now = AT + timedelta(minutes=11)
    assert [one.done for one in side.apply(items, tracker=tracker)] == [Done.DONE]
    assert len(roundup.issues()) == 1


def test_who_asks_us_to_wait_is_waited_for(side, roundup):
    outcomes = side.apply([make.item(1)], tracker=Doubting(side.tracker, Throttled, does=False))
    assert ([one.done for one in outcomes], side.waits) == ([Done.DONE], [7.0])
    assert len(roundup.issues()) == 1


def test_a_tracker_that_is_not_well_is_left_alone(side, roundup):
    class Ill:
        lag = 0.0

        def __getattr__(self, name):
            return getattr(side.tracker, name)

        def create(self, draft):
            raise ServiceFault("disk full")

    outcomes = side.apply([make.item(number) for number in range(1, 9)], tracker=Ill())
    assert [one.done for one in outcomes] == [Done.REFUSED] * 5 + [Done.NOT_TRIED] * 3
    assert roundup.issues() == []


def test_what_a_person_did_since_the_plan_is_left_alone(side, roundup):
    item = make.item(1)
    side.apply([item])
    gone = replace(item, obligations=(make.obligation("closed", trigger="removed"),))
    (step,) = side.plan([gone], side.tracker).writes
    roundup.set(step.ticket.id, status="resolved")
    writer = Writer(Voice(TEXT))
    applier = Applier(side.tracker, side.outbox, lambda _: writer, lambda group: [], now=lambda: AT)
    (outcome,) = applier.apply([step])
    assert (outcome.done, len(roundup.messages(step.ticket.id))) == (Done.CHANGED, 1)
    roundup.retire(step.ticket.id)
    (outcome,) = applier.apply([step])
    assert (outcome.done, outcome.detail) == (Done.CHANGED, "it was deleted")


def test_two_stores_at_once_end_with_one_open_ticket(side, adapter, roundup, tmp_path):
    other_folder = tmp_path / "other"
    other_folder.mkdir()
    tracker = adapter()
    tracker.who()
    once.two_stores(side, once.Side(tracker, other_folder), roundup, 1)

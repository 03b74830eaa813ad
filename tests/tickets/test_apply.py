"""Once, whatever happens: a crash before and after each step of every write, and ends that nobody knows."""

from __future__ import annotations

import importlib.util
import os
import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scanner.inventory.engine import open_store
from scanner.inventory.outbox import Outbox
from scanner.inventory.words import Presence
from scanner.model.errors import Doubtful, ServiceFault, Throttled
from scanner.tickets.apply import Applier, Done
from scanner.tickets.content import Voice, Writer
from scanner.tickets.facts import Facts
from scanner.tickets.keys import device_keys
from scanner.tickets.markup import TEXT
from scanner.tickets.memo import marks_in
from scanner.tickets.plan import Known, make_plan
from scanner.tickets.policy import TicketPolicy
from scanner.tickets.words import Act

_SPEC = importlib.util.spec_from_file_location("make", Path(__file__).with_name("make.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
make = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(make)

pytestmark = pytest.mark.peer
AT = datetime(2026, 1, 6, tzinfo=UTC)
CRASHES = int(os.environ.get("HIKSWEEP_CRASHES", "12"))
"""How many at random; `make trackers` sets 100."""
WRITES = ("create", "update", "comment", "close", "reopen", "duplicate")


class Crash(BaseException):
    """The program ends here."""


class Fragile:
    """Passes everything on, and ends the program before or after the n-th of some calls."""

    def __init__(self, inner, names, count):
        self._inner, self._names, self._count = inner, names, count

    def __getattr__(self, name):
        found = getattr(self._inner, name)
        if name not in self._names:
            return found

        def call(*given, **more):
            self._count()
            result = found(*given, **more)
            self._count()
            return result

        return call


class Fuse:
    def __init__(self, left):
        self.left = left

    def __call__(self):
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise Crash


class Side:
    """One store and its way to the tracker."""

    def __init__(self, tracker, folder):
        self.tracker, self.now = tracker, AT
        self.outbox = Outbox(open_store(str(folder / "s.sqlite"), folder, make=True), "t")

    def plan(self, items, tracker):
        said = {f"{one.ticket} {one.mark}" for one in self.outbox.done() if one.mark}
        made = {one.ticket: one.keys[0] for one in self.outbox.done() if one.act == Act.CREATE}
        tickets = list(tracker.tickets())
        since = self.outbox.note_closed((one.id for one in tickets if not one.open), self.now)
        doubtful = frozenset(key for one in self.outbox.unsettled() for key in one.keys)
        return make_plan(items, tickets, TicketPolicy(), Known({}, made, since, doubtful, frozenset(said)))

    def apply(self, items, fuse=None, tracker=None):
        count = Fuse(fuse)
        tracker = Fragile(tracker or self.tracker, WRITES, count)
        outbox = Fragile(self.outbox, ("begin", "end"), count)
        writer = Writer(Voice(TEXT))
        self.waits = []
        applier = Applier(
            tracker, outbox, lambda _: writer, lambda group: [Facts(one, None) for one in group.items],
            now=lambda: self.now, sleep=self.waits.append,
        )  # fmt: skip
        applier.settle()
        return list(applier.apply(self.plan(items, tracker).writes))


@pytest.fixture
def side(adapter, tmp_path):
    tracker = adapter()
    tracker.who()
    return Side(tracker, tmp_path)


def weeks(number):
    """What becomes of two devices, step by step."""
    one, other = make.item(number), make.item(number + 1)
    missing = {"presence": Presence.MISSING, "change": make.change("missing", "silent", cause="run-3")}
    removed = make.obligation("closed", trigger="removed", cause="dec-1")
    back = make.obligation("open", trigger="found-again", cause="run-9", at="2026-06-01T00:00:00Z")
    there = {"presence": Presence.PRESENT, "change": make.change("present", "reappeared", cause="run-9")}
    yield [one, other]
    yield [replace(one, about=(("model", "DS-X"),), **missing), other]
    yield [replace(one, about=(("model", "DS-X"),), **missing, obligations=(removed,)), other]
    yield [replace(one, about=(("model", "DS-X"),), **there, obligations=(back,)), other]


def check(roundup, items, comments):
    """One open ticket a device, and every comment once."""
    mine = {key.text for item in items for key in device_keys(item)}
    issues = [one for one in roundup.issues() if any(key in (one["hiksweep"] or "") for key in mine)]
    assert Counter(one["status"]["id"] for one in issues if one["status"]["id"] == "8") == Counter()
    assert len(issues) == len(items)
    marks = Counter(
        mark for one in issues for text in roundup.messages(one["id"])[1:] for mark in marks_in(text)
    )
    assert {count for mark, count in marks.items() if mark[3] != "v"} <= {1}
    assert len(set(marks)) == comments


@pytest.mark.slow
def test_a_crash_before_and_after_each_step_leaves_nothing_twice_and_nothing_out(side, roundup):
    number = 1
    for fuse in range(60):
        crashed = False
        for items in weeks(number):
            try:
                side.apply(items, fuse)
            except Crash:
                crashed = True
            side.apply(items)
        check(roundup, items, 3)
        number += 2
        if not crashed:
            return
    raise AssertionError("it never came to an end")


@pytest.mark.slow
def test_crashes_at_random(side, roundup):
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    dice = random.Random(seed)
    left, number = CRASHES, 1
    while left > 0:
        for items in weeks(number):
            for _ in range(dice.randrange(1, 4)):
                try:
                    side.apply(items, dice.randrange(18))
                except Crash:
                    left -= 1
            side.apply(items)
        check(roundup, items, 3)
        number += 2


class Doubting:
    """A tracker that does what it is asked and does not say so, once each."""

    def __init__(self, inner, error=Doubtful, *, does=True):
        self._inner, self._error, self._does = inner, error, does
        self.failed = Counter()

    def __getattr__(self, name):
        found = getattr(self._inner, name)
        if name not in WRITES:
            return found

        def call(*given):
            if self.failed[name]:
                return found(*given)
            self.failed[name] += 1
            if self._does:
                found(*given)
            raise self._error("no answer", *([7.0] if self._error is Throttled else []))

        return call


@pytest.mark.parametrize("does", [True, False])
def test_an_end_that_nobody_knows_is_settled_by_asking(side, roundup, does):
    for items in weeks(1):
        side.apply(items, tracker=Doubting(side.tracker, does=does))
        for _ in range(3):
            side.apply(items)
    check(roundup, items, 3)


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
    other = Side(tracker, other_folder)
    items = [make.item(1), make.item(2)]

    class Meanwhile:
        """Between the last look and the create the other store does the same."""

        def __getattr__(self, name):
            return getattr(side.tracker, name)

        def create(self, draft):
            other.apply(items)
            return side.tracker.create(draft)

    side.apply(items, tracker=Meanwhile())
    assert len([one for one in roundup.issues() if one["status"]["id"] != "8"]) == 3
    other.apply(items)
    side.apply(items)
    issues = roundup.issues()
    open_ones = [one["id"] for one in issues if one["status"]["id"] != "8"]
    closed = [one for one in issues if one["status"]["id"] == "8"]
    assert len(open_ones) == 2
    assert [one["superseder"][0]["id"] for one in closed] == [min(open_ones, key=int)]
    for one in (side, other):
        assert [step.act for step in one.plan(items, one.tracker).steps] == [Act.NOTHING] * 2

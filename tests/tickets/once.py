"""What must hold of every tracker, whatever happens; each one's tests run it against the real program.

A person's view of a tracker is an object with `tickets()`, which gives all as `Seen`, and `close(ticket)`,
which does what a person does.
"""

from __future__ import annotations

import importlib.util
import random
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from scanner.inventory.engine import open_store
from scanner.inventory.outbox import Outbox
from scanner.inventory.words import Presence
from scanner.model.errors import Doubtful, Throttled
from scanner.tickets.apply import Applier
from scanner.tickets.content import Voice, Writer
from scanner.tickets.facts import Facts
from scanner.tickets.keys import device_keys
from scanner.tickets.memo import marks_in, version_in
from scanner.tickets.plan import Known, make_plan
from scanner.tickets.policy import TicketPolicy
from scanner.tickets.words import Act

_SPEC = importlib.util.spec_from_file_location("make", Path(__file__).with_name("make.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
make = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(make)

AT = datetime(2026, 1, 6, tzinfo=UTC)
WRITES = ("create", "update", "comment", "close", "reopen", "duplicate")


@dataclass(frozen=True)
class Seen:
    """A ticket as a person sees it."""

    id: str
    open: bool
    memo: str
    """Wherever the tracker keeps our words: a field, or the text of the ticket itself."""
    body: str
    """What it began with, or what stands there now."""
    comments: tuple[str, ...]
    duplicate_of: str = ""


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
        writer = Writer(Voice(self.tracker.markup))
        self.waits = []
        applier = Applier(
            tracker, outbox, lambda _: writer, lambda group: [Facts(one, None) for one in group.items],
            now=lambda: self.now, sleep=self.waits.append,
        )  # fmt: skip
        applier.settle()
        return list(applier.apply(self.plan(items, tracker).writes))


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


def check(person, items, comments):
    """One open ticket a device, and every comment once."""
    mine = {key.text for item in items for key in device_keys(item)}
    tickets = [one for one in person.tickets() if any(key in one.memo for key in mine)]
    assert [one.id for one in tickets if not one.open] == []
    assert len(tickets) == len(items)
    # A block that stands among the comments has the memo at its end; what it tells of was said before.
    said = [text for one in tickets for text in one.comments if not version_in(text)]
    marks = Counter(mark for text in said for mark in marks_in(text))
    assert set(marks.values()) <= {1}
    assert len(set(marks)) == comments


def crash_everywhere(side, person, most=60):
    """A crash before and after each step of every write leaves nothing twice and nothing out."""
    number = 1
    for fuse in range(most):
        crashed = False
        for items in weeks(number):
            try:
                side.apply(items, fuse)
            except Crash:
                crashed = True
            side.apply(items)
        check(person, items, 3)
        number += 2
        if not crashed:
            return
    raise AssertionError("it never came to an end")


def crash_at_random(side, person, crashes):
    """So do crashes at random."""
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    dice = random.Random(seed)
    left, number = crashes, 1001
    while left > 0:
        for items in weeks(number):
            for _ in range(dice.randrange(1, 4)):
                try:
                    side.apply(items, dice.randrange(18))
                except Crash:
                    left -= 1
            side.apply(items)
        check(person, items, 3)
        number += 2


def unknown_ends(side, person, number, *, does):
    """An end that nobody knows is settled by asking, whether it was done or not."""
    for items in weeks(number):
        side.apply(items, tracker=Doubting(side.tracker, does=does))
        for _ in range(3):
            side.apply(items)
    check(person, items, 3)


def two_stores(side, other, person, number):
    """Two stores that create at once end with one open ticket a device, and the plan has nothing left."""
    items = [make.item(number), make.item(number + 1)]
    mine = {key.text for item in items for key in device_keys(item)}

    class Meanwhile:
        """Between the last look and the create the other store does the same."""

        def __getattr__(self, name):
            return getattr(side.tracker, name)

        def create(self, draft):
            other.apply(items)
            return side.tracker.create(draft)

    before = {one.id for one in person.tickets()}
    side.apply(items, tracker=Meanwhile())
    assert len([one for one in person.tickets() if one.open and one.id not in before]) == 3
    other.apply(items)
    side.apply(items)
    tickets = [one for one in person.tickets() if one.id not in before]
    open_ones = [one for one in tickets if one.open]
    closed = [one for one in tickets if not one.open]
    assert len([one for one in open_ones if any(key in one.memo for key in mine)]) == len(open_ones) == 2
    assert [one.duplicate_of for one in closed] == [min((one.id for one in open_ones), key=int)]
    for one in (side, other):
        steps = [step for step in one.plan(items, one.tracker).steps if step.group]
        assert [step.act for step in steps] == [Act.NOTHING] * 2

"""What all runs and decisions of a store add up to, told from the beginning or on from a checkpoint.

Nothing here depends on when a run arrived: runs and decisions are told in the order of their own time. What
comes later may reach back: two devices turn out to be one, a name turns out to be that of many. Whoever goes
on from a checkpoint is told so (`ReachesBack`) and has to go on from an earlier one.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from scanner.inventory.aliases import Aliases, anchor_of
from scanner.inventory.cells import Cells
from scanner.inventory.decisions import UNDO, time_of, time_text
from scanner.inventory.devices import NOBODY, SIGHT, UNLEARNED, Joiner, Merge, barred_names, wanted_merges
from scanner.inventory.intervals import Interval
from scanner.inventory.life import order
from scanner.inventory.memory import Shelves
from scanner.inventory.patience import patience_at
from scanner.inventory.sites import REHEARSAL
from scanner.inventory.telling import StoredRun, Teller
from scanner.inventory.words import Decision, Event, EventKind, NetworkView, Transition
from scanner.model.identity import Name, Rung

Pair = tuple[int, int]
"""Two devices that are one, the earlier first."""


def nobody(_: str) -> Iterable[str]:
    """Before anything was told no name means anybody."""
    return ()


class ReachesBack(Exception):
    """Something that was told already has to be told otherwise.

    Attributes:
        at: from when on; None: from the beginning.
    """

    def __init__(self, at: datetime | None) -> None:
        super().__init__(at)
        self.at = at


@dataclass(frozen=True, slots=True)
class Decided:
    """How a decision was told."""

    subject: str
    united: Pair | None = None
    number: int | None = None
    """The device that it was made on, by the run that saw it."""


@dataclass
class Ground:
    """What to go on from; by default from nothing."""

    cells: Cells = field(default_factory=Cells)
    at: datetime | None = None
    """When the last thing happened that was told."""
    foresight: frozenset[Pair] = frozenset()
    """What turned out later to be one, and was told as one."""
    barred: frozenset[str] | None = None
    decided: Mapping[str, Decided] = field(default_factory=dict)
    named: Callable[[str], Iterable[str]] = nobody
    called: Callable[[str, str], int | None] = lambda _run, _called: None


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment to which one can go back."""

    at: datetime
    steps: int
    """How many runs and decisions had been told since the ground."""
    transitions: int
    events: int
    foresight: frozenset[Pair]


@dataclass(frozen=True, slots=True)
class Chapter:
    """What is kept of one run."""

    run: str
    site: str
    started: str
    numbers: array[int]
    networks: tuple[NetworkView, ...]


def _other(said: Decision) -> dict[str, object]:
    """How the second device of a merge is named by a run."""
    return {"seen": said.data.get("with_seen")}


def _more_anchors(decisions: Iterable[Decision]) -> Iterator[tuple[str, str]]:
    """What decisions name by a run besides the device that they are on."""
    for said in decisions:
        if (key := anchor_of(_other(said))) is not None:
            yield key


class Story:
    """Runs and decisions, told.

    Args:
        runs: those later than the ground, in the order of their own time; gone through twice.
        decisions: all there are, in the order of theirs.
        ground: what was told before.
        barred: names that join nothing; None: those that these runs and decisions say.
        chapter: is given what is to be kept of each run.

    Raises:
        ReachesBack: it cannot go on from there.
    """

    def __init__(
        self,
        runs: Collection[StoredRun] | Iterable[StoredRun],
        decisions: Sequence[Decision],
        ground: Ground | None = None,
        barred: frozenset[str] | None = None,
        chapter: Callable[[Chapter], None] | None = None,
    ) -> None:
        self._runs, self._decisions = runs, decisions
        self.ground = ground or Ground()
        self.barred = barred
        if barred is None:
            self.barred = barred_names((run.derived for run in runs), decisions)
        self.shelves = Shelves(self.ground.cells)
        self._joiner = Joiner(self.barred or (), self.shelves.joined)
        self._check_barred()
        self._told: dict[str, array[int]] = {}
        self._late: dict[int, int] = {}
        self._anchors = self._wanted_anchors()
        self._marked: list[tuple[int, int]] = []
        self._places = self._checkpoints()
        self._join()
        self._aliases = Aliases(self._joiner, self.root, self._named_before, self._anchors)
        self.decided = self._decide()
        self._check_foresight()
        held = patience_at(decisions, self.ground.at)
        self._teller = Teller(self.shelves, self._joiner, self.root, held)
        self.events: list[Event] = []
        self._steps = 0
        self.marks: list[Mark] = []
        self._live(chapter)

    # What may reach back.

    def _check_barred(self) -> None:
        """A name that is barred only now was not to join anything from its first day on."""
        before = self.ground.barred
        if before is None or before == self.barred:
            return
        now = self.barred or frozenset()
        if before - now:
            raise ReachesBack(None)
        for text in now - before:
            if text.startswith(SIGHT):
                raise ReachesBack(None)
            rung, _, key = text.partition(":")
            for realm in ("", REHEARSAL, UNLEARNED):
                owner = self.shelves.joined.owner.get((realm, Name(Rung(rung), key)))
                if owner is not None:
                    raise ReachesBack(time_of(owner[1]))

    def _foresight(self, merges: int, count: int) -> frozenset[Pair]:
        """Which of the devices that were there turned out to be one later."""
        later = {(one.one, one.other) for one in self._joiner.merges[merges:]}
        said = {one.united for one in self.decided.values() if one.united}
        return frozenset(pair for pair in later | said if pair[1] < count)

    def _check_foresight(self) -> None:
        otherwise = self.ground.foresight ^ self._foresight(0, self._count)
        if otherwise:
            created = min(self._joiner.things[second].created for _, second in otherwise)
            raise ReachesBack(time_of(created))
        for said in self._decisions:
            if self._is_told(said) and self.decided[said.id] != self.ground.decided.get(said.id):
                raise ReachesBack(said.at)

    def _is_told(self, said: Decision) -> bool:
        return self.ground.at is not None and said.at <= self.ground.at

    # Joining.

    def _checkpoints(self) -> list[tuple[datetime, int, str]]:
        """After which of the steps one should be able to go on: the last ones, and ever fewer before."""
        steps = sorted(
            [(run.at, 0, run.id) for run in self._runs]
            + [(said.at, 1, said.id) for said in self._decisions if not self._is_told(said)]
        )
        wanted, back = [], 0
        while back < len(steps):
            place = len(steps) - 1 - back
            # Of two steps in one second one cannot go back to between them: the store keeps whole seconds.
            if not back or time_text(steps[place][0]) < time_text(steps[place + 1][0]):
                wanted.append(steps[place])
            back = back * 2 or 1
        return wanted[::-1]

    def _join(self) -> None:
        self._count = self.shelves.joined.count
        waiting = list(self._places)
        for run in self._runs:
            while waiting and waiting[0] < (run.at, 0, run.id):
                self._mark_joined(waiting.pop(0))
            found = run.derived.found
            told = self._joiner.tell(run.id, run.site, run.at, found)
            self._told[run.id] = told.numbers
            for number, one in zip(told.numbers, found, strict=True):
                if (run.id, one.called) in self._wanted and number != NOBODY:
                    self._anchors[run.id, one.called] = number
        for place in waiting:
            self._mark_joined(place)

    def _mark_joined(self, _place: tuple[datetime, int, str]) -> None:
        self.shelves.keep_joined(len(self._marked))
        self._marked.append((len(self._joiner.merges), self.shelves.joined.count))

    def _wanted_anchors(self) -> dict[tuple[str, str], int]:
        """The devices that decisions name by a run, as far as they are known already."""
        keys = {said.id: key for said in self._decisions if (key := anchor_of(said.data))}
        others = set(_more_anchors(self._decisions))
        self._wanted = others.union(keys.values())
        mine = {run.id for run in self._runs} if self._wanted else set()
        known = {}
        for identifier, key in keys.items():
            if key[0] in mine:
                continue
            before = self.ground.decided.get(identifier)
            number = self.ground.called(*key) if before is None else before.number
            if number is not None:
                known[key] = number
        for more in others - known.keys():
            if more[0] not in mine and (number := self.ground.called(*more)) is not None:
                known[more] = number
        return known

    def root(self, number: int) -> int:
        """The device that a number stands for after all."""
        number = self._joiner.root(number)
        while number in self._late:
            number = self._late[number]
        return number

    def id_of(self, number: int) -> str:
        """The id of a device."""
        return self._joiner.things[self.root(number)].id

    def _decide(self) -> dict[str, Decided]:
        """Whom each decision means, and which devices are one by a person's word."""
        aliases, pairs = self._aliases, {}
        merges = [
            (said.id, one, other)
            for said in wanted_merges(self._decisions)
            if (one := aliases.device(said.subject, said.data)) is not None
            and (other := aliases.device(str(said.data.get("with", "")), _other(said))) is not None
        ]
        for identifier, one, other in merges:
            first, second = sorted((self.root(one), self.root(other)))
            if first != second:
                self._late[second] = first
                pairs[identifier] = (first, second)
        self._said = {said.id: aliases.resolved(said) for said in self._decisions}
        return {
            said.id: Decided(self._said[said.id].subject, pairs.get(said.id), self._number(said))
            for said in self._decisions
        }

    def _named_before(self, name: str) -> Iterable[int]:
        known = self.shelves.joined.ids
        return [known[one] for one in self.ground.named(name) if one in known]

    def _number(self, said: Decision) -> int | None:
        key = anchor_of(said.data)
        return None if key is None else self._anchors.get(key)

    # Living.

    def _live(self, chapter: Callable[[Chapter], None] | None) -> None:
        waiting = [self._said[said.id] for said in self._decisions if not self._is_told(said)]
        merges: dict[str, list[Merge]] = {}
        for one in self._joiner.merges:
            merges.setdefault(one.run, []).append(one)
        place = 0
        for run in self._runs:
            while place < len(waiting) and order(waiting[place]) < (run.at, 0, run.id):
                self._advance(waiting[place])
                place += 1
            numbers = array("I", (one if one == NOBODY else self.root(one) for one in self._told.pop(run.id)))
            view = self._teller.view(run, numbers)
            merged = [
                Event(EventKind.MERGED, self.id_of(one.one), one.at, one.run, "", one.reason)
                for one in merges.get(run.id, ())
            ]
            self._teller.lives.advance(view)
            self._close(run.at, merged, order(view))
            if chapter is not None:
                chapter(Chapter(run.id, run.site, run.started, numbers, view.networks))
        for said in waiting[place:]:
            self._advance(said)

    def _advance(self, said: Decision) -> None:
        self._teller.lives.advance(said)
        events = [
            Event(kind, subject, said.at, "", said.id, reason) for kind, subject, reason in self._joined(said)
        ]
        self._close(said.at, events, order(said))

    def _joined(self, said: Decision) -> Iterator[tuple[EventKind, str, str]]:
        """What a decision says of which devices are one."""
        reason = ": ".join(filter(None, (f"{said.by} says so", str(said.data.get("note", "")))))
        if said.kind == "merge":
            pair = self.decided[said.id].united
            yield EventKind.MERGED, self.id_of(pair[0]) if pair else said.subject, reason
        elif said.kind == "split":
            yield EventKind.SPLIT, said.subject, reason
        elif said.kind == UNDO and (taken_back := self._said.get(said.subject)):
            kind = EventKind.SPLIT if taken_back.kind == "merge" else EventKind.MERGED
            if taken_back.kind in ("merge", "split"):
                yield kind, taken_back.subject, f"{reason} ({said.subject} is taken back)"

    def _close(self, at: datetime, more: list[Event], step: tuple[datetime, int, str]) -> None:
        """End a step: its events in one order, and a checkpoint where one is wanted."""
        told = self._teller.lives.events
        self.events += sorted([*told, *more], key=lambda one: (one.at, one.run, one.subject, one.kind))
        told.clear()
        self._steps += 1
        if step in self._places:
            place = self._places.index(step)
            self.shelves.keep_lives(place)
            foresight = self._foresight(*self._marked[place])
            self.marks.append(Mark(at, self._steps, len(self.transitions), len(self.events), foresight))

    @property
    def transitions(self) -> list[Transition]:
        """Every change of state since the ground."""
        return self._teller.lives.transitions

    @property
    def touched(self) -> set[int]:
        """The devices of which something may have changed since the ground."""
        ids = {one.subject.partition("/")[0] for one in self.transitions}
        numbers = {self.shelves.joined.ids[one] for one in ids if one in self.shelves.joined.ids}
        return self._teller.touched | numbers

    @property
    def closed(self) -> list[Interval]:
        """The intervals that ended since the ground."""
        return self._teller.intervals.closed

    def aliases(self) -> dict[tuple[str, str], str]:
        """What devices were called since the ground that they were not called before, and since when."""
        found: dict[tuple[str, str], str] = {}
        for alias, number, since in self._joiner.aliases:
            found.setdefault((alias, self.id_of(number)), since)
        return found

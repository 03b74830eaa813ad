"""The inventory's own device ids: what runs found is joined over time while one name of the ladder lasts.

Runs are told in the order of their own time, so that any order of arrival gives the same devices. A name that
differing things carried, in any run, joins nothing. An address joins only where one of the two has no better
name, within one site, and only as long as nobody else was seen there.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Collection, Iterable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from scanner.inventory.decisions import in_force, time_text
from scanner.inventory.derive import Found
from scanner.inventory.sites import REHEARSAL
from scanner.inventory.words import Decision
from scanner.model.identity import Name, Rung

_RUNGS = tuple(Rung)
NOBODY = 0xFFFFFFFF
"""In place of a number: what was found is no device of the inventory."""
UNLEARNED = "?"
"""Realm of serial numbers that were read of what is no device of the inventory."""


@dataclass
class Thing:
    """A device, as far as it has been told."""

    id: str
    number: int
    site: str
    names: dict[Name, None] = field(default_factory=dict)
    model: str = ""
    ours: bool = False
    places: tuple[tuple[str, str], ...] = ()
    """Sites and addresses at which it was seen last."""
    parent: int = -1
    """What it turned out to be; -1: itself."""
    created: str = ""
    """When the run started that found it first."""
    called: tuple[str, ...] = ()
    """The ids that runs gave it, and names of its that join nothing."""

    def on(self, rung: Rung) -> set[str]:
        """Its keys at a rung."""
        return {name.key for name in self.names if name.rung is rung}


@dataclass(frozen=True, slots=True)
class Told:
    """One run, joined: for each thing that it found the number of its device, or `NOBODY`."""

    run: str
    numbers: array[int]


@dataclass(frozen=True, slots=True)
class Merge:
    """Two devices turned out to be one."""

    one: int
    other: int
    run: str
    at: datetime
    reason: str


@dataclass
class Memory:
    """What is known of devices, names and places; a store hands in what it kept."""

    owner: MutableMapping[tuple[str, Name], tuple[int, str]] = field(default_factory=dict)
    """Which device has a name, by realm, and since when."""
    here: MutableMapping[tuple[str, str], int] = field(default_factory=dict)
    """Which device was seen last at an address of a site."""
    ids: MutableMapping[str, int] = field(default_factory=dict)
    things: MutableMapping[int, Thing] = field(default_factory=dict)
    count: int = 0
    """How many things there are."""


class Joiner:
    """Joins what runs found. Runs come in the order of their own time.

    Args:
        barred: names that join nothing.
        memory: what was told before.
    """

    def __init__(self, barred: Collection[str] = (), memory: Memory | None = None) -> None:
        self.barred = frozenset(barred)
        self.memory = memory or Memory()
        self.things = self.memory.things
        self._owner, self._here = self.memory.owner, self.memory.here
        self.merges: list[Merge] = []
        self.aliases: list[tuple[str, int, str]] = []
        """What devices are called that they were not called before, and since when."""

    def tell(self, run: str, site: str, at: datetime, found: Sequence[Found]) -> Told:
        """Take the next run."""
        realm = REHEARSAL if site == REHEARSAL else ""
        numbers = array("I", [NOBODY]) * len(found)
        for place, one in enumerate(found):
            numbers[place] = number = self._by_name(realm, one, run, at)
            if number != NOBODY and (one.ours or self.things[number].ours):
                self._learn(realm, number, one, at)  # at once: what comes next may contradict it
        taken = {self.root(number) for number in numbers if number != NOBODY}
        for place, one in enumerate(found):
            if numbers[place] != NOBODY or not one.ours:
                continue
            numbers[place] = self._by_name(realm, one, run, at)  # of one that this run showed just before
            if numbers[place] == NOBODY:
                numbers[place] = self._by_address(site, run, one, taken)
            if numbers[place] == NOBODY:
                numbers[place] = self._new(site, run, one, at)
            taken.add(numbers[place])
            self._learn(realm, self.root(numbers[place]), one, at)
        there: dict[int, set[str]] = {}
        for number, one in zip(numbers, found, strict=True):
            if number != NOBODY and (one.ours or self.things[number].ours):
                there.setdefault(self.root(number), set()).update(one.addresses)
            else:
                self._note_strange(one, at)
                for address in one.addresses:
                    self._here.pop((site, address), None)
        for number, addresses in there.items():
            self._settle(site, number, addresses)
        return Told(run, numbers)

    def _note_strange(self, one: Found, at: datetime) -> None:
        """A serial number that nobody has: should it be barred, that matters from now on."""
        for name in one.names:
            if name.rung is Rung.SERIAL:
                self._owner.setdefault((UNLEARNED, name), (0, time_text(at)))

    def _settle(self, site: str, number: int, addresses: set[str]) -> None:
        """A device is where it was seen last, and nowhere else."""
        thing = self.things[number]
        for place in thing.places:
            if self._here.get(place) == number:
                del self._here[place]
        if addresses:
            thing.places = tuple((site, address) for address in sorted(addresses))
        thing.site = site
        self._here.update(dict.fromkeys(thing.places, number))

    def _usable(self, one: Found) -> tuple[Name, ...]:
        return self.usable(one.names)

    def usable(self, names: Iterable[Name]) -> tuple[Name, ...]:
        """Those of some names that may join something."""
        if not self.barred:
            return tuple(names)
        return tuple(name for name in names if str(name) not in self.barred)

    def _by_name(self, realm: str, one: Found, run: str, at: datetime) -> int:
        """The device that has one of its names; several that do are one from now on."""
        names = self._usable(one)
        matching: dict[int, Name] = {}
        for name in names:
            owner = self._owner.get((realm, name))
            if owner is not None and not self._contradicts(self.root(owner[0]), names, name.rung):
                matching.setdefault(self.root(owner[0]), name)
        if not matching:
            return NOBODY
        first, *others = sorted(matching)
        for other in others:
            if not self._differ(first, other):
                shown = f"{one.addresses[0] if one.addresses else one.called} has {matching[first]} and "
                self._unite(first, other, run, at, f"{shown}{matching[other]}")
        return self.root(first)

    def _contradicts(self, number: int, names: Iterable[Name], rung: Rung) -> bool:
        """Whether a more lasting name says that it is another device."""
        thing = self.things[number]
        for higher in _RUNGS[: _RUNGS.index(rung)]:
            if higher is not Rung.SERIAL:
                continue  # references and keys are made anew by a reset or a new firmware
            told = {name.key for name in names if name.rung is higher}
            known = thing.on(higher)
            if told and known and not told & known:
                return True
        return False

    def _differ(self, one: int, other: int) -> bool:
        ours, theirs = self.things[one].on(Rung.SERIAL), self.things[other].on(Rung.SERIAL)
        return bool(ours and theirs and not ours & theirs)

    def _by_address(self, site: str, run: str, one: Found, taken: Collection[int]) -> int:
        """The device that was seen last at its address, if nothing speaks against it."""
        if self.barred and sight(run, one.called) in self.barred:
            return NOBODY
        model = (one.fields or {}).get("model", "")
        for address in one.addresses:
            number = self._here.get((site, address))
            if number is None or (number := self.root(number)) in taken:
                continue
            thing = self.things[number]
            named = self._usable(one) and thing.names
            other_model = bool(model and thing.model and model != thing.model)
            if not named and not other_model:
                return number
        return NOBODY

    def _new(self, site: str, run: str, one: Found, at: datetime) -> int:
        names = self._usable(one)
        best = min(names, key=lambda name: _RUNGS.index(name.rung), default=None)
        realm = REHEARSAL if site == REHEARSAL else ""
        key = f"{realm} {best}" if best else f"{site} {min(one.addresses, default='')} {run} {one.called}"
        identifier = own_id(key)
        while identifier in self.memory.ids:  # its best name is an other's, who bears another serial number
            key = f"{key} {run} {one.called}"
            identifier = own_id(key)
        number = self.memory.count
        self.memory.count += 1
        self.memory.ids[identifier] = number
        self.things[number] = Thing(identifier, number, site, created=time_text(at))
        self.aliases.append((identifier, number, time_text(at)))
        return number

    def _learn(self, realm: str, number: int, one: Found, at: datetime) -> None:
        thing, since = self.things[number], time_text(at)
        for name in self._usable(one):
            if name not in thing.names:
                thing.names[name] = None
                self.aliases.append((str(name), number, since))
                self._owner.setdefault((realm, name), (number, since))
        # An id that was made of an address is known too, and joins nothing: at two sites it is that of two.
        barred = (str(name) for name in one.names if str(name) in self.barred)
        fresh = [alias for alias in (one.called, *barred) if alias not in thing.called]
        thing.called += tuple(fresh)
        self.aliases += [(alias, number, since) for alias in fresh]
        thing.ours = thing.ours or one.ours
        thing.model = (one.fields or {}).get("model", "") or thing.model

    def root(self, number: int) -> int:
        """The device that a number stands for by now."""
        thing = self.things[number]
        while thing.parent >= 0:
            number = thing.parent
            thing = self.things[number]
        return number

    def _unite(self, one: int, other: int, run: str, at: datetime, reason: str) -> None:
        first, second = sorted((self.root(one), self.root(other)))
        if first == second:
            return
        self.things[second].parent = first
        self.things[first].names |= self.things[second].names
        self.things[first].ours = self.things[first].ours or self.things[second].ours
        self.merges.append(Merge(first, second, run, at, reason))


PREFIX = "inv-"
SIGHT = "sight:"


def sight(run: str, called: str) -> str:
    """A thing in a run, among what joins nothing by its address."""
    return f"{SIGHT}{run} {called}"


def own_id(key: str) -> str:
    """An id of the inventory's own."""
    return PREFIX + hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]


class Sharing(Protocol):
    """A run, of which is asked what in it shared a name."""

    @property
    def shared(self) -> Collection[str]:
        """Names that things carried which differ."""


def barred_names(runs: Iterable[Sharing], decisions: Iterable[Decision]) -> frozenset[str]:
    """What joins nothing: names shared by things that differ in some run, and whatever persons took apart.

    A thing that a person took from the device at whose address it was found stands there as `sight`.
    """
    names = {name for run in runs for name in run.shared}
    for said in in_force(decisions):
        if said.kind == "split":
            names |= {str(name) for name in said.data.get("names", ())}
            names |= {sight(str(run), str(called)) for run, called in said.data.get("sights", ())}
        elif said.kind == "merge":
            names -= {str(name) for name in said.data.get("names", ())}
    return frozenset(names)


def wanted_merges(decisions: Iterable[Decision]) -> Iterator[Decision]:
    """The merges that hold: a later split of the same two undoes one."""
    last: dict[frozenset[str], Decision] = {}
    for said in in_force(decisions):
        if said.kind in ("merge", "split") and (other := said.data.get("with")):
            last[frozenset((said.subject, str(other)))] = said
    return (said for said in last.values() if said.kind == "merge")

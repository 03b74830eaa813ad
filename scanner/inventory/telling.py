"""A run as the rules of presence see it: who was seen by the inventory's own ids, and who else answered."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from scanner.inventory.decisions import time_of
from scanner.inventory.derive import Derived, Found
from scanner.inventory.devices import NOBODY, Joiner
from scanner.inventory.intervals import Intervals
from scanner.inventory.life import Lives
from scanner.inventory.memory import Shelves, Shown
from scanner.inventory.transitions import Patience
from scanner.inventory.words import NetworkView, RunView, Seen
from scanner.scope import group_key


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A run of the store, and what it amounts to by itself."""

    id: str
    site: str
    started: str
    derived: Derived

    @property
    def at(self) -> datetime:
        """When it started."""
        return time_of(self.started)


class Teller:
    """Tells runs to the rules of presence, and notes on the way who appeared where.

    Args:
        shelves: what was told before.
        joiner: that has been told the runs.
        root: which device a number stands for after all.
        patience: the numbers of the rules at that time.
    """

    def __init__(
        self, shelves: Shelves, joiner: Joiner, root: Callable[[int], int], patience: Patience | None = None
    ) -> None:
        self._joiner, self._root = joiner, root
        self._shown, self._here = shelves.shown, shelves.here
        self.intervals = Intervals(shelves.intervals, shelves.holder)
        self.lives = Lives(patience, shelves.standing)
        self.touched: set[int] = set()
        """Whatever runs said something of."""

    def view(self, run: StoredRun, numbers: array[int]) -> RunView:
        """A run as the rules see it.

        Args:
            run: the run.
            numbers: the device of each thing that it found.
        """
        found = run.derived.found
        seen = self._seen(run, numbers)
        cleared = {
            number
            for number, one in zip(numbers, found, strict=True)
            if number != NOBODY and one.maker == "other" and number in self._shown and number not in seen
        }
        self._learn(run, numbers, seen)
        others = {
            address
            for number, one in zip(numbers, found, strict=True)
            if number == NOBODY
            for address in one.addresses
            if self._is_another(one, run.site, address)
        } - {address for one in seen.values() for address in one.addresses}
        networks = tuple(_with_others(run.derived.networks, others))
        walked = {group_key(network.prefix.partition("/")[0]) for network in networks}
        for number, one in seen.items():
            self._shown[number].last = one
            for address in one.addresses:
                self._here[run.site, address] = number
            self.intervals.see(one.device, run.site, one.addresses, (run.started, run.id), walked)
        return RunView(
            run=run.id,
            site=run.site,
            at=run.at,
            networks=networks,
            seen=tuple(seen.values()),
            judged=run.derived.judged,
            cleared=frozenset(self._joiner.things[number].id for number in cleared),
            sightings=run.derived.sightings,
        )

    def _learn(self, run: StoredRun, numbers: array[int], seen: dict[int, Seen]) -> None:
        """Note what devices are called, and which are seen for the first time."""
        for number, one in zip(numbers, run.derived.found, strict=True):
            if number == NOBODY:
                continue
            self.touched.add(number)
            shown: Shown | None = self._shown.get(number)
            if shown is None and number in seen:
                shown = self._shown[number] = Shown(seen[number], run.started, run.id, (run.id, one.called))
            if shown is not None:
                shown.names.update(dict.fromkeys(self._joiner.usable(one.names)))
                if number in seen:
                    shown.called = (run.id, one.called)

    def _is_another(self, one: Found, site: str, address: str) -> bool:
        """Whether what answers there is beyond doubt not the device that was seen there last."""
        holder = self._here.get((site, address))
        if holder is None or one.maker == "other":
            return True
        known = {name.rung for name in self._shown[self._root(holder)].names}
        return any(name.rung in known for name in one.names)

    def _seen(self, run: StoredRun, numbers: array[int]) -> dict[int, Seen]:
        seen: dict[int, Seen] = {}
        for number, one in zip(numbers, run.derived.found, strict=True):
            if number == NOBODY or not (one.ours or (one.maker == "unknown" and number in self._shown)):
                continue
            mine = self._as_seen(number, one)
            seen[number] = _together(seen[number], mine) if number in seen else mine
        return seen

    def _as_seen(self, number: int, one: Found) -> Seen:
        if one.ours:
            return Seen(
                self._joiner.things[number].id,
                one.names,
                one.addresses,
                one.methods,
                one.fields or {},
                one.measures,
                _moment(one.heard),
            )
        # It answers by one of its names, and did not say enough this time to tell its maker.
        return replace(self._shown[number].last, addresses=one.addresses, heard=_moment(one.heard))


def _together(one: Seen, other: Seen) -> Seen:
    """One device that a run took for two."""
    return Seen(
        one.device,
        tuple(dict.fromkeys((*one.names, *other.names))),
        tuple(dict.fromkeys((*one.addresses, *other.addresses))),
        one.methods | other.methods,
        {**other.fields, **one.fields},
        one.measures | other.measures,
        max(one.heard, other.heard) if one.heard and other.heard else None,
    )


def _moment(text: str) -> datetime | None:
    """When a file says; None where it says no moment."""
    try:
        return time_of(text) if text else None
    except ValueError:
        return None


def _with_others(networks: Iterable[NetworkView], others: Iterable[str]) -> Iterator[NetworkView]:
    groups: defaultdict[tuple[int, int], set[str]] = defaultdict(set)
    for address in others:
        groups[group_key(address)].add(address)
    for network in networks:
        there = groups.get(group_key(network.prefix.partition("/")[0]))
        yield replace(network, others=network.answered & there) if there else network

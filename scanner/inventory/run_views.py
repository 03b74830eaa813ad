"""Single runs as the rules see them, by the inventory's own device ids; for comparing one with another."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from sqlalchemy import Connection, select

from scanner.inventory.cover import Cover
from scanner.inventory.decisions import time_of
from scanner.inventory.derive import Found, found_of, lines_of
from scanner.inventory.devices import NOBODY
from scanner.inventory.garbage import uncollected
from scanner.inventory.prefixes import Prefixes, key_of
from scanner.inventory.schema import appearance, derived, device, network_run, run
from scanner.inventory.views import unpacked_numbers
from scanner.inventory.words import NetworkView, RunView, Seen
from scanner.model.errors import UsageError
from scanner.model.evidence import Maker

_AT_ONCE = 500
_GROUP = 24
_FEW = 20_000
"""Devices that are looked up by their numbers; of more all are read."""


def walked(connection: Connection, names: Iterable[str]) -> list[RunView]:
    """What these runs covered, in their order, without whom they saw.

    Raises:
        UsageError: a run is not in the store, or its views are not made yet.
    """
    return [_head(connection, name) for name in names]


def differing(connection: Connection, before: RunView, after: RunView) -> tuple[RunView, RunView]:
    """Two runs with whom they saw, as far as that differs or a comparison asks for it.

    A device of which both say the same is left out, unless it is not where both runs looked, or is where one
    was that differs.

    Args:
        connection: to the store.
        before: the earlier run, as `walked` gives it.
        after: the later one.
    """
    with uncollected():
        return _differing(connection, before, after)


def _differing(connection: Connection, before: RunView, after: RunView) -> tuple[RunView, RunView]:
    sides = [_Side(connection, view.run) for view in (before, after)]
    same = sides[0].pairs & sides[1].pairs
    compared = Comparable(before, after)
    needed = {number for side in sides for number in side.unlike(same, compared)}
    places = {address for side in sides for address in side.addresses(needed)}
    needed |= {number for side in sides for number in side.at(places)}
    found = [side.seen(connection, needed) for side in sides]
    return replace(before, seen=found[0]), replace(after, seen=found[1])


class _Side:
    """One of two runs: a line for each device that it saw, with the number of the device."""

    def __init__(self, connection: Connection, name: str) -> None:
        query = select(derived.c.data, appearance.c.numbers)
        query = query.join(appearance, appearance.c.run == derived.c.run)
        row = connection.execute(query.where(derived.c.run == name)).one()
        _, lines = lines_of(row.data)
        pairs = zip(unpacked_numbers(row.numbers), lines, strict=True)
        self._lines = [(number, line) for number, line in pairs if number != NOBODY]

    @property
    def pairs(self) -> set[tuple[int, str]]:
        return set(self._lines)

    def unlike(self, same: Collection[tuple[int, str]], compared: Comparable) -> Iterator[int]:
        """The devices of which the other run says something else, or of which it was not asked."""
        for pair in self._lines:
            if pair not in same:
                yield pair[0]
            else:
                addresses, methods, _ = pair[1].split("\t", 2)
                if not compared.looked_at(addresses, methods):
                    yield pair[0]

    def addresses(self, numbers: Collection[int]) -> Iterator[str]:
        """Where some devices were."""
        for number, line in self._lines:
            if number in numbers:
                yield from line.partition("\t")[0].split()

    def at(self, addresses: Collection[str]) -> Iterator[int]:
        """Who was at some addresses."""
        for number, line in self._lines:
            if any(address in addresses for address in line.partition("\t")[0].split()):
                yield number

    def seen(self, connection: Connection, numbers: Collection[int]) -> tuple[Seen, ...]:
        """Some devices as the run saw them."""
        mine = [(number, line) for number, line in self._lines if number in numbers]
        owners = _ids(connection, [number for number, _ in mine])
        return tuple(_seen(found_of(line for _, line in mine), owners))


class Comparable:
    """Where two runs looked by the same methods.

    Args:
        before: the earlier run.
        after: the later one.
    """

    def __init__(self, before: RunView, after: RunView) -> None:
        covers = Cover(before), Cover(after)
        prefixes = dict.fromkeys(view.prefix for run in (before, after) for view in run.networks)
        both = {prefix: covers[0].methods_at(prefix) & covers[1].methods_at(prefix) for prefix in prefixes}
        self._methods = {prefix: methods for prefix, methods in both.items() if methods}
        self._prefixes = Prefixes(self._methods)
        self._coarse = all(key_of(one)[0] == 4 and key_of(one)[1] <= _GROUP for one in self._methods)
        self._known: dict[tuple[str, str], bool] = {}

    def looked_at(self, addresses: str, methods: str) -> bool:
        """Whether both looked at one of some addresses by one of some methods, blanks between them.

        What is known of an address holds for its /24, where no smaller prefix was swept.
        """
        alone = self._coarse and " " not in addresses and "." in addresses
        key = (addresses.rpartition(".")[0] if alone else addresses, methods)
        if key not in self._known:
            named = methods.split()
            self._known[key] = any(
                not self._methods[prefix].isdisjoint(named)
                for address in addresses.split()
                for prefix in self._prefixes.of_address(address)
            )
        return self._known[key]


def _head(connection: Connection, name: str) -> RunView:
    query = select(run.c.site, run.c.started).join(appearance, appearance.c.run == run.c.id)
    row = connection.execute(query.where(run.c.id == name)).one_or_none()
    if row is None:
        raise UsageError(f"{name}: the store has nothing of this run yet; 'hiksweep store rebuild' makes it")
    return RunView(name, row.site, time_of(row.started), tuple(_networks(connection, name)), ())


def _networks(connection: Connection, name: str) -> Iterator[NetworkView]:
    query = select(network_run).where(network_run.c.run == name).order_by(network_run.c.prefix)
    for row in connection.execute(query):
        yield NetworkView(
            row.prefix,
            frozenset(json.loads(row.covered)),
            frozenset(json.loads(row.answered)),
            frozenset(json.loads(row.others)),
            bool(row.interrupted),
        )


def owners_of(connection: Connection, name: str) -> list[str]:
    """The device of each thing that a run found; empty where it is none of the inventory."""
    query = select(appearance.c.numbers).where(appearance.c.run == name)
    data = connection.execute(query).scalar_one_or_none()
    return [] if data is None else _ids(connection, unpacked_numbers(data))


def _ids(connection: Connection, numbers: Sequence[int]) -> list[str]:
    """The ids of devices by their numbers; empty for nobody's."""
    wanted = sorted(set(numbers) - {NOBODY})
    ids: dict[int, str] = {}
    for place in range(0, len(wanted), _AT_ONCE):
        known = select(device.c.number, device.c.id)
        if len(wanted) <= _FEW:
            known = known.where(device.c.number.in_(wanted[place : place + _AT_ONCE]))
        ids.update((number, name) for number, name in connection.execute(known))
        if len(wanted) > _FEW:
            break
    return [ids.get(number, "") for number in numbers]


def _seen(found: Iterable[Found], owners: Sequence[str]) -> Iterator[Seen]:
    """Each device of the inventory in the run once, though the run may have taken it for two."""
    parts: dict[str, list[Seen]] = {}
    for one, owner in zip(found, owners, strict=True):
        if owner and one.maker != Maker.OTHER:
            mine = Seen(owner, one.names, one.addresses, one.methods, one.fields or {}, one.measures)
            parts.setdefault(owner, []).append(mine)
    for owner, same in parts.items():
        yield Seen(
            owner,
            tuple(dict.fromkeys(name for one in same for name in one.names)),
            tuple(dict.fromkeys(address for one in same for address in one.addresses)),
            frozenset().union(*(one.methods for one in same)),
            {key: value for one in reversed(same) for key, value in one.fields.items()},
            frozenset().union(*(one.measures for one in same)),
        )


def behind(connection: Connection) -> bool:
    """Whether the store took records that its views do not show yet."""
    query = select(run.c.id).outerjoin(derived, derived.c.run == run.c.id)
    query = query.where(run.c.lines > 0, (derived.c.run.is_(None)) | (derived.c.lines != run.c.lines))
    return connection.execute(query.limit(1)).first() is not None

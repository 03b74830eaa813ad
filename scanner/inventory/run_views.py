"""Single runs as the rules see them, by the inventory's own device ids; for comparing one with another."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import Connection, select

from scanner.inventory.decisions import time_of
from scanner.inventory.derive import Derived, unpacked
from scanner.inventory.devices import NOBODY
from scanner.inventory.schema import appearance, derived, device, network_run, run
from scanner.inventory.views import unpacked_numbers
from scanner.inventory.words import NetworkView, RunView, Seen
from scanner.model.errors import UsageError
from scanner.model.evidence import Maker

_FEW = 500
"""Devices that are looked up one by one; of more all are read."""


def run_views(connection: Connection, names: Iterable[str]) -> list[RunView]:
    """What these runs saw, in their order.

    Raises:
        UsageError: a run is not in the store, or its views are not made yet.
    """
    return [_view(connection, name) for name in names]


def _view(connection: Connection, name: str) -> RunView:
    query = select(run.c.site, run.c.started, derived.c.data).join(derived, derived.c.run == run.c.id)
    row = connection.execute(query.where(run.c.id == name)).one_or_none()
    if row is None:
        raise UsageError(f"{name}: the store has nothing of this run yet; 'hiksweep store rebuild' makes it")
    told = unpacked(row.data)
    owners = owners_of(connection, name)
    return RunView(
        run=name,
        site=row.site,
        at=time_of(row.started),
        networks=tuple(_networks(connection, name)),
        seen=tuple(_seen(told, owners)),
        judged=told.judged,
        sightings=told.sightings,
    )


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
    numbers = [] if data is None else unpacked_numbers(data)
    wanted = {number for number in numbers if number != NOBODY}
    known = select(device.c.number, device.c.id)
    if len(wanted) <= _FEW:
        known = known.where(device.c.number.in_(wanted))
    ids = {row.number: row.id for row in connection.execute(known)}
    return [ids.get(number, "") for number in numbers]


def _seen(told: Derived, owners: Sequence[str]) -> Iterator[Seen]:
    """Each device of the inventory in the run once, though the run may have taken it for two."""
    parts: dict[str, list[Seen]] = {}
    for one, owner in zip(told.found, owners, strict=True):
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

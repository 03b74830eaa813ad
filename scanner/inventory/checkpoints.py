"""Moments from which the views can be told on, ever fewer the longer ago they are."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, text, update

from scanner.inventory.decisions import time_of, time_text
from scanner.inventory.engine import Store
from scanner.inventory.memory import SHAPE
from scanner.inventory.schema import cell, checkpoint, former
from scanner.inventory.story import Mark, Pair
from scanner.inventory.tables import put_all, to_text

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A moment that the store keeps."""

    place: int
    at: datetime
    steps: int
    transitions: int
    events: int
    foresight: frozenset[Pair]
    barred: frozenset[str]


def checkpoints(connection: Connection) -> list[Checkpoint]:
    """Those of a store, the newest first; none where another program kept its state in another shape."""
    found = []
    for row in connection.execute(select(checkpoint).order_by(checkpoint.c.place.desc())):
        data = json.loads(row.data)
        if data["shape"] != SHAPE:
            return []
        pairs = frozenset((one, other) for one, other in data["foresight"])
        barred = frozenset(data["barred"])
        found.append(
            Checkpoint(
                row.place, time_of(row.at), row.steps, row.transitions, row.events, pairs, barred,
            )
        )  # fmt: skip
    return found


def before(known: Sequence[Checkpoint], at: datetime | None) -> Checkpoint | None:
    """The newest before a moment; None: everything has to be told. The store keeps whole seconds."""
    if at is None:
        return None
    return next((one for one in known if time_text(one.at) < time_text(at)), None)


def restore(connection: Connection, base: Checkpoint) -> None:
    """Give every cell what it held at a checkpoint, and forget the later ones."""
    later = select(checkpoint.c.place).where(checkpoint.c.place > base.place)
    for place in connection.execute(later.order_by(checkpoint.c.place.desc())).scalars().all():
        mine = former.c.checkpoint == place
        connection.execute(delete(cell).where(cell.c.name.in_(select(former.c.name).where(mine))))
        kept = select(former.c.name, former.c.data).where(mine, former.c.data.is_not(None))
        connection.execute(insert(cell).from_select(["name", "data"], kept))
        connection.execute(delete(former).where(mine))
        connection.execute(delete(checkpoint).where(checkpoint.c.place == place))


def keep(
    connection: Connection,
    base: Checkpoint | None,
    marks: Sequence[Mark],
    changes: Sequence[dict[str, bytes | None]],
    barred: frozenset[str],
) -> None:
    """Add checkpoints, and leave out some of the older ones.

    Args:
        connection: to the store.
        base: on which checkpoint they follow; None: on none.
        marks: the moments.
        changes: for each, what the cells that changed held at the one before.
        barred: the names that joined nothing.
    """
    place = base.place if base else 0
    start = (base.steps, base.transitions, base.events) if base else (0, 0, 0)
    for number, mark in enumerate(marks):
        place += 1
        data = {"shape": SHAPE, "foresight": sorted(mark.foresight), "barred": sorted(barred)}
        row = {
            "place": place,
            "at": mark.at.isoformat(),
            "steps": start[0] + mark.steps,
            "transitions": start[1] + mark.transitions,
            "events": start[2] + mark.events,
            "data": to_text(data),
        }
        connection.execute(insert(checkpoint), [row])
        if (base is None and number == 0) or number >= len(changes):
            continue  # to before the first there is no way back
        held = sorted(changes[number].items())
        rows = [{"checkpoint": place, "name": name, "data": data} for name, data in held]
        for first in range(0, len(rows), _AT_ONCE):
            connection.execute(insert(former), rows[first : first + _AT_ONCE])
    _thin_out(connection)


def _thin_out(connection: Connection) -> None:
    rows = connection.execute(
        select(checkpoint.c.place, checkpoint.c.steps).order_by(checkpoint.c.place)
    ).all()
    kept = set(_kept([row.steps for row in rows]))
    places = [row.place for row in rows]
    for number, place in enumerate(places):
        if rows[number].steps in kept:
            continue
        following = places[number + 1]
        # What the next one held before this one did.
        newer = former.c.checkpoint == following
        older = select(former.c.name).where(former.c.checkpoint == place)
        if number and any(rows[one].steps in kept for one in range(number)):
            connection.execute(delete(former).where(newer, former.c.name.in_(older)))
            connection.execute(
                update(former).where(former.c.checkpoint == place).values(checkpoint=following)
            )
        else:
            connection.execute(delete(former).where(newer))
            connection.execute(delete(former).where(former.c.checkpoint == place))
        connection.execute(delete(checkpoint).where(checkpoint.c.place == place))


def _kept(steps: Sequence[int]) -> Iterator[int]:
    """Of so many steps: the last, and one for each doubling of the distance from it."""
    oldest: dict[int, int] = {}
    for count in steps:
        oldest.setdefault((steps[-1] - count).bit_length(), count)
    yield from oldest.values()


def forget(connection: Connection) -> None:
    """Nothing of the state is left."""
    for table in (cell, former, checkpoint):
        connection.execute(delete(table))


def fill(store: Store, connection: Connection, changed: Iterator[tuple[str, bytes | None]]) -> None:
    """Give cells what they hold by now."""
    emptied, rows = [], []
    for name, data in changed:
        if data is None:
            emptied.append(name)
        else:
            rows.append({"name": name, "data": data})
    for first in range(0, len(emptied), _AT_ONCE):
        connection.execute(delete(cell).where(cell.c.name.in_(emptied[first : first + _AT_ONCE])))
    put_all(store, connection, cell, rows)


def alone(store: Store, connection: Connection) -> None:
    """Let nobody else bring the views up to date until this transaction is over."""
    if not store.sqlite:
        connection.execute(text("LOCK TABLE checkpoint IN EXCLUSIVE MODE"))

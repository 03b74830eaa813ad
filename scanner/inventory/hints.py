"""Which earlier device a new one may be, where no name of the identity ladder survived to say so."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, select

from scanner.inventory.schema import address_interval, device
from scanner.inventory.words import Presence

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Hint:
    """An earlier device, and why it may be the same."""

    device: str
    why: str


def may_be(connection: Connection, devices: Sequence[str]) -> dict[str, Hint]:
    """For each of some devices the earlier one that it may be: who was last at its first address.

    Whoever was seen since, or is of another model or serial number, is evidently another. Nothing is joined
    by this: a person may say so ('devices merge').
    """
    found: dict[str, Hint] = {}
    for place in range(0, len(devices), _AT_ONCE):
        for name, hint in _hints(connection, devices[place : place + _AT_ONCE]):
            found.setdefault(name, hint)
    return found


def _hints(connection: Connection, names: Sequence[str]) -> Iterator[tuple[str, Hint]]:
    mine, before = address_interval.alias("mine"), address_interval.alias("before")
    here, there = device.alias("here"), device.alias("there")
    query = (
        select(
            here.c.id,
            here.c.fields,
            there.c.id.label("other"),
            there.c.fields.label("others"),
            there.c.last_at,
            mine.c.address,
        )
        .join(mine, and_(mine.c.device == here.c.id, mine.c.first_at == here.c.first_at))
        .join(
            before,
            and_(
                before.c.address == mine.c.address,
                before.c.site == mine.c.site,
                before.c.device != here.c.id,
                before.c.last_at < here.c.first_at,
            ),
        )
        .join(there, and_(there.c.id == before.c.device, there.c.last_at < here.c.first_at))
        .where(here.c.id.in_(names), there.c.presence != Presence.RETRACTED)
        .order_by(there.c.last_at.desc(), there.c.id)
    )
    for row in connection.execute(query):
        if not _differ(json.loads(row.fields), json.loads(row.others)):
            why = f"it was last at {row.address}, until {row.last_at[:10]}"
            yield row.id, Hint(row.other, why)


def _differ(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return any(one.get(name) and other.get(name) and one[name] != other[name] for name in ("model", "serial"))

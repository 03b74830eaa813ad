"""What persons decided: added, never changed. Of two the later counts, by its own time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select

from scanner.inventory.engine import Store
from scanner.inventory.schema import decision
from scanner.inventory.tables import insert_new, to_text
from scanner.inventory.words import Decision

UNDO = "undo"
"""The kind of a decision that takes back the one that it names."""


def time_text(at: datetime) -> str:
    """A moment as the store keeps it: UTC, whole seconds."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def time_of(text: str) -> datetime:
    """The moment that a text of the store or of a journal names; aware, in UTC."""
    found = datetime.fromisoformat(text)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def decide(
    store: Store, at: datetime, by: str, kind: str, subject: str, data: Mapping[str, Any] | None = None
) -> Decision:
    """Keep a decision; returns it with its id. The same one twice is one.

    Raises:
        StoreUnusable: the store cannot be written.
    """
    said, row = new_decision(at, by, kind, subject, data)
    with store.writing() as connection:
        connection.execute(insert_new(store, decision), [row])
    return said


def new_decision(
    at: datetime, by: str, kind: str, subject: str, data: Mapping[str, Any] | None = None
) -> tuple[Decision, dict[str, str]]:
    """A decision, and its row of the store."""
    # Two decisions of one second still have an order.
    exact = at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    row = {"at": exact, "by": by, "kind": kind, "subject": subject, "data": to_text(dict(data or {}))}
    identifier = "dec-" + hashlib.sha256(to_text(row).encode()).hexdigest()[:16]
    said = Decision(identifier, time_of(exact), by, kind, subject, dict(data or {}))
    return said, row | {"id": identifier}


def in_force(said: Iterable[Decision]) -> list[Decision]:
    """Those decisions that nobody took back since.

    Args:
        said: in the order of their own time.
    """
    told, dead = list(said), set()
    for one in reversed(told):
        if one.kind == UNDO and one.id not in dead:
            dead.add(one.subject)
    return [one for one in told if one.id not in dead]


def decisions(connection: Connection, *kinds: str) -> list[Decision]:
    """All decisions of some kinds (without any: all), in the order of their own time."""
    query = select(decision)
    if kinds:
        query = query.where(decision.c.kind.in_(kinds))
    found = [
        Decision(row.id, time_of(row.at), row.by, row.kind, row.subject, json.loads(row.data))
        for row in connection.execute(query)
    ]
    return sorted(found, key=lambda one: (one.at, one.id))

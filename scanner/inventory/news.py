"""What a run brought besides its own findings: events of the inventory that bear its name."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from scanner.inventory.engine import Store
from scanner.inventory.schema import event
from scanner.inventory.words import EventKind


@dataclass(frozen=True, slots=True)
class News:
    """One event."""

    kind: EventKind
    subject: str
    """A device, or site and prefix."""
    detail: str


def news_of(store: Store, run: str) -> list[News]:
    """The events of a run, in the order in which they were told.

    Raises:
        StoreUnusable: the store cannot be read.
    """
    with store.reading() as connection:
        rows = connection.execute(select(event).where(event.c.run == run).order_by(event.c.place))
        return [News(EventKind(row.kind), row.subject, row.detail) for row in rows]

"""What is written to trackers: kept before it is sent, so that a crash leaves a question and not a double."""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, insert, select, update

from scanner.inventory.decisions import time_of, time_text
from scanner.inventory.engine import Store
from scanner.inventory.schema import closed_ticket, outbox
from scanner.inventory.tables import insert_new, to_text


class Sent(StrEnum):
    """What is known of a write."""

    SENDING = "sending"
    """It was begun; whoever finds it so later knows as little as of a doubtful one."""
    DOUBTFUL = "doubtful"
    DONE = "done"
    REFUSED = "refused"
    LAPSED = "lapsed"
    """The tracker was asked, late enough, and does not have it."""


_OPEN = (Sent.SENDING, Sent.DOUBTFUL)


@dataclass(frozen=True, slots=True)
class Entry:
    """One write."""

    id: str
    act: str
    keys: tuple[str, ...]
    ticket: str
    """What is written to; of a create, once it is known, what was made."""
    mark: str
    state: str
    at: datetime
    """When it was begun."""
    note: str = ""


class Outbox:
    """The writes to one tracker.

    Args:
        store: where they are kept.
        tracker: its name in the configuration.

    Raises:
        StoreUnusable: the store cannot be read or written; in any method.
    """

    def __init__(self, store: Store, tracker: str) -> None:
        self._store, self._tracker = store, tracker

    def begin(self, act: str, keys: Sequence[str], ticket: str, mark: str, at: datetime) -> Entry:
        """Keep a write before it is sent."""
        entry = Entry(uuid.uuid4().hex, act, tuple(keys), ticket, mark, Sent.SENDING, at)
        row = {
            "id": entry.id,
            "tracker": self._tracker,
            "act": act,
            "keys": to_text(list(keys)),
            "ticket": ticket,
            "mark": mark,
            "state": str(entry.state),
            "at": time_text(at),
            "note": "",
        }
        with self._store.writing() as connection:
            connection.execute(insert(outbox), [row])
        return entry

    def end(self, entry: Entry, state: Sent, ticket: str = "", note: str = "") -> None:
        """Say how a write ended, as far as is known."""
        values = {"state": str(state), "ticket": ticket or entry.ticket, "note": note}
        with self._store.writing() as connection:
            connection.execute(update(outbox).where(outbox.c.id == entry.id).values(**values))

    def unsettled(self) -> list[Entry]:
        """The writes of which nobody knows yet whether they were done, the oldest first."""
        return self._entries(_OPEN)

    def done(self) -> list[Entry]:
        """The writes that were done, the oldest first."""
        return self._entries((Sent.DONE,))

    def _entries(self, states: Collection[str]) -> list[Entry]:
        query = select(outbox).where(outbox.c.tracker == self._tracker, outbox.c.state.in_(states))
        with self._store.reading() as connection:
            return [
                Entry(
                    row.id,
                    row.act,
                    tuple(json.loads(row.keys)),
                    row.ticket,
                    row.mark,
                    row.state,
                    time_of(row.at),
                    row.note,
                )
                for row in connection.execute(query.order_by(outbox.c.at, outbox.c.id))
            ]

    def note_closed(self, closed: Iterable[str], at: datetime) -> dict[str, str]:
        """Keep which tickets are closed now; returns since when each has been seen so."""
        now = set(closed)
        mine = closed_ticket.c.tracker == self._tracker
        with self._store.writing() as connection:
            query = select(closed_ticket.c.ticket, closed_ticket.c.since).where(mine)
            known: dict[str, str] = {row.ticket: row.since for row in connection.execute(query)}
            for again in known.keys() - now:  # one that is open has to be seen closed anew
                connection.execute(delete(closed_ticket).where(mine, closed_ticket.c.ticket == again))
            rows = [
                {"tracker": self._tracker, "ticket": ticket, "since": time_text(at)}
                for ticket in sorted(now - known.keys())
            ]
            if rows:
                connection.execute(insert_new(self._store, closed_ticket), rows)
        return {ticket: since for ticket, since in known.items() if ticket in now} | {
            row["ticket"]: row["since"] for row in rows
        }

"""Records of a run as they were taken, and what one run amounts to by itself."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterator

from sqlalchemy import Connection, select

from scanner.inventory.schema import body, record
from scanner.journal import Record, RunStarted, record_of
from scanner.knowledge import Knowledge
from scanner.model.errors import StoreUnusable
from scanner.model.report import RunError
from scanner.run.result import RunResult

_AT_ONCE = 500


def records(connection: Connection, name: str, addresses: Collection[str] | None = None) -> Iterator[Record]:
    """The records of a run, in order; one whose payload is lost becomes a `RunError`.

    Args:
        connection: to the store.
        name: of the run.
        addresses: only what is about these, and what is about none; None = all.
    """
    after = 0
    while True:
        query = select(record.c.seq, record.c.data).where(record.c.run == name, record.c.seq > after)
        if addresses is not None:
            query = query.where(record.c.address.in_(["", *addresses]))
        rows = connection.execute(query.order_by(record.c.seq).limit(_AT_ONCE)).all()
        if not rows:
            return
        bodies = _bodies(connection, {digest for row in rows if (digest := digest_in(row.data))})
        for row in rows:
            try:
                found = record_of(row.data, bodies)
            except (ValueError, KeyError, TypeError, RecursionError):
                found = RunError(f"{name}:{row.seq}", "a record of the store is damaged; it was left out")
            if found is not None:
                yield found
        after = rows[-1].seq


def digest_in(line: str) -> str:
    """The payload that a line points to; empty for none. Only observations have one, so a look is enough."""
    place = line.find('"digest":"')
    return line[place + 10 : place + 74] if place >= 0 else ""


def _bodies(connection: Connection, digests: set[str]) -> dict[str, bytes]:
    if not digests:
        return {}
    query = select(body.c.digest, body.c.data).where(body.c.digest.in_(digests))
    return {row.digest: zlib.decompress(row.data) for row in connection.execute(query)}


def result_of(
    connection: Connection, name: str, knowledge: Knowledge, addresses: Collection[str] | None = None
) -> RunResult:
    """What the records of a run amount to, by what is known today.

    Args:
        connection: to the store.
        name: of the run.
        knowledge: as loaded.
        addresses: only what is about these, and what is about none; None = all.

    Raises:
        StoreUnusable: the store has no such run.
    """
    result: RunResult | None = None
    for found in records(connection, name, addresses):
        if result is not None:
            result.add(found)
        elif isinstance(found, RunStarted):
            result = RunResult(found, knowledge)
    if result is None:
        raise StoreUnusable(f"{name}: the store has no such run")
    return result

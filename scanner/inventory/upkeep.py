"""The care of a store: what is in it, whether it is whole, and a copy of it."""

from __future__ import annotations

import contextlib
import hashlib
import os
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Select, Table, func, insert, select, text

from scanner.inventory.engine import Store, place
from scanner.inventory.ingest import add_to_chain
from scanner.inventory.reading import digest_in
from scanner.inventory.schema import HEAD, RECORDS, STATE, VIEWS, body, decision, derived, pruned, record, run
from scanner.inventory.sites import REHEARSAL
from scanner.model.errors import StoreUnusable, UsageError

_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Info:
    """What a store holds."""

    name: str
    revision: str
    runs: int
    unfinished: int
    rehearsals: int
    """Runs of loopback, which count nowhere else."""
    records: int
    bodies: int
    body_bytes: int
    """Before they were compressed."""
    decisions: int
    first: str | None
    last: str | None
    size: int
    """Bytes on the disk."""
    pruned: int = 0
    """Runs of which records were pruned."""


def info(store: Store) -> Info:
    """Count what a store holds.

    Raises:
        StoreUnusable: it cannot be read.
    """
    with store.reading() as connection:
        real = run.c.site != REHEARSAL
        first, last = connection.execute(
            select(func.min(run.c.started), func.max(run.c.started)).where(real)
        ).one()
        return Info(
            name=store.name,
            revision=HEAD,
            runs=_count(connection, select(func.count()).select_from(run).where(real)),
            unfinished=_count(connection, select(func.count()).where(real, run.c.finished.is_(None))),
            rehearsals=_count(connection, select(func.count()).where(~real)),
            records=_count(connection, select(func.count()).select_from(record)),
            bodies=_count(connection, select(func.count()).select_from(body)),
            body_bytes=_count(connection, select(func.sum(body.c.size))),
            decisions=_count(connection, select(func.count()).select_from(decision)),
            first=first,
            last=last,
            size=_size(store, connection),
            pruned=_count(connection, select(func.count()).select_from(pruned)),
        )


def _count(connection: Connection, query: Select[Any]) -> int:
    return int(connection.execute(query).scalar() or 0)


def _size(store: Store, connection: Connection) -> int:
    if not store.sqlite:
        return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar() or 0)
    files = (Path(f"{store.name}{ending}") for ending in ("", "-wal"))
    return sum(path.stat().st_size for path in files if path.exists())


def check(store: Store) -> Iterator[str]:
    """Each thing that is wrong with a store, in words.

    Raises:
        StoreUnusable: it cannot be read at all.
    """
    with store.reading() as connection:
        if store.sqlite:
            told = connection.execute(text("PRAGMA integrity_check")).scalars().all()
            yield from (f"the file is damaged: {line}" for line in told if line != "ok")
        bodies = set()
        for digest, faulty in _bodies(connection):
            bodies.add(digest)
            if faulty:
                yield f"body {digest[:16]}: not what was taken"
        left = {row.run: row for row in connection.execute(select(pruned))}
        for row in connection.execute(select(run).order_by(run.c.id)).all():
            part = left.get(row.id)
            yield from _check_run(connection, row.id, part.chain if part else row.chain, bodies)
            if part:
                yield from _check_pruned(connection, row.id, part.mark)


def _check_pruned(connection: Connection, name: str, mark: str) -> Iterator[str]:
    """What a pruned run amounts to cannot be worked out again, so that it has to be what it was."""
    data = connection.execute(select(derived.c.data).where(derived.c.run == name)).scalar()
    if data is None or not hashlib.sha256(data).hexdigest().startswith(mark):
        yield f"run {name}: it was pruned, and what it amounted to is not what was kept"


def _bodies(connection: Connection) -> Iterator[tuple[str, bool]]:
    query = select(body).execution_options(yield_per=_AT_ONCE)
    for row in connection.execute(query):
        try:
            data = zlib.decompress(row.data)
        except zlib.error:
            yield row.digest, True
        else:
            yield row.digest, hashlib.sha256(data).hexdigest() != row.kept


def _check_run(connection: Connection, name: str, chain: str, bodies: set[str]) -> Iterator[str]:
    query = select(record.c.data).where(record.c.run == name).order_by(record.c.seq)
    found, lost = "", Counter[str]()
    for line in connection.execute(query.execution_options(yield_per=_AT_ONCE)).scalars():
        found = add_to_chain(found, line)
        digest = digest_in(line)
        if digest and digest not in bodies:
            lost[digest] += 1
    if found != chain:
        yield f"run {name}: its records are not those that were taken"
    if lost:
        yield f"run {name}: the bodies of {lost.total():,} observations are missing"


def backup(store: Store, path: Path) -> None:
    """Copy everything, as it is at one moment, into a new SQLite store, which appears whole or not at all.

    Raises:
        UsageError: the file exists.
        StoreUnusable: it cannot be written, or the store cannot be read.
    """
    if path.exists():
        raise UsageError(f"{path}: exists already; name a new file")
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        copy = Store(place(str(part), path.parent))
        copy.make()
        with store.reading() as source, copy.writing() as target:
            for table in (*RECORDS, *VIEWS, *STATE):
                _copy(source, target, table)
        with copy.reading() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA journal_mode=DELETE")
            connection.exec_driver_sql("BEGIN")
        copy.close()
        part.chmod(0o600)
        part.rename(path)
    except OSError as error:
        raise StoreUnusable(f"{path}: not written ({error.strerror})") from None
    finally:
        for ending in ("", "-wal", "-shm", "-journal"):
            with contextlib.suppress(OSError):
                Path(f"{part}{ending}").unlink()


def _copy(source: Connection, target: Connection, table: Table) -> None:
    found = source.execute(select(table).execution_options(yield_per=_AT_ONCE))
    for rows in found.mappings().partitions(_AT_ONCE):
        target.execute(insert(table), [dict(row) for row in rows])

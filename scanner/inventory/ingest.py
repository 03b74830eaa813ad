"""A journal is taken into the store: from where the store left off, in batches, each body once.

Taking the same journal twice changes nothing, whole or in parts, by one program or by two at a time. What was
taken is known by a digest over it, so that another journal of the same name is refused.
"""

from __future__ import annotations

import hashlib
import json
import os
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, insert, select, update

from scanner.inventory.engine import Store
from scanner.inventory.schema import body, pruned, record, run
from scanner.inventory.sites import site_of
from scanner.inventory.tables import insert_new
from scanner.journal import LINE_LIMIT, Named, Resumed, RunEnded, RunStarted, record_of
from scanner.model.errors import UsageError, unreadable
from scanner.model.report import RunError
from scanner.run.result import NO_ENGINE

BATCH_LINES = 2000
BATCH_BYTES = 8 * 1024 * 1024
NOT_A_JOURNAL = "not a journal of a scan"


@dataclass(frozen=True, slots=True)
class Taken:
    """What taking a journal came to."""

    run: str
    site: str
    records: int
    """How many were new."""
    bodies: int
    finished: bool
    """The journal has its last record."""


def add_to_chain(chain: str, data: str) -> str:
    """The digest over all records of a run, one record longer."""
    return hashlib.sha256(f"{chain}\n{data}".encode()).hexdigest()


class Taking:
    """Takes one journal, as far as it has been written.

    Args:
        store: where to.
        path: the journal.
        site: whose addresses it holds; None = by its targets.

    Raises:
        UsageError: the file cannot be read or is no journal.
    """

    def __init__(self, store: Store, path: Path, site: str | None = None) -> None:
        self._store, self._path, self._wanted = store, path, site
        try:
            self._file: IO[bytes] = path.open("rb")
        except OSError as error:
            raise UsageError(unreadable(path, error)) from None
        self._bodies: dict[str, bytes] = {}
        self._lines = 0
        self._chain = ""
        self._run: RunStarted | None = None
        self._site = ""
        self._records = self._new_bodies = 0
        self._finished = False
        self._names = _Names(path)

    def close(self) -> None:
        """Let the file go."""
        self._file.close()

    def advance(self, *, last: bool = True) -> int:
        """Take every line that is whole by now; returns how many were new.

        Args:
            last: whether nothing more is waited for. The addresses of files say which site they are of, so
                that before their end nothing is taken of a run that reads them, unless its site is named.

        Raises:
            UsageError: it is no journal, or another one of the same name was taken before.
            StoreUnusable: the store cannot be written.
        """
        if self._run is None and not self._begin(last=last):
            return 0
        taken = 0
        while batch := self._batch():
            while batch and not self._keep(batch):
                # Another program has taken a part of it meanwhile, or went on with the run.
                self._catch_up()
                batch = self._batch()
            taken += len(batch.rows)
        return taken

    def result(self) -> Taken:
        """What has been taken.

        Raises:
            UsageError: not even its first line was there.
        """
        if self._run is None:
            raise UsageError(f"{self._path}: {NOT_A_JOURNAL}")
        return Taken(self._run.id, self._site, self._records, self._new_bodies, self._finished)

    def _begin(self, *, last: bool) -> bool:
        """Read the first line, and go on to what the store does not hold yet."""
        line = self._file.readline(LINE_LIMIT)
        self._file.seek(0)
        if not line.endswith(b"\n") and len(line) < LINE_LIMIT and _may_become_one(line):
            return False
        started = _read(line)
        if not isinstance(started, RunStarted):
            raise UsageError(f"{self._path}: {NOT_A_JOURNAL}")
        by_names = started.engine == NO_ENGINE and not (started.walked or started.unwalked or self._wanted)
        if by_names and not self._names.whole() and not last:
            return False
        with self._store.writing() as connection:
            known = connection.execute(select(run.c.site).where(run.c.id == started.id)).scalar()
            self._site = known or self._wanted or site_of(connection, started, self._names.found)
            header = json.dumps(json.loads(line), sort_keys=True)
            row = {"id": started.id, "site": self._site, "header": header, "started": started.started}
            connection.execute(insert_new(self._store, run), [row | {"lines": 0, "chain": ""}])
        self._run = started
        self._catch_up()
        return True

    def _catch_up(self) -> None:
        """Read again what the store holds already, and see that it is the same."""
        identifier = self._started.id
        with self._store.reading() as connection:
            query = select(run.c.lines, run.c.chain).where(run.c.id == identifier)
            lines, chain = connection.execute(query).one()
        self._file.seek(0)
        self._lines, self._chain = 0, ""
        while self._lines < lines:
            batch = self._batch(lines - self._lines)
            if not batch:
                return  # an older copy of what was taken before
            self._lines, self._chain = batch.lines, batch.chain
        if self._chain != chain:
            raise UsageError(f"{self._path}: the store holds another run of the name {identifier}")

    @property
    def _started(self) -> RunStarted:
        if self._run is None:
            raise UsageError(f"{self._path}: {NOT_A_JOURNAL}")
        return self._run

    def _batch(self, lines_at_most: int = BATCH_LINES) -> _Batch:
        """The next whole lines; empty when there are none."""
        batch = _Batch(self._started.id, self._lines, self._chain, self._bodies)
        size = 0
        while len(batch.rows) < min(lines_at_most, BATCH_LINES) and size < BATCH_BYTES:
            if batch.lines - self._lines >= lines_at_most:
                break
            line = self._file.readline(LINE_LIMIT)
            if not line.endswith(b"\n") and len(line) < LINE_LIMIT:
                # Whoever goes on with a run that was cut cuts this off: it must not stay in the buffer.
                place = self._file.tell() - len(line)
                self._file.seek(0, os.SEEK_END)
                self._file.seek(place)
                break
            size += len(line)
            batch.add(line)
        return batch

    def _keep(self, batch: _Batch) -> bool:
        """Write a batch; False when it was not this program that went on from there."""
        with self._store.writing() as connection:
            self._store.hurry(connection)
            changes: dict[str, Any] = {"lines": batch.lines, "chain": batch.chain}
            if isinstance(batch.end, Resumed):
                changes |= {"finished": None, "reason": "", "interrupted": 0}
            elif batch.end is not None:
                changes |= {"finished": batch.end.finished, "reason": batch.end.reason}
                changes["interrupted"] = int(batch.end.interrupted)
            mine = (run.c.id == self._started.id) & (run.c.lines == self._lines)
            if connection.execute(update(run).where(mine).values(**changes)).rowcount != 1:
                return False
            if connection.execute(select(pruned.c.at).where(pruned.c.run == self._started.id)).first():
                raise UsageError(
                    f"{self._path}: records of this run were pruned; nothing more can be taken of it"
                )
            if batch.rows:
                connection.execute(insert(record), batch.rows)
            self._new_bodies += self._keep_bodies(connection, batch.bodies)
        self._lines, self._chain = batch.lines, batch.chain
        self._records += len(batch.rows)
        if batch.end is not None:
            self._finished = isinstance(batch.end, RunEnded)
        return True

    def _keep_bodies(self, connection: Connection, bodies: Mapping[str, bytes]) -> int:
        if not bodies:
            return 0
        known = set(connection.execute(select(body.c.digest).where(body.c.digest.in_(bodies))).scalars())
        rows = [
            {
                "digest": digest,
                "size": len(data),
                "kept": hashlib.sha256(data).hexdigest(),
                "data": zlib.compress(data),
            }
            for digest, data in bodies.items()
            if digest not in known
        ]
        if rows:
            connection.execute(insert_new(self._store, body), rows)
        return len(rows)


class _Batch:
    """Lines read together and kept together."""

    def __init__(self, name: str, lines: int, chain: str, seen: dict[str, bytes]) -> None:
        self._run, self._seen = name, seen
        self.lines, self.chain = lines, chain
        self._begun = lines
        self.rows: list[dict[str, object]] = []
        self.bodies: dict[str, bytes] = {}
        self.end: RunEnded | Resumed | None = None
        """The last of them."""

    def __bool__(self) -> bool:
        return self.lines > self._begun

    def add(self, line: bytes) -> None:
        self.lines += 1
        text = line.decode("ascii", "backslashreplace").rstrip("\n")
        try:
            found = record_of(text, self._seen)
            entry = json.loads(text)
        except (ValueError, KeyError, TypeError, RecursionError):
            message = "a record is not readable; it was left out"
            found = RunError(f"{self._run}:{self.lines}", message)
            entry = {"kind": "error", "where": found.where, "message": message}
            text = json.dumps(entry, separators=(",", ":"))
        if found is None:
            digest = entry["digest"]
            self.bodies[digest] = self._seen[digest]
            self._seen[digest] = b""  # that it is there is enough
            return
        self.chain = add_to_chain(self.chain, text)
        self.rows.append(
            {
                "run": self._run,
                "seq": self.lines,
                "kind": entry["kind"],
                "address": entry.get("address") or entry.get("host") or "",
                "data": text,
            }
        )
        if isinstance(found, RunEnded | Resumed):
            self.end = found


class _Names:
    """The addresses that the files of a run name, as far as it has been written."""

    def __init__(self, path: Path) -> None:
        self._path, self._offset = path, 0
        self.found: list[str] = []

    def whole(self) -> bool:
        """Read on; whether the run has ended."""
        with self._path.open("rb") as file:
            file.seek(self._offset)
            while (line := file.readline(LINE_LIMIT)).endswith(b"\n"):
                self._offset += len(line)
                if line.startswith(b'{"kind":"finish"'):
                    return True
                if line.startswith(b'{"kind":"named"') and isinstance(named := _read(line), Named):
                    self.found += named.addresses
        return False


def _read(line: bytes) -> object:
    try:
        return record_of(line, {})
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _may_become_one(line: bytes) -> bool:
    return not line or line.startswith(b"{"[: len(line)])


def take(store: Store, path: Path, site: str | None = None) -> Taken:
    """Take a journal into the store; what it holds already changes nothing.

    Raises:
        UsageError: the file cannot be read, is no journal, or is another one of the same name.
        StoreUnusable: the store cannot be written.
    """
    taking = Taking(store, path, site)
    try:
        taking.advance()
        return taking.result()
    finally:
        taking.close()

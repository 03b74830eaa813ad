"""A journal is made again from what the store took of it, byte for byte; a shorter one is made up.

Where a machine is lost, or power went before a journal's last lines were on the disk, the store may hold more
of a run than its journal. Whoever goes on with the run goes on from there.
"""

from __future__ import annotations

import contextlib
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, select

from scanner.inventory.engine import Store
from scanner.inventory.ingest import add_to_chain
from scanner.inventory.reading import digest_in
from scanner.inventory.schema import body, pruned, record, run
from scanner.journal import LINE_LIMIT, Journal, body_line
from scanner.model.errors import StoreUnusable, UsageError, unreadable

_AT_ONCE = 500
_NOBODY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
"""The digest of nothing: it stands where a body was taken that no record came to point to."""


@dataclass(frozen=True, slots=True)
class _Line:
    data: bytes
    is_body: bool


def write_journal(store: Store, name: str, path: Path) -> Path:
    """Have a journal hold at least what the store took of a run; returns its path.

    Args:
        store: where the run was taken.
        name: of the run.
        path: of the journal: made where there is none, made up where it is shorter, else left as it is.

    Raises:
        StoreUnusable: the store has no such run, or no longer all of it.
        UsageError: the journal is of another run, or cannot be written.
        Locked: the run is still going on.
    """
    with store.reading() as connection:
        lines = _lines(connection, name)
        if not path.exists():
            _write(path, lines)
        else:
            _make_up(path, name, lines)
    return path


def holds(store: Store, name: str) -> bool:
    """Whether the store took anything of a run.

    Raises:
        StoreUnusable: it cannot be read.
    """
    with store.reading() as connection:
        return connection.execute(select(run.c.id).where(run.c.id == name)).first() is not None


def _write(path: Path, lines: Iterator[_Line]) -> None:
    """A new journal, whole or not at all."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("xb") as file:
            for line in lines:
                file.write(line.data)
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
    except OSError as error:
        raise UsageError(f"{path}: the journal cannot be written ({error.strerror}); make room") from None
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def _make_up(path: Path, name: str, lines: Iterator[_Line]) -> None:
    """Compare a journal with what was taken of it, and add what it lacks."""
    journal = Journal(path, again=True)
    try:
        with path.open("rb") as file:
            whole = 0
            for number, line in enumerate(lines, 1):
                there = file.readline(LINE_LIMIT)
                if not there.endswith(b"\n"):
                    journal.go_on(whole, ())
                    journal.write(line.data)
                    for missing in lines:
                        journal.write(missing.data)
                    return
                if not _same(there, line, f"{name}:{number}"):
                    raise UsageError(f"{path}: the store holds another run of the name {name}")
                whole += len(there)
    except OSError as error:
        raise UsageError(unreadable(path, error)) from None
    finally:
        journal.close()


def _same(there: bytes, taken: _Line, place: str) -> bool:
    if taken.is_body or there == taken.data:
        return not taken.is_body or there.startswith(b'{"kind":"body"')
    # What could not be read was replaced by an error that says so.
    return taken.data.startswith(b'{"kind":"error"') and f'"where":"{place}"'.encode() in taken.data


def _lines(connection: Connection, name: str) -> Iterator[_Line]:
    """The lines of a journal as they were taken.

    Raises:
        StoreUnusable: there are none, or not all.
    """
    taken = connection.execute(select(run.c.lines, run.c.chain).where(run.c.id == name)).first()
    if taken is None or not taken.lines:
        raise StoreUnusable(f"{name}: the store has no such run")
    if connection.execute(select(pruned.c.at).where(pruned.c.run == name)).first():
        raise StoreUnusable(f"{name}: records of this run were pruned; its journal cannot be made again")
    return _rebuilt(connection, name, taken.lines, taken.chain)


def _rebuilt(connection: Connection, name: str, lines: int, chain: str) -> Iterator[_Line]:
    number, found, written = 1, "", set[str]()
    while True:
        query = select(record.c.seq, record.c.data).where(record.c.run == name, record.c.seq >= number)
        rows = connection.execute(query.order_by(record.c.seq).limit(_AT_ONCE)).all()
        for row in rows:
            digest = digest_in(row.data)
            while number < row.seq:
                yield _body(connection, "" if digest in written else digest)
                written.add(digest)
                number += 1
            found = add_to_chain(found, row.data)
            yield _Line(row.data.encode("ascii", "backslashreplace") + b"\n", is_body=False)
            number += 1
        if len(rows) < _AT_ONCE:
            break
    while number <= lines:
        yield _body(connection, "")
        number += 1
    if found != chain:
        raise StoreUnusable(
            f"{name}: what the store holds of this run is damaged; see 'hiksweep store check'"
        )


def _body(connection: Connection, digest: str) -> _Line:
    """The line of a body; of one that nothing points to, a stand-in."""
    data = connection.execute(select(body.c.data).where(body.c.digest == digest)).scalar()
    if data is None:
        return _Line(body_line(_NOBODY, b""), is_body=True)
    return _Line(body_line(digest, zlib.decompress(data)), is_body=True)

"""Writes a journal: whole lines, nobody else meanwhile, and nothing that a full disk leaves half."""

from __future__ import annotations

import base64
import contextlib
import errno
import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, fields, replace
from pathlib import Path

from scanner.journal.records import NAMES, Record
from scanner.model.errors import Locked, UsageError
from scanner.model.observation import Observation


class Journal:
    """Appends records to a file; each record is on its way to the disk when `append` returns.

    A file that cannot take a record whole is left without it: it holds whole lines only. While it is open no
    other program writes to it.

    Args:
        path: the file; must not exist yet.
        cut: removes secrets from a payload; called after the digest was taken.
        again: the file is there and is written on, once `go_on` has said where.

    Raises:
        UsageError: the file exists or cannot be made.
        Locked: another program writes it.
    """

    def __init__(
        self,
        path: Path,
        cut: Callable[[bytes], bytes] = lambda payload: payload,
        *,
        again: bool = False,
    ) -> None:
        self.path = path
        self._cut = cut
        self._bodies: set[str] = set()
        self._size = 0
        if path.exists() and not again:
            raise UsageError(f"{path}: exists already; name a new journal file")
        try:
            if again:
                self._file = path.open("r+b", buffering=0)
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                self._file = path.open("xb", buffering=0)
                _sync_folder(path.parent)
        except OSError as error:
            raise UsageError(
                f"{path}: the journal cannot be written ({error.strerror}); name another"
            ) from None
        try:
            _hold(self._file.fileno(), path)
        except Locked:
            self._file.close()
            raise

    def go_on(self, whole: int, bodies: Iterable[str], *, unended: bool = False) -> None:
        """Write on after what is whole; the rest, a line that was cut short, goes.

        Args:
            whole: bytes.
            bodies: the digests of those that stand there.
            unended: the last of them lacks its line's end alone.

        Raises:
            OSError: the disk is full or gone.
        """
        self._bodies.update(bodies)
        self._size = whole
        self._file.truncate(whole)
        self._file.seek(whole)
        if unended:
            self.write(b"\n")
        self.sync()

    def append(self, record: Record) -> Record:
        """Write one record; returns it as it was written (an observation with digest and without secrets).

        Raises:
            OSError: the disk is full or gone.
        """
        return self.append_all((record,))[0]

    def append_all(self, records: Iterable[Record]) -> list[Record]:
        """Write records that belong together, all or none; returns them as they were written.

        Raises:
            OSError: the disk is full or gone.
        """
        kept, lines, new = [], [], []
        for record in records:
            if isinstance(record, Observation):
                record = self.kept(record)  # noqa: PLW2901 - what is written is what is given back
                if record.digest not in self._bodies and record.digest not in new:
                    new.append(record.digest)
                    lines.append(body_line(record.digest, record.payload))
                lines.append(_line({"kind": "observation", **_plain(record, leave_out={"payload"})}))
            else:
                lines.append(_line({"kind": NAMES[type(record)], **_plain(record)}))
            kept.append(record)
        self.write(b"".join(lines))
        self._bodies.update(new)
        return kept

    def kept(self, observation: Observation) -> Observation:
        """An observation as it is kept: named by the bytes of the wire, and without secrets."""
        digest = hashlib.sha256(observation.payload).hexdigest()
        return replace(observation, payload=self._cut(observation.payload), digest=digest)

    def write(self, data: bytes) -> None:
        """Write whole lines as they are: all of them, or, where there is no room, none.

        Raises:
            OSError: the disk is full or gone.
        """
        left = memoryview(data)
        try:
            while left:
                left = left[os.write(self._file.fileno(), left) :]
        except OSError:
            with contextlib.suppress(OSError):
                self._file.truncate(self._size)
                self._file.seek(self._size)
            raise
        self._size += len(data)

    def sync(self) -> None:
        """Wait until everything is on the disk."""
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Sync and close."""
        if not self._file.closed:
            try:
                self.sync()
            finally:
                self._file.close()


def _sync_folder(folder: Path) -> None:
    """Bring a new file's name to the disk, where folders can be synced."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.EBADF, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)


def _hold(descriptor: int, path: Path) -> None:
    """Keep others from writing the same journal; the hold dies with its process.

    Raises:
        Locked: somebody writes it.
    """
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Locked(f"{path}: its run is still going on; wait for it or end it") from None
    except OSError:
        pass  # a file system that knows no locks


def is_written(path: Path) -> bool:
    """Whether somebody is writing a journal now."""
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def body_line(digest: str, payload: bytes) -> bytes:
    """The line that holds a body."""
    data = base64.b64encode(payload).decode("ascii")
    return _line({"kind": "body", "digest": digest, "data": data})


def _line(entry: Mapping[str, object]) -> bytes:
    return json.dumps(entry, ensure_ascii=True, separators=(",", ":")).encode("ascii") + b"\n"


def _plain(record: object, leave_out: frozenset[str] | set[str] = frozenset()) -> dict[str, object]:
    if isinstance(record, Observation):
        return {
            field.name: getattr(record, field.name)
            for field in fields(record)
            if field.name not in leave_out and getattr(record, field.name) not in ("", None, False)
        }
    return asdict(record)  # type: ignore[call-overload,no-any-return]

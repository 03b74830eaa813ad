"""Seals a run: its journal, line by line, becomes a bundle that nobody changes unnoticed."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from scanner.evidence.bundle import FORMAT, commitment, link, value_entry
from scanner.evidence.canonical import canonical
from scanner.evidence.entries import UNREAD, Values, split
from scanner.evidence.keys import fingerprint, raw
from scanner.evidence.manifest import Manifest
from scanner.journal import LINE_LIMIT, Resumed, RunEnded, RunStarted, record_of
from scanner.journal.records import NAMES
from scanner.model.errors import UsageError, in_short, unreadable

_SALT = 16
"""Bytes."""
_END, _GOES_ON = NAMES[RunEnded], NAMES[Resumed]
_SALTS_AT_ONCE = 1024
_LINES_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class Sealed:
    """A bundle that was made."""

    path: Path
    digest: str
    """SHA-256 of the file."""
    size: int
    """Bytes."""
    manifest: Manifest


def seal(journal: Path, place: Path, key: Ed25519PrivateKey, *, made: str, version: str) -> Sealed:
    """Make the bundle of a run; whole, or not at all.

    Args:
        journal: of the run.
        place: of the bundle; must not exist.
        key: of the organisation.
        made: the time now, UTC.
        version: of this program.

    Raises:
        UsageError: the journal cannot be read, is none, or the bundle cannot be written.
    """
    if place.exists():
        raise UsageError(f"{in_short(place)}: exists already; a bundle is never written over")
    part = place.with_name(f".{place.name}.{os.getpid()}")
    try:
        lines = journal.open("rb")
    except OSError as error:
        raise UsageError(unreadable(journal, error)) from None
    with lines:
        started = _started(journal, lines)
        try:
            with part.open("xb") as file:
                writer = _Writer(file, started.id)
                for line in iter(lambda: lines.readline(LINE_LIMIT), b""):
                    writer.take(line)
                manifest = writer.manifest(started, key, made, f"hiksweep {version}")
                writer.sign(manifest, key)
                writer.flush()
                file.flush()
                os.fsync(file.fileno())
            part.rename(place)
        except OSError as error:
            raise UsageError(
                f"{in_short(place)}: the bundle cannot be written ({error.strerror}); nothing was made"
            ) from None
        finally:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
    return Sealed(place, writer.digest.hexdigest(), writer.size, manifest)


class _Writer:
    """Writes the lines of a bundle."""

    def __init__(self, file: IO[bytes], run: str) -> None:
        self._file = file
        self._values, self._salts = Values(), _salts()
        self._link = b""
        self._entries = self._told = self._unread = 0
        self._finished = False
        self.digest, self.size = hashlib.sha256(), 0
        self._waiting: list[bytes] = []
        self._entry(canonical({"format": FORMAT, "kind": "bundle", "run": run}))

    def take(self, line: bytes) -> None:
        """Write a journal's line."""
        kind, new, entry = split(line, self._values)
        for number, text in new:
            salt = next(self._salts)
            told = value_entry(number, commitment(salt, text))
            self._link = link(self._link, told)
            self._write(b'["%s",%s,["%s",%s]]\n' % (self._link, told, salt, text))
            self._told += 1
        self._unread += kind == UNREAD
        if kind in (_END, _GOES_ON):
            self._finished = kind == _END
        self._entry(entry)

    def manifest(self, started: RunStarted, key: Ed25519PrivateKey, made: str, program: str) -> Manifest:
        """What was written, in short."""
        return Manifest(
            format=FORMAT,
            run=started.id,
            head=self._link.decode("ascii"),
            entries=self._entries,
            values=self._told,
            unread=self._unread,
            finished=self._finished,
            knowledge=started.knowledge,
            made=made,
            program=program,
            signer=fingerprint(key.public_key()),
        )

    def sign(self, manifest: Manifest, key: Ed25519PrivateKey) -> None:
        """Write the end."""
        told = asdict(manifest)
        end = {
            "key": raw(key.public_key()).hex(),
            "manifest": told,
            "signature": key.sign(canonical(told)).hex(),
        }
        self._write(canonical(end) + b"\n")

    def _entry(self, entry: bytes) -> None:
        self._link = link(self._link, entry)
        self._write(b'["%s",%s]\n' % (self._link, entry))
        self._entries += 1

    def _write(self, line: bytes) -> None:
        self._waiting.append(line)
        self.size += len(line)
        if len(self._waiting) >= _LINES_AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        data = b"".join(self._waiting)
        self._waiting.clear()
        self._file.write(data)
        self.digest.update(data)


def _salts() -> Iterator[bytes]:
    while True:
        some = os.urandom(_SALT * _SALTS_AT_ONCE).hex().encode("ascii")
        for at in range(0, len(some), 2 * _SALT):
            yield some[at : at + 2 * _SALT]


def _started(journal: Path, lines: IO[bytes]) -> RunStarted:
    """The first record; the file is at its beginning again."""
    try:
        record = record_of(lines.readline(LINE_LIMIT), {})
    except (ValueError, KeyError, TypeError, RecursionError):
        record = None
    if not isinstance(record, RunStarted):
        raise UsageError(f"{in_short(journal)}: not a journal of a scan")
    lines.seek(0)
    return record

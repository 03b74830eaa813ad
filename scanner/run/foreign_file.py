"""A file of another tool, opened for an importer: bounded, unpacked, in UTF-8, its format recognised.

A regular file is read to its end. Standard input, a device or a pipe says nowhere how long it is, and a
compressed file may hold a million times what it looks like, so of these only so much is read.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import stat
import sys
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeAlias

from scanner.importers import HEAD, IMPORTERS, Importer, Source, named, recognise
from scanner.importers.encoding import in_utf8
from scanner.importers.interface import Stopped
from scanner.model.errors import UsageError, unreadable
from scanner.parsers.text import printable
from scanner.run.recorder import utc_now

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

STANDARD_INPUT = "-"
LIMIT = 16 * 1024**3
"""Bytes that are read of what does not say how long it is, and of what a compressed file holds."""
_GZIP = b"\x1f\x8b"
_NAME_LENGTH = 200


class _Counted(io.RawIOBase):
    """Bytes on their way from a file: digested and bounded, errors kept."""

    def __init__(self, raw: IO[bytes] | io.FileIO, limit: int | None) -> None:
        super().__init__()
        self._raw = raw
        self._left = limit
        self.stopped: Callable[[], bool] = lambda: False
        self.digest = hashlib.sha256()
        self.problem = ""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        if self.stopped():
            self.problem = self.problem or "reading it was stopped"
            raise Stopped
        view = memoryview(buffer).cast("B")
        wanted = len(view) if self._left is None else min(len(view), self._left)
        got = 0
        while got < wanted and not self.problem:
            try:
                data = self._raw.read(wanted - got)
            except OSError as error:
                self.problem = f"it cannot be read any more ({error.strerror or error})"
                break
            if not data:
                break
            view[got : got + len(data)] = data
            got += len(data)
        if self._left is not None:
            self._left -= got
            if self._left == 0 and self._raw.read(1):
                self.problem = "it is larger than what is read of such a file"
        self.digest.update(view[:got])
        return got


class _Unpacked(io.RawIOBase):
    """What a gzip file holds, bounded; where it is damaged it ends."""

    def __init__(self, packed: IO[bytes], limit: int) -> None:
        super().__init__()
        self._file = gzip.GzipFile(fileobj=packed, mode="rb")
        self._left = limit
        self.problem = ""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        got = 0
        while got < len(view) and not self.problem:
            if self._left <= 0:
                self.problem = "it holds more than what is read of a compressed file"
                break
            try:
                data = self._file.read1(min(len(view) - got, self._left))
            except (OSError, EOFError, zlib.error) as error:
                self.problem = f"the compressed file is damaged or cut short ({error})"
                break
            if not data:
                break
            view[got : got + len(data)] = data
            got += len(data)
            self._left -= len(data)
        return got


class ForeignFile:
    """One file, open for one reading. Use as a context.

    Attributes:
        stream: what an importer reads; text in UTF-8, whatever it was written in.
        source: its name and date.

    Raises:
        UsageError: it cannot be opened.
    """

    def __init__(self, name: str) -> None:
        self.source = Source(shown_name(name), utc_now())
        limit: int | None = LIMIT
        if name == STANDARD_INPUT:
            self._file: IO[bytes] | io.FileIO = sys.stdin.buffer
        else:
            try:
                about = Path(name).stat()
                self._file = io.FileIO(name)
            except (OSError, ValueError) as error:
                raise UsageError(unreadable(self.source.name, error)) from None
            self.source = Source(self.source.name, _dated(about.st_mtime))
            if stat.S_ISREG(about.st_mode):
                limit = None
        self._counted = _Counted(self._file, limit)
        self._packed = io.BufferedReader(self._counted, 2 * HEAD)
        self._unpacked: _Unpacked | None = None
        self.stream: io.BufferedReader[Any] = self._packed
        if self._packed.peek(2)[:2] == _GZIP:
            self._unpacked = _Unpacked(self._packed, LIMIT)
            self.stream = io.BufferedReader(self._unpacked, 2 * HEAD)
        self.stream = in_utf8(self.stream)

    def __enter__(self) -> ForeignFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; standard input stays open."""
        if self._file is not sys.stdin.buffer:
            self._file.close()

    def until(self, stopped: Callable[[], bool]) -> None:
        """Raise `Stopped` where a stop is wanted: of blank space an importer makes no row for hours."""
        self._counted.stopped = stopped

    def head(self) -> bytes:
        """The first `HEAD` bytes, without taking them."""
        return self.stream.peek(HEAD)[:HEAD]

    @property
    def problem(self) -> str:
        """Why it was not read to its end; empty if nothing was in the way."""
        return self._counted.problem or (self._unpacked.problem if self._unpacked else "")

    def digest(self) -> str:
        """SHA-256 of the file as it lies there, read to its end for this."""
        while self._packed.read(1024 * 1024):
            pass
        return self._counted.digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Input:
    """A file to be read, and as what."""

    name: str
    importer: Importer


Opened: TypeAlias = tuple[Input, ForeignFile | None]
"""A file to be read; open already if it can be read only once."""


def shown_name(name: str) -> str:
    """A file's name as it stands in a report."""
    return "standard input" if name == STANDARD_INPUT else printable(name, _NAME_LENGTH)


def _dated(seconds: float) -> str:
    try:
        return datetime.fromtimestamp(int(seconds), UTC).isoformat().replace("+00:00", "Z")
    except (OverflowError, ValueError, OSError):
        return utc_now()


def known_formats() -> str:
    """The words of ``--as`` for a message."""
    return ", ".join(importer.name for importer in IMPORTERS)


def chosen(word: str | None) -> Importer | None:
    """The importer that the user named.

    Raises:
        UsageError: there is none of that name.
    """
    if word is None:
        return None
    importer = named(word.strip().lower())
    if importer is None:
        raise UsageError(f"--as {printable(word, 40)}: no such format; known are {known_formats()}")
    return importer


def open_inputs(names: Sequence[str], word: str | None) -> list[Opened]:
    """Each file once, with its format; of those that can be read only once, opened.

    Raises:
        UsageError: a file cannot be opened, or its format is none that is known.
    """
    forced = chosen(word)
    found: list[Opened] = []
    for name in dict.fromkeys(names):
        file = ForeignFile(name)
        head = file.head()
        importer = forced or recognise(head)
        if importer is None:
            file.close()
            raise UsageError(f"{file.source.name}: {_why_not(head)}")
        again = _can_be_opened_again(name)
        if again:
            file.close()
        found.append((Input(name, importer), None if again else file))
    return found


_OTHERS = (
    (b"# Nmap ", "it is nmap's text for people; its XML is read (nmap -oX)"),
    (b"masscan/1", "it is masscan's binary form; 'masscan --readscan FILE -oL LIST' makes a list of it"),
    (b"PK\x03\x04", "it is a zip archive; unpack it"),
    (b"BZh", "it is packed by bzip2; unpack it"),
    (b"\xfd7zXZ\x00", "it is packed by xz; unpack it"),
    (b"\x28\xb5\x2f\xfd", "it is packed by zstd; unpack it"),
    (b"snoop\x00", "it is a capture of another kind; 'editcap -F pcapng FILE NEW' makes one that is read"),
    (
        b"\x34\xcd\xb2\xa1",
        "it is a capture of another kind; 'editcap -F pcapng FILE NEW' makes one that is read",
    ),
)
"""Beginnings of files that people have at hand and that are not read, with the way out."""


def _why_not(head: bytes) -> str:
    """What is wrong with a file of which no format is known."""
    if not head:
        return "it is empty"
    for begin, way_out in _OTHERS:
        if head.startswith(begin):
            return way_out
    return f"its content is of no known format; known are {known_formats()} (--as)"


def _can_be_opened_again(name: str) -> bool:
    return name != STANDARD_INPUT and Path(name).is_file()

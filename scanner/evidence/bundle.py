"""The format of a bundle: lines of canonical JSON, each with its link of a chain, and a signed end.

    ["LINK",ENTRY]                                 an entry
    ["LINK",{"commitment":…,"kind":"value","number":…},["SALT",VALUE]]
                                                   a value; null in place of the pair where it was taken out
    {"key":…,"manifest":{…},"signature":…}         the last line

LINK is SHA-256 over the link of the line before (64 hexadecimal digits; none before the first) and the bytes
of ENTRY. A commitment is SHA-256 over SALT (32 hexadecimal digits) and the bytes of VALUE. The manifest holds
the last link, and the signature is Ed25519 (RFC 8032) over the bytes of the manifest. There is no other byte
in the file, and no second way to write one, so each belongs to a link, a commitment or the signature.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

FORMAT = 1
LONGEST_LINE = 16 << 20
"""Bytes; a body is at most 4 MiB as base64, and nothing else is as long."""
_END = b'{"key":"'
_LINE = re.compile(rb'\["([0-9a-f]{64})",(\{.*\})\]\n', re.DOTALL)
_VALUE = re.compile(
    rb'\["([0-9a-f]{64})",(\{"commitment":"([0-9a-f]{64})","kind":"value","number":(0|[1-9][0-9]{0,15})\}),'
    rb'(?:null|\["([0-9a-f]{32})",(.+)\])\]\n',
    re.DOTALL,
)


class Broken(Exception):
    """A bundle is not what was sealed.

    Attributes:
        line: the first that is wrong, from 1.
    """

    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"line {line}: {why}")
        self.line = line


class Lines(Protocol):
    """A file, as far as it is read here."""

    def readline(self, size: int, /) -> bytes:
        """One line, at most so long."""

    def read(self, size: int, /) -> bytes:
        """So many bytes."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One line of a bundle."""

    number: int
    """From 1."""
    link: bytes
    entry: bytes
    """Canonical; of a value, its commitment and number."""
    value: int | None = None
    """The number of a value; None: an entry."""
    salt: bytes = b""
    text: bytes | None = None
    """The value, canonical; None: it was taken out, or it is an entry."""

    @property
    def line(self) -> bytes:
        """As it stands in the file."""
        if self.value is None:
            return b'["%s",%s]\n' % (self.link, self.entry)
        opening = b"null" if self.text is None else b'["%s",%s]' % (self.salt, self.text)
        return b'["%s",%s,%s]\n' % (self.link, self.entry, opening)


def link(before: bytes, entry: bytes) -> bytes:
    """The link of an entry behind the link of another."""
    return hashlib.sha256(before + entry).hexdigest().encode("ascii")


def commitment(salt: bytes, text: bytes) -> bytes:
    """What stands for a value whether it is shown or not; without the salt it could be guessed."""
    return hashlib.sha256(salt + text).hexdigest().encode("ascii")


def value_entry(number: int, commits: bytes) -> bytes:
    """The entry of a value."""
    return b'{"commitment":"%s","kind":"value","number":%d}' % (commits, number)


def pieces(file: Lines) -> Iterator[Piece | bytes]:
    """The lines of a bundle, each checked against the one before; the last one, signed, as its bytes.

    Raises:
        Broken: the first line that is not as it was written.
    """
    before, values, number = b"", 0, 0
    line = file.readline(LONGEST_LINE)
    while line.startswith(b"["):
        number += 1
        piece = _piece(number, line)
        if link(before, piece.entry) != piece.link:
            raise Broken(number, "its link does not fit what it says and the line before")
        if piece.value is not None:
            if piece.value != values:
                raise Broken(number, "a value is missing before it, or stands twice")
            values += 1
        before = piece.link
        yield piece
        line = file.readline(LONGEST_LINE)
    if not line:
        raise Broken(number + 1, "the bundle is cut short: its signed end is missing")
    if not line.startswith(_END):
        raise Broken(number + 1, "it is not written as a line of a bundle is")
    if file.read(1):
        whole = line.endswith(b'"}\n')
        raise Broken(number + 1 + whole, "something stands behind the end")
    yield line


def _piece(number: int, line: bytes) -> Piece:
    found = _VALUE.fullmatch(line)
    if found is not None:
        shown, salt = found[6], found[5] or b""
        if shown is not None and commitment(salt, shown) != found[3]:
            raise Broken(number, "its value is not the one that was sealed")
        return Piece(number, found[1], found[2], int(found[4]), salt, shown)
    found = _LINE.fullmatch(line)
    if found is None or b'"kind":"value"' in found[2][:100]:
        raise Broken(number, "it is not written as a line of a bundle is")
    return Piece(number, found[1], found[2])

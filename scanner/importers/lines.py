"""Lines of a file whose author is not known: bounded in length, numbered, decoded without failing."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import IO

LINE_LIMIT = 4 * 1024 * 1024
"""Bytes of one line; of a longer one the beginning is given."""
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def encoding_of(head: bytes) -> str:
    """The encoding that a byte order mark names; UTF-8 without one."""
    return next((name for mark, name in _MARKS if head.startswith(mark)), "utf-8")


def numbered_lines(stream: IO[bytes], limit: int = LINE_LIMIT) -> Iterator[tuple[int, str, bool]]:
    """Number, text without its end, and whether it was cut, of each line.

    A file with a UTF-16 mark (as Windows tools write) is read as such; what is no text is replaced.
    """
    first = stream.readline(limit + 1)
    encoding = encoding_of(first)
    if encoding != "utf-8":
        yield from _wide_lines(stream, first, encoding, limit)
        return
    number, line = 1, first.removeprefix(codecs.BOM_UTF8)
    while line or number == 1:
        if not line and not first:
            return
        cut = len(line) > limit and not line.endswith(b"\n")
        if cut:
            _skip_line(stream, limit)
        yield number, line[:limit].decode("utf-8", "replace").rstrip("\r\n"), cut
        number, line = number + 1, stream.readline(limit + 1)


def _skip_line(stream: IO[bytes], limit: int) -> None:
    while rest := stream.readline(limit):
        if rest.endswith(b"\n"):
            return


def _wide_lines(
    stream: IO[bytes], first: bytes, encoding: str, limit: int
) -> Iterator[tuple[int, str, bool]]:
    """The same for UTF-16, where the byte of a line feed says nothing alone."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    pending, number, cut = decoder.decode(first[2:]), 0, False
    while True:
        *whole, pending = pending.split("\n")
        for line in whole:
            number += 1
            yield number, line[:limit].rstrip("\r"), cut or len(line) > limit
            cut = False
        if len(pending) > limit:
            pending, cut = pending[:limit], True
        block = stream.read(65_536)
        if not block:
            break
        pending += decoder.decode(block)
    pending += decoder.decode(b"", final=True)
    if pending:
        yield number + 1, pending[:limit].rstrip("\r"), cut

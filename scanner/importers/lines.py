"""Lines of a file whose author is not known: bounded in length, numbered, decoded without failing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

LINE_LIMIT = 4 * 1024 * 1024
"""Bytes of one line; of a longer one the beginning is given."""


def numbered_lines(stream: IO[bytes], limit: int = LINE_LIMIT) -> Iterator[tuple[int, str, bool]]:
    """Number, text without its end, and whether it was cut, of each line.

    What is no text is replaced.
    """
    number, line = 1, stream.readline(limit + 1)
    while line:
        cut = len(line) > limit and not line.endswith(b"\n")
        if cut:
            _skip_line(stream, limit)
        yield number, line[:limit].decode("utf-8", "replace").rstrip("\r\n"), cut
        number, line = number + 1, stream.readline(limit + 1)


def _skip_line(stream: IO[bytes], limit: int) -> None:
    while rest := stream.readline(limit):
        if rest.endswith(b"\n"):
            return

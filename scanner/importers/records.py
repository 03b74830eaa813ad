"""The objects of a JSON file whose author is not known: one a line, in a list, or spread over many lines.

Tools break their own JSON: a run that was stopped leaves no closing bracket, a comma stands behind the last
object, a note is no JSON at all. So objects are cut out by their braces, in bounded memory; one that is
damaged ends at the next line that begins like an object, and costs nothing but itself.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

RECORD_LIMIT = 8 * 1024 * 1024
"""Bytes of one object; a longer one is left out."""
_BLOCK = 256 * 1024
_JUNK_KEPT = 200
_OUTSIDE = re.compile(rb'"[^"\\\n]*+(?:\\[^\n][^"\\\n]*+)*"|["{}\n]')
"""Outside of a text: a whole text, or one that goes on, a brace, the end of a line."""
_INSIDE = re.compile(rb'["\\\n]')
_QUOTE, _BACKSLASH, _LINE_FEED, _OPEN = b'"\\\n{'
_BETWEEN = b" \t\r\n,[]\x00"


@dataclass(frozen=True, slots=True)
class Record:
    """One object, or a piece that is none."""

    place: str
    value: dict[str, Any] | None
    """None when it could not be read."""
    why: str = ""


def records(stream: IO[bytes], limit: int = RECORD_LIMIT) -> Iterator[Record]:
    """Every object on the highest level or in a list there, in order."""
    for line, number, raw, whole in _pieces(stream, limit):
        place = f"line {line}" if number == 1 else f"line {line}, item {number}"
        if not whole:
            yield Record(place, None, _why_not(raw, limit))
            continue
        yield _parsed(place, raw)


def first_record(head: bytes) -> dict[str, Any] | None:
    """The first object of a file that can be read, if it is whole in its beginning."""
    for count, record in enumerate(records(io.BytesIO(head))):
        if record.value is not None:
            return record.value
        if count >= 8:
            break
    return None


def _parsed(place: str, raw: bytes) -> Record:
    try:
        value = json.loads(raw.decode("utf-8", "replace"), parse_constant=lambda _: None, strict=False)
    except json.JSONDecodeError as error:
        return Record(place, None, f"not JSON: {error.msg}")
    except (ValueError, RecursionError):
        return Record(place, None, "not JSON that can be read: nested too deep, or a number too long")
    return Record(place, value) if isinstance(value, dict) else Record(place, None, "not an object")


def _why_not(raw: bytes, limit: int) -> str:
    if len(raw) >= limit:
        return f"an object longer than {limit} bytes"
    return "an object without its end" if raw.lstrip().startswith(b"{") else "no JSON object"


class _Cutter:
    """Follows the braces. ``done`` collects (line, number on that line, bytes, whole)."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._kept = bytearray()
        self._depth = 0
        self._in_text = False
        self._escaped = False
        self._line_ended = False
        self._line = 1
        self._begun = 1
        self._number = 0
        self._numbered = 0
        self.done: list[tuple[int, int, bytes, bool]] = []

    def feed(self, block: bytes) -> None:
        """Take the next bytes."""
        position = scan = 0  # of the first byte that is not kept, and not looked at
        if self._line_ended and self._depth and block[:1] == b"{":
            self._lose()
        if self._escaped and block[:1] != b"\n":
            scan = 1
        self._escaped = self._line_ended = False
        while token := (_INSIDE if self._in_text else _OUTSIDE).search(block, scan):
            begin, scan = token.span()
            sign = block[begin]
            if sign == _QUOTE:
                if scan - begin == 1 and self._depth:
                    self._in_text = not self._in_text
            elif sign == _BACKSLASH:
                self._escaped = scan >= len(block)
                scan += block[scan : scan + 1] != b"\n"
            elif sign == _LINE_FEED:
                position = self._end_line(block, position, begin)
            elif sign == _OPEN:
                if not self._depth:
                    self._drop(block[position:begin])
                    position, self._begun = begin, self._line
                self._depth += 1
            elif self._depth == 1:
                self._keep(block[position:scan])
                position, self._depth = scan, 0
                self._emit(whole=len(self._kept) < self._limit)
            elif self._depth:
                self._depth -= 1
        self._keep(block[position:])

    def _end_line(self, block: bytes, position: int, begin: int) -> int:
        """A line feed in a text, or in front of an object while one is open: the open one is lost."""
        if not self._depth:
            self._drop(block[position:begin])
            position = begin + 1
        elif self._in_text or block[begin + 1 : begin + 2] == b"{":
            self._keep(block[position:begin])
            self._lose()
            position = begin + 1
        self._line_ended = begin + 1 == len(block)
        self._line += 1
        return position

    def _lose(self) -> None:
        self._emit(whole=False)
        self._depth, self._in_text = 0, False

    def _keep(self, piece: bytes) -> None:
        room = (self._limit if self._depth else _JUNK_KEPT) - len(self._kept)
        if room > 0:
            self._kept += piece[:room]

    def _drop(self, rest: bytes) -> None:
        """What stands outside of objects: brackets and commas belong there, anything else is a row."""
        self._keep(rest)
        if self._kept.strip(_BETWEEN):
            self._begun = self._line
            self._emit(whole=False)
        self._kept.clear()

    def _emit(self, *, whole: bool) -> None:
        self._number = self._number + 1 if self._begun == self._numbered else 1
        self._numbered = self._begun
        self.done.append((self._begun, self._number, bytes(self._kept), whole))
        self._kept.clear()

    def finish(self) -> None:
        """The end of the file."""
        if self._depth:
            self._lose()
        else:
            self._drop(b"")


def _pieces(stream: IO[bytes], limit: int) -> Iterator[tuple[int, int, bytes, bool]]:
    cutter = _Cutter(limit)
    while block := stream.read(_BLOCK):
        cutter.feed(block)
        yield from cutter.done
        cutter.done.clear()
    cutter.finish()
    yield from cutter.done

"""Which line of a TOML text holds which key: the standard reader gives values and no lines.

The text has been read by `tomllib` before, so that this reader need not judge it; it only walks along.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping
from typing import TypeAlias

Path: TypeAlias = tuple[str | int, ...]

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_BLANK = re.compile(r"(?:[ \t\r]|\n|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_STRINGS = (
    re.compile(r'"""(?:[^\\]|\\.)*?"""(?:"{0,2})', re.DOTALL),
    re.compile(r"'''.*?'''(?:'{0,2})", re.DOTALL),
    re.compile(r'"(?:[^"\\\n]|\\.)*"'),
    re.compile(r"'[^'\n]*'"),
)
_PLAIN = re.compile(r"[^,\]}#\n]+")


def positions(text: str) -> Mapping[Path, int]:
    """The line, counted from 1, of every key, table and member of an array; the text must be valid TOML."""
    return _Walk(text).lines()


class _Walk:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._breaks = [match.start() for match in re.finditer("\n", text)]
        self._found: dict[Path, int] = {}
        self._arrays: dict[Path, int] = {}

    def lines(self) -> Mapping[Path, int]:
        table: Path = ()
        while self._skip(_BLANK) or self._at < len(self._text):
            if self._text.startswith("[[", self._at):
                self._at += 2
                table = self._array_table(self._key(table=True))
                self._at += 2
            elif self._text.startswith("[", self._at):
                self._at += 1
                table = self._seat(self._key(table=True))
                self._note(table)
                self._at += 1
            elif self._at < len(self._text):
                self._pair(table)
        return self._found

    def _array_table(self, name: Path) -> Path:
        seat = self._seat(name)
        place = self._arrays.get(seat, 0)
        self._arrays[seat] = place + 1
        self._note(seat)
        self._note((*seat, place))
        return (*seat, place)

    def _seat(self, name: Path) -> Path:
        """A table's path, with the place in the array that each name on the way stands for now."""
        seat: Path = ()
        for position, part in enumerate(name):
            seat = (*seat, part)
            if position < len(name) - 1 and seat in self._arrays:
                seat = (*seat, self._arrays[seat] - 1)
        return seat

    def _note(self, path: Path) -> None:
        line = bisect_left(self._breaks, self._at) + 1
        for length in range(1, len(path) + 1):
            self._found.setdefault(path[:length], line)

    def _skip(self, pattern: re.Pattern[str]) -> bool:
        match = pattern.match(self._text, self._at)
        if match is None or match.end() == self._at:
            return False
        self._at = match.end()
        return True

    def _key(self, *, table: bool = False) -> Path:
        parts: list[str] = []
        while True:
            self._skip(_SPACE)
            match = _BARE.match(self._text, self._at)
            if match is not None:
                parts.append(match[0])
                self._at = match.end()
            else:
                before = self._at
                self._string()
                parts.append(self._text[before + 1 : self._at - 1])
            self._skip(_SPACE)
            if not self._text.startswith(".", self._at):
                break
            self._at += 1
        self._at += 0 if table else 1  # the equals sign
        return tuple(parts)

    def _pair(self, table: Path) -> None:
        begin = self._at
        path = (*table, *self._key())
        end, self._at = self._at, begin
        self._note(path)
        self._at = end
        self._skip(_SPACE)
        self._value(path)

    def _value(self, path: Path) -> None:
        if self._text.startswith("[", self._at):
            self._members(path, "]")
        elif self._text.startswith("{", self._at):
            self._members(path, "}")
        elif not self._string():
            self._skip(_PLAIN)

    def _members(self, path: Path, end: str) -> None:
        self._at += 1
        place = 0
        while self._at < len(self._text):
            self._skip(_BLANK)
            if self._text.startswith(end, self._at):
                self._at += 1
                return
            if end == "]":
                self._note((*path, place))
                self._value((*path, place))
            else:
                self._pair(path)
            self._skip(_BLANK)
            if self._text.startswith(",", self._at):
                self._at += 1
            place += 1

    def _string(self) -> bool:
        return any(self._skip(pattern) for pattern in _STRINGS)

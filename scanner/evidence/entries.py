"""A journal's lines as entries of a bundle: what may name a device stands apart, so that it can be taken out.

An entry keeps numbers, times and the words of our own vocabulary. Everything else becomes a value of its own,
to which entries point by number; equal values are one. A value taken out leaves its commitment behind, and no
entry changes. Nothing is known to be harmless unless it is listed here.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from scanner.evidence.canonical import canonical, unwrapped, wrapped
from scanner.journal.records import FIELDS, KINDS
from scanner.model.observation import Observation

WORDS = frozenset(
    {"at", "dated", "ending", "engine", "finished", "id", "kind", "knowledge", "method", "protocol", "run"}
    | {"started", "state", "version"}
)
"""Fields whose texts are of our own vocabulary, times, or digests over no device's data."""
BODY, UNREAD = "body", "unread"
"""A payload; and a line that no version of ours has written, or a crash has cut: it is kept as it is."""
_POINTER = "value"
_ENCODE = json.JSONEncoder(ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode
"""As the journal writes its lines."""
_ORDER = {
    **{kind: ("kind", *FIELDS[record]) for kind, record in (*KINDS.items(), ("observation", Observation))},
    BODY: ("kind", "digest", "data"),
}
"""The fields of a journal's line, in the order in which it has them."""


class Values:
    """The values of a bundle by what they are: each gets a number, and is told once."""

    def __init__(self) -> None:
        self._numbers: dict[bytes, int] = {}
        self._next = 0

    def number(self, text: bytes, *, once: bool = False) -> tuple[int, bool]:
        """The number of a value, and whether it is new.

        Args:
            text: canonical.
            once: it does not come again, so it need not be remembered.
        """
        known = None if once else self._numbers.get(text)
        if known is not None:
            return known, False
        number, self._next = self._next, self._next + 1
        if not once:
            self._numbers[text] = number
        return number, True


def split(line: bytes, values: Values) -> tuple[str, list[tuple[int, bytes]], bytes]:
    """A journal's line as an entry, and the values that are told before it.

    Args:
        line: one line.
        values: those of the bundle so far.

    Returns:
        Its kind, new values as number and canonical text, and the entry in canonical form.
    """
    record = _record(line)
    new = []
    for name, value in record.items():
        if _is_plain(name, value):
            continue
        text = canonical(wrapped(value))
        number, is_new = values.number(text, once=name == "data")
        if is_new:
            new.append((number, text))
        record[name] = {_POINTER: number}
    return record["kind"], new, canonical(record)


def joined(entry: Mapping[str, Any], values: Mapping[int, Any]) -> bytes:
    """The journal's line that an entry was made of, byte for byte.

    Args:
        entry: as read.
        values: by number.

    Raises:
        KeyError: a value was taken out, or the entry is of no kind that we know.
    """
    kind = entry["kind"]
    if kind == UNREAD:
        return base64.b64decode(values[entry["data"][_POINTER]])
    record = {
        name: values[entry[name][_POINTER]] if _points(entry[name]) else entry[name]
        for name in _ORDER[kind]
        if name in entry
    }
    return _line(record)


def value_of(text: bytes) -> Any:
    """A value as it stood in the journal.

    Raises:
        ValueError: it is no value.
    """
    return unwrapped(json.loads(text))


def pointers(entry: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """The fields of an entry that point to values."""
    for name, value in entry.items():
        if _points(value):
            yield name, value[_POINTER]


def _points(value: Any) -> bool:
    """An object with nothing in it is what it is; any other is a pointer."""
    return isinstance(value, dict) and bool(value)


def _record(line: bytes) -> dict[str, Any]:
    """The record of a line, where it is made of that again byte for byte; else one that holds the line."""
    try:
        record = json.loads(line)
        if isinstance(record, dict) and _in_order(record) and _line(record) == line:
            return record
    except (ValueError, TypeError, RecursionError):
        pass
    return {"kind": UNREAD, "data": base64.b64encode(line).decode("ascii")}


def _in_order(record: Mapping[str, Any]) -> bool:
    """Whether its fields are those of its kind, in their order."""
    return _are_in_order(record.get("kind", ""), tuple(record))


@lru_cache(maxsize=1024)
def _are_in_order(kind: object, names: tuple[str, ...]) -> bool:
    return isinstance(kind, str) and tuple(name for name in _ORDER.get(kind, ()) if name in names) == names


def _line(record: Mapping[str, Any]) -> bytes:
    return _ENCODE(record).encode("ascii") + b"\n"


def _is_plain(name: str, value: Any) -> bool:
    """Whether a field names no device: by what it is called, never by how it looks."""
    if isinstance(value, str):
        return name in WORDS and value.isascii()
    if isinstance(value, list):
        return all(isinstance(one, int) and 0 <= one <= 65_535 for one in value)
    if isinstance(value, int):
        return abs(value) < 2**53
    return value is None or value == {}

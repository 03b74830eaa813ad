"""Zeek logs as Zeek writes them by default: tab-separated, fields named by lines that begin with ``#``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

from scanner.importers.interface import Importer, Row, Source
from scanner.importers.lines import numbered_lines
from scanner.importers.making import CUT, HEADING, TELLS_TRAFFIC, broken, unused
from scanner.importers.zeek import Joined, row_of

_HEAD = re.compile(rb"^#fields[\t ]ts\b", re.MULTILINE)
_ESCAPE = re.compile(r"\\x([0-9a-fA-F]{2})")
_LINE_LIMIT = 1 << 20


@dataclass
class _Head:
    """What the lines on top say."""

    separator: str = "\t"
    path: str = ""
    unset: str = "-"
    empty: str = "(empty)"
    columns: list[str] = field(default_factory=list)


def recognises(head: bytes) -> bool:
    """The line that names the fields, the time first."""
    return head.startswith(b"#") and _HEAD.search(head) is not None


def read(stream: IO[bytes], _source: Source) -> Iterator[Row]:
    """A row for each line that is not blank; several logs may stand in one file."""
    head, joined = _Head(), Joined()
    for number, line, cut in numbered_lines(stream, _LINE_LIMIT):
        place = f"line {number}"
        if line.startswith("#"):
            _note(head, line)
            yield unused(place, HEADING)
        elif cut:
            yield broken(place, CUT)
        elif line.strip():
            values = line.split(head.separator)
            if not head.columns or len(values) != len(head.columns):
                yield broken(place, "not as many values as there are fields")
                continue
            given = zip(head.columns, values, strict=True)
            entry = {name: _text(value) for name, value in given if value not in (head.unset, head.empty)}
            yield row_of(place, head.path, entry, joined)


def _note(head: _Head, line: str) -> None:
    if line.startswith("#separator "):
        separator = _text(line.removeprefix("#separator ").strip())
        head.separator = separator if len(separator) == 1 else "\t"
        return
    word, *values = line.split(head.separator)
    if word == "#fields":
        head.columns = values[:256]
    elif values and word == "#path":
        head.path = values[0].strip()
    elif values and word == "#unset_field":
        head.unset = values[0]
    elif values and word == "#empty_field":
        head.empty = values[0]


def _text(value: str) -> str:
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), value) if "\\x" in value else value


IMPORTER = Importer(
    name="zeek",
    title="Zeek logs, tab-separated (conn, http, ssl, x509, dhcp, known_*, software)",
    cannot_tell=TELLS_TRAFFIC,
    recognises=recognises,
    read=read,
)

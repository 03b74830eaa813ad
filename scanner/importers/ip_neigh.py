"""``ip neigh`` of Linux (iproute2): its lines, with or without ``-s``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from scanner.importers.interface import Importer, Row, Source
from scanner.importers.making import TELLS_NEIGHBOURS
from scanner.importers.table_text import patterns, table_rows

_STATE = r"(?:PERMANENT|NOARP|REACHABLE|STALE|DELAY|PROBE|NONE)"
LINES = patterns(
    rf"{{address}} dev (?P<interface>\S{{1,32}}) lladdr {{mac}} .*\b{_STATE}\b.*",
    r"{address} dev (?P<interface>\S{1,32}) .*\b(?:INCOMPLETE|FAILED)\b.*",
)


def recognises(head: bytes) -> bool:
    """The first line is a neighbour."""
    first_line = head[:512].decode("utf-8", "replace").lstrip("\ufeff").partition("\n")[0].rstrip("\r ")
    return any(pattern.fullmatch(first_line + " ") or pattern.fullmatch(first_line) for pattern in LINES)


def read(stream: IO[bytes], _source: Source) -> Iterator[Row]:
    """A row for each line that is not blank."""
    return table_rows(stream, LINES)


IMPORTER = Importer(
    name="ip-neigh",
    title="neighbour table of Linux (ip neigh, also with -s)",
    cannot_tell=TELLS_NEIGHBOURS,
    recognises=recognises,
    read=read,
)

"""``ip neigh`` of Linux (iproute2): its lines, with or without ``-s``."""

from __future__ import annotations

from scanner.importers.making import TELLS_NEIGHBOURS
from scanner.importers.table_text import patterns, table

_STATE = r"(?:PERMANENT|NOARP|REACHABLE|STALE|DELAY|PROBE|NONE)"
_LINES = patterns(
    rf"{{address}} dev (?P<interface>\S{{1,32}}) lladdr {{mac}} .*\b{_STATE}\b.*",
    r"{address} dev (?P<interface>\S{1,32}) .*\b(?:INCOMPLETE|FAILED)\b.*",
)


def _recognises(head: bytes) -> bool:
    """The first line is a neighbour."""
    first_line = head[:512].decode("utf-8", "replace").partition("\n")[0].rstrip("\r ")
    return any(pattern.fullmatch(first_line + " ") or pattern.fullmatch(first_line) for pattern in _LINES)


IMPORTER = table(
    "ip-neigh",
    "neighbour table of Linux (ip neigh, also with -s)",
    _LINES,
    cannot_tell=TELLS_NEIGHBOURS,
    recognises=_recognises,
)

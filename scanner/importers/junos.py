"""What Junos prints of who is where: ``show arp`` (no-resolve or not), ``show ethernet-switching table``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

from scanner.importers.interface import Importer, Row, Source
from scanner.importers.making import TELLS_PLACES
from scanner.importers.table_text import patterns, shows, table_rows

_COLONS = r"(?P<mac>(?:[0-9a-f]{2}:){5}[0-9a-f]{2})"
_PORT = r"(?P<port>[A-Za-z][\w/.:-]{0,40})"
_INTERFACE = r"(?P<interface>[A-Za-z][\w/.:-]{0,40})"
LINES = patterns(
    rf"{_COLONS} +{{address}} +(?:\S+ +)??{_INTERFACE}(?: +\[\S+\])?(?: +[a-z,]+)?",
    rf" *(?P<vlan>[\w.-]{{1,40}}) +{_COLONS} +[A-Z,]+ +(?:-|\d+|[\d:]+) +{_PORT}(?: +\d+ +\d+)?",
    rf" *(?P<vlan>[\w.-]{{1,40}}) +{_COLONS} +(?:learn|static|flood|persistent)\S* +[\d:-]+ +{_PORT}",
)
_HEADING = re.compile(
    r"^MAC Address +Address +(?:Name +)?Interface|^ *Ethernet[ -]switching table *:"
    r"|^ *VLAN +MAC address +Type +Age",
    re.IGNORECASE,
)


def recognises(head: bytes) -> bool:
    """The heading of one of the tables, and an entry."""
    return shows(head, _HEADING, LINES)


def read(stream: IO[bytes], _source: Source) -> Iterator[Row]:
    """A row for each line that is not blank."""
    return table_rows(stream, LINES)


IMPORTER = Importer(
    name="junos",
    title="Junos tables (show arp, show ethernet-switching table)",
    cannot_tell=TELLS_PLACES,
    recognises=recognises,
    read=read,
)

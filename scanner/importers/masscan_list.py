"""The list of masscan (``-oL``): ``open tcp 80 192.0.2.1 1795574879`` and ``banner tcp 80 … kind text``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

from scanner.importers.interface import Importer, Row, Source
from scanner.importers.making import TELLS_PORTS
from scanner.importers.masscan import banner_row, line_rows, port_row, unescaped

_LINE = re.compile(r"(open|closed) (tcp|udp|sctp|icmp|arp|oth) (\d{1,5}) ([0-9a-fA-F.:]{2,45}) (\d{1,12})\s*")
_BANNER = re.compile(
    r"banner (tcp|udp|sctp|icmp|arp|oth) (\d{1,5}) ([0-9a-fA-F.:]{2,45}) (\d{1,12}) (\S{1,64}) ?(.*)"
)


def recognises(head: bytes) -> bool:
    """The mark that masscan writes on top, or a first line of its form."""
    lines = head[:4096].decode("utf-8", "replace").split("\n")[:3]
    return lines[0].strip() == "#masscan" or any(
        _LINE.fullmatch(line) or _BANNER.fullmatch(line) for line in lines
    )


def _row(place: str, line: str) -> Row | None:
    if found := _LINE.fullmatch(line):
        return port_row(place, found[4], found[3], found[2], found[1], found[5])
    if found := _BANNER.fullmatch(line):
        return banner_row(place, found[3], found[2], found[5], unescaped(found[6]), found[4])
    return None


def read(stream: IO[bytes], _source: Source) -> Iterator[Row]:
    """A row for each line that is not blank."""
    return line_rows(stream, _row, "no line of a list")


IMPORTER = Importer(
    name="masscan-list",
    title="masscan list (-oL)",
    cannot_tell=TELLS_PORTS,
    recognises=recognises,
    read=read,
)

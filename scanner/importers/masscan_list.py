"""The list of masscan (``-oL``): ``open tcp 80 192.0.2.1 1795574879`` and ``banner tcp 80 … kind text``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

from scanner.importers.interface import Importer, Row, Source
from scanner.importers.lines import numbered_lines
from scanner.importers.making import HEADING, TELLS_PORTS, broken, unused
from scanner.importers.masscan import banner_row, port_row, unescaped

_LINE = re.compile(r"(open|closed) (tcp|udp|sctp|icmp|arp|oth) (\d{1,5}) ([0-9a-fA-F.:]{2,45}) (\d{1,12})\s*")
_BANNER = re.compile(
    r"banner (tcp|udp|sctp|icmp|arp|oth) (\d{1,5}) ([0-9a-fA-F.:]{2,45}) (\d{1,12}) (\S{1,64}) ?(.*)"
)


def recognises(head: bytes) -> bool:
    """The mark that masscan writes on top, or a first line of its form."""
    lines = head[:4096].decode("utf-8", "replace").lstrip("\ufeff").split("\n")[:3]
    return lines[0].strip() == "#masscan" or any(
        _LINE.fullmatch(line) or _BANNER.fullmatch(line) for line in lines
    )


def read(stream: IO[bytes], _source: Source) -> Iterator[Row]:
    """A row for each line that is not blank."""
    for number, line, _ in numbered_lines(stream, 131_072):
        place = f"line {number}"
        if found := _LINE.fullmatch(line):
            yield port_row(place, found[4], found[3], found[2], found[1], found[5])
        elif found := _BANNER.fullmatch(line):
            yield banner_row(place, found[3], found[2], found[5], unescaped(found[6]), found[4])
        elif line.startswith("#"):
            yield unused(place, HEADING)
        elif line.strip():
            yield broken(place, "no line of a list")


IMPORTER = Importer(
    name="masscan-list",
    title="masscan list (-oL)",
    cannot_tell=TELLS_PORTS,
    recognises=recognises,
    read=read,
)

"""Windows DHCP as ``netsh`` prints it: ``scope … show clients 1``, and reservations of ``dhcp server dump``.

The words are those of the server's language; addresses, signs and order are the same in each. Lease ends are
in the server's local form and time, so rows have no time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

from scanner.importers.interface import Importer, Row, Source
from scanner.importers.lines import numbered_lines
from scanner.importers.making import CUT, HEADING, address_of, broken, lease, unused
from scanner.parsers.mac import canonical_mac

_LINE_LIMIT = 8192
_CLIENT = re.compile(
    r"\s{0,8}(\d{1,3}(?:\.\d{1,3}){3})\s{1,16}- \d{1,3}(?:\.\d{1,3}){3}\s{0,16}- {0,4}"
    r"([0-9a-f]{2}(?:-[0-9a-f]{2}){2,63})-?\s{0,40}-?(.{0,60}?)(?:-\s?([NDBUR])\s?-?\s{0,8}(.{0,255}))?",
    re.IGNORECASE,
)
_RESERVED = re.compile(
    r"dhcp server \S{1,255} scope [\d.]{7,15} add reservedip (\d{1,3}(?:\.\d{1,3}){3}) ([0-9a-f]{12})"
    r"(?: \"([^\"]{0,255})\")?.*",
    re.IGNORECASE,
)


def recognises(head: bytes) -> bool:
    """A client between its dashes, or a line of the dump."""
    text = head[:32_768].decode("utf-8", "replace")
    rows = text.replace("\r", "").split("\n")[:400]
    return any(
        _CLIENT.fullmatch(row.rstrip()[:512]) or _RESERVED.fullmatch(row.strip()[:512]) for row in rows
    )


def read(stream: IO[bytes], _source: Source) -> Iterator[Row]:
    """A row for each line that is not blank."""
    for number, line, cut in numbered_lines(stream, _LINE_LIMIT):
        text, place = line.strip()[:1024], f"line {number}"
        if not text:
            continue
        if cut:
            yield broken(place, CUT)
        elif found := _CLIENT.fullmatch(text):
            mac = found[2] if canonical_mac(found[2]) else ""
            yield lease(place, mac, address_of(found[1]), hostname=(found[5] or "").strip())
        elif found := _RESERVED.fullmatch(text):
            # A reservation says that such a device exists, not that it holds its address now.
            yield lease(place, found[2], hostname=found[3] or "")
        else:
            yield unused(place, HEADING)


IMPORTER = Importer(
    name="netsh",
    title="Windows DHCP as netsh prints it (show clients 1, dump)",
    cannot_tell="a lease tells the hardware address and the name that a client gave, not which services it "
    "has; a reservation may be of a device that is long gone.",
    recognises=recognises,
    read=read,
)

"""The lease files of Kea, ``kea-leases4.csv`` and ``kea-leases6.csv``: a heading, then a lease a line.

The server appends a line at each change; one whose lifetime is 0 was given back. Kea writes names in lower
case, in which case says nothing, so a name that ends like a serial number is read in upper case.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import IO

from scanner.importers.current import Current, Lease, mac_of_identifier, octets
from scanner.importers.interface import Importer, Row, Source, Stopped
from scanner.importers.lines import numbered_lines
from scanner.importers.making import CUT, HEADING, TELLS_LEASES, address_of, broken, time_of, unused

_ACTIVE = "0"
_HEAD = re.compile(rb"\Aaddress,(?:hwaddr|duid),[a-z_,]*valid_lifetime,expire,subnet_id")
_NUMBERED_NAME = re.compile(r".{0,64}20[0-3]\d[01]\d[0-3]\d[a-z]{2,4}[a-z]?\d{8,9}[a-z]{0,8}(?:\..*)?")
_COMMA = "&#x2c"
"""How Kea writes a comma inside a value."""


def recognises(head: bytes) -> bool:
    """The heading that the server writes."""
    return _HEAD.match(head) is not None


def read(stream: IO[bytes], _source: Source) -> Iterator[Row]:
    """A row for each line."""
    current = Current()
    with suppress(Stopped):
        yield from _lines(stream, current)
    yield from current.rest()


def _lines(stream: IO[bytes], current: Current) -> Iterator[Row]:
    columns: list[str] = []
    for number, line, cut in numbered_lines(stream, 65_536):
        place = f"line {number}"
        if not line.strip():
            continue
        if cut:
            yield broken(place, CUT)
            continue
        try:
            values = next(csv.reader([line.replace("\x00", "")]), [])
        except csv.Error as error:
            yield broken(place, f"no CSV: {error}")
            continue
        if "address" in values and "valid_lifetime" in values:
            columns = values
            yield unused(place, HEADING)
        elif not columns or len(values) < len(columns) - 3:
            yield broken(place, "fewer values than the heading has columns")
        else:
            yield from _lease(place, dict(zip(columns, values, strict=False)), current)


def _lease(place: str, said: dict[str, str], current: Current) -> Iterator[Row]:
    address = address_of(said.get("address", ""))
    if not address:
        yield broken(place, "no address of a host")
        return
    lifetime, expires = said.get("valid_lifetime", ""), said.get("expire", "")
    client_id = said.get("client_id", "")
    mac = said.get("hwaddr", "") or mac_of_identifier(octets(said.get("duid", "") or client_id))
    name = said.get("hostname", "").replace(_COMMA, ",").rstrip(".")
    begun = ""
    if lifetime.isdigit() and expires.isdigit() and len(lifetime) <= 10 and len(expires) <= 12:
        begun = time_of(int(expires) - int(lifetime))
    yield from current.take(
        Lease(
            place,
            address,
            mac,
            said.get("state", _ACTIVE) == _ACTIVE and lifetime != "0",
            hostname=name.upper() if _NUMBERED_NAME.fullmatch(name) else name,
            client_id=client_id,
            at=begun,
        )
    )


IMPORTER = Importer(
    name="kea",
    title="lease file of Kea (kea-leases4.csv, kea-leases6.csv)",
    cannot_tell=TELLS_LEASES,
    recognises=recognises,
    read=read,
)

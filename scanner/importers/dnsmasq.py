"""The lease file of dnsmasq: ``expiry hardware-address address name client-identifier``, only current leases.

Behind a line ``duid …`` stand the IPv6 leases, which have an association's number in the second place and the
client's DUID in the last.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

from scanner.importers.current import mac_of_identifier, octets
from scanner.importers.interface import Importer, Row, Source
from scanner.importers.lines import numbered_lines
from scanner.importers.making import HEADING, TELLS_LEASES, address_of, broken, lease, unused

_MAC = r"(?:[0-9a-f]{2}-)?(?:[0-9a-f]{2}:){5}[0-9a-f]{2}"
_LINE = re.compile(
    rf"(\d{{1,12}}) ({_MAC}|T?\d{{1,10}}) ([0-9a-f.:]{{2,45}}) (\S{{1,255}}) (\S{{1,600}})\s*", re.IGNORECASE
)
_DUID = re.compile(r"duid (?:[0-9a-f]{2}:){1,130}[0-9a-f]{2}\s*", re.IGNORECASE)


def recognises(head: bytes) -> bool:
    """Whether each of the first lines is a lease or the server's DUID."""
    lines = head[:8192].decode("utf-8", "replace").split("\n")
    whole = [line for line in (lines[:-1] if len(head) >= 8192 else lines) if line.strip()][:8]
    known = [_LINE.fullmatch(line) is not None or _DUID.fullmatch(line) is not None for line in whole]
    return bool(known) and known[0] and sum(known) * 2 > len(known)


def read(stream: IO[bytes], _source: Source) -> Iterator[Row]:
    """A row for each line. The file holds the end of a lease and not its begin, so rows have no time."""
    for number, line, _ in numbered_lines(stream, 4096):
        place = f"line {number}"
        if not line.strip():
            continue
        if _DUID.fullmatch(line):
            yield unused(place, HEADING)
            continue
        found = _LINE.fullmatch(line)
        address = address_of(found[3]) if found is not None else ""
        if found is None or not address:
            yield broken(place, "no lease")
            continue
        name = "" if found[4] == "*" else found[4]
        identifier = "" if found[5] == "*" else found[5]
        mac = found[2].rpartition("-")[2] if ":" in found[2] else mac_of_identifier(octets(identifier))
        yield lease(place, mac, address, hostname=name, client_id=identifier)


IMPORTER = Importer(
    name="dnsmasq",
    title="lease file of dnsmasq",
    cannot_tell=TELLS_LEASES,
    recognises=recognises,
    read=read,
)

"""Leases of files that grow at their end: of two for one address the later one holds.

An address that another client has now says nothing of the earlier client but that it exists: it is known by
its hardware address alone then.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from scanner.importers.interface import Row
from scanner.importers.making import lease, unused
from scanner.parsers.mac import canonical_mac

ADDRESSES_LIMIT = 1 << 18
"""Addresses whose last lease is waited for; of those beyond each lease is told as it comes."""


@dataclass(frozen=True, slots=True)
class Lease:
    """One entry of such a file."""

    place: str
    address: str
    mac: str
    active: bool
    hostname: str = ""
    vendor_class: str = ""
    client_id: str = ""
    at: str = ""


_KEPT = 255
"""Characters of a name that are held."""


class Current:
    """Holds the last lease of each address."""

    def __init__(self) -> None:
        self._last: dict[str, Lease] = {}

    def take(self, entry: Lease) -> Iterator[Row]:
        """The next entry; gives the row of the one that it replaces."""
        entry = replace(
            entry,
            mac=entry.mac[:32],
            hostname=entry.hostname[:_KEPT],
            vendor_class=entry.vendor_class[:_KEPT],
            client_id=entry.client_id[:_KEPT],
        )
        before = self._last.pop(entry.address, None)
        if before is not None:
            same = before.mac and canonical_mac(before.mac) == canonical_mac(entry.mac)
            yield (
                unused(before.place, "a later entry of the same lease stands below")
                if same
                else _row(before, ended=True)
            )
        if len(self._last) < ADDRESSES_LIMIT:
            self._last[entry.address] = entry
        else:
            yield _row(entry)

    def rest(self) -> Iterator[Row]:
        """The leases that nothing replaced."""
        for entry in self._last.values():
            yield _row(entry)
        self._last.clear()


def _row(entry: Lease, *, ended: bool = False) -> Row:
    return lease(
        entry.place,
        entry.mac,
        entry.address if entry.active and not ended else "",
        hostname=entry.hostname,
        vendor_class=entry.vendor_class,
        client_id=entry.client_id,
        at=entry.at,
    )


def mac_of_identifier(identifier: bytes) -> str:
    """The hardware address in a client's identifier or DUID (RFC 8415 §11), if it was made from one."""
    if len(identifier) == 7 and identifier[:1] == b"\x01":
        return canonical_mac(identifier[1:].hex()) or ""
    if identifier[:4] == b"\x00\x01\x00\x01" and len(identifier) == 14:
        return canonical_mac(identifier[8:].hex()) or ""
    if identifier[:4] == b"\x00\x03\x00\x01" and len(identifier) == 10:
        return canonical_mac(identifier[4:].hex()) or ""
    return ""


def octets(text: str) -> bytes:
    """``01:aa:b:…`` as octets; empty when it is not written so."""
    try:
        return bytes(int(part, 16) for part in text.split(":")) if 1 <= text.count(":") < 130 else b""
    except ValueError:
        return b""

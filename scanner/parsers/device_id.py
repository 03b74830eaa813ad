"""The device identifier of recorders and indoor stations: ``H``, short serial and hardware address in a UUID.

Research note models.md §3: the first ten octets are ASCII, the last six the hardware address. Other units
of the maker keep only the address at the end.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass

from scanner.parsers.mac import canonical_mac

_SHORT = re.compile(rb"H([A-Z]{2}[0-9]{7}|[A-Z][0-9]{8}|[0-9]{9})")


@dataclass(frozen=True, slots=True)
class DeviceId:
    """What the identifier holds."""

    short: str | None
    """Short serial; None when the first octets are no text."""
    mac: str | None
    """The last six octets, if they can be a station's address; of just any UUID they prove nothing."""


def read_device_id(text: str) -> DeviceId | None:
    """Take an identifier apart; None when the text is no UUID."""
    bare = text.strip().removeprefix("urn:").removeprefix("uuid:")
    if not re.fullmatch(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", bare):
        return None
    octets = uuid.UUID(bare).bytes
    short = _SHORT.fullmatch(octets[:10])
    return DeviceId(short[1].decode("ascii") if short else None, canonical_mac(octets[10:].hex()))

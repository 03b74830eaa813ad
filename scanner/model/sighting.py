"""Where on the wired network a MAC address was seen: the word of a switch or router."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BUNDLE = re.compile(
    r"(?:po|port-?channel|ae|lag|trk|bagg|bridge-aggregation|bond|bundle-ether|eth-trunk|link-aggregation)"
    r"[ -]?\d+(?:\.\d+)?",
    re.IGNORECASE,
)
"""What switches call several sockets that they use as one (IEEE 802.1AX)."""

IN_PART = ", read in part"
"""Ends the source of a row whose table was not read to its end: the port is less sure."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One row of a forwarding, neighbour or lease table."""

    mac: str
    """Canonical, ``aa:bb:cc:dd:ee:ff``."""
    address: str = ""
    """The IP address that the table gives with it; empty for a forwarding table."""
    switch: str = ""
    """Name or address of the device whose table it is."""
    port: str = ""
    """The port as that device spells it, ``Gi1/0/7``; empty where the table has none."""
    vlan: str = ""
    uplink: bool = False
    """The port leads to another switch, so that the device is not at its end."""
    source: str = ""
    """Name of the table or file that says so."""
    at: str = ""
    """UTC time, ISO 8601."""

    @property
    def bundle(self) -> bool:
        """The port is several sockets used as one: which of them is not known, and most lead to a switch."""
        return is_bundle(self.port)


def is_bundle(port: str) -> bool:
    """Whether a switch calls several sockets that it uses as one by such a name."""
    return _BUNDLE.fullmatch(port.strip()) is not None

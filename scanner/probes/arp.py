"""ARP and the neighbour table: which addresses of the link live, and whose network cards they have.

Reads the kernel's table of neighbours (nothing is sent) and, with raw sockets, asks ``who has`` for
addresses of a directly connected prefix. The first half of a MAC address names the maker of the card;
relabelled devices keep it (signatures.md §7, arp/mac). It sees no further than the link, and a proxy or a
router in between hides the device.

Silence: nobody has the address now. For a directly connected prefix that is the one silence that counts.

Never: an ARP reply, an announcement, an address that is not in scope.
"""

from __future__ import annotations

from scanner.model.probe import Probe, ProbeKind
from scanner.model.protocol import Protocol

ASKS = 3
"""Frames for an address that does not answer, at 0, 1 and 3 seconds."""


PROBE = Probe(
    name="arp",
    title="Neighbours (ARP)",
    kind=ProbeKind.CALL,
    protocol=Protocol.MAC,
    order=5,
    transport="frames",
    ports=(),
    sends=("ARP request, to the broadcast address of the link",),
    silence="On a directly connected prefix: nobody has this address now.",
    datagrams=ASKS,
    needs=("raw-socket",),
    sources=("RFC 826", "research signatures.md §7 arp/mac"),
    notes={"without privilege": "The kernel's own table of neighbours is read; nothing is sent for it."},
)

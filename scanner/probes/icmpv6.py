"""ICMPv6: who is on the link in IPv6, where no prefix can be walked.

One echo request to ``ff02::1``, every node of the link, by frame, at 0, 1 and 3 seconds. Each answer gives
an address and the MAC address behind it; both are then known neighbours. A /64 cannot be walked address by
address, so this and the neighbour table stand in for the sweep.

Silence: nothing is on the link, or its nodes do not answer to the group, as some operating systems choose.
It proves nothing.

Never: neighbour or router advertisements, redirects, anything beyond the link (the hop limit does not pass
it).
"""

from __future__ import annotations

from scanner.model.probe import Probe, ProbeKind
from scanner.model.protocol import Protocol

ALL_NODES = "ff02::1"

PROBE = Probe(
    name="icmpv6",
    title="Neighbours (IPv6)",
    kind=ProbeKind.CALL,
    protocol=Protocol.MAC,
    order=6,
    transport="frames",
    ports=(),
    sends=(f"ICMPv6 echo request to {ALL_NODES}",),
    silence="Nothing there, or nodes that do not answer to the group. Never a sign of absence.",
    needs=("raw-socket",),
    sources=("RFC 4443 §4.1", "RFC 4291 §2.7.1"),
)

"""ICMPv6: a card for the echo request to every node of a link."""

from __future__ import annotations

import ipaddress

from scanner.model.protocol import Protocol
from scanner.probes.icmpv6 import ALL_NODES, PROBE


def test_the_card_says_what_leaves_and_what_it_needs() -> None:
    assert ipaddress.ip_address(ALL_NODES).is_multicast
    assert PROBE.sends == (f"ICMPv6 echo request to {ALL_NODES}",)
    assert (PROBE.protocol, PROBE.transport, PROBE.needs) == (Protocol.MAC, "frames", ("raw-socket",))
    assert (PROBE.connections, PROBE.requests, PROBE.datagrams, PROBE.call) == (0, 0, 0, None)

"""What tells the interface that a datagram came in over; the rest needs a wire, see tests/netns."""

from __future__ import annotations

import socket
import struct

from scanner.transports import endpoint


def test_the_arrival_interface_is_read_from_both_families():
    ipv4 = (socket.IPPROTO_IP, 8, struct.pack("=I4s4s", 7, bytes(4), bytes(4)))
    ipv6 = (socket.IPPROTO_IPV6, socket.IPV6_PKTINFO, struct.pack("=16sI", bytes(16), 9))
    assert endpoint._arrival_index([ipv4]) == 7
    assert endpoint._arrival_index([ipv6]) == 9
    assert endpoint._arrival_index([(socket.IPPROTO_IP, 2, b"")]) == 0

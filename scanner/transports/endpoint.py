"""A UDP socket tied to one interface, for questions to groups and for hearing them.

It is tied by SO_BINDTODEVICE (permitted to everyone since Linux 5.7); where the kernel does not permit that,
what came in over another interface is told by IP_PKTINFO and left out. TTL and hop limit are 1.
"""

from __future__ import annotations

import socket
import struct

from scanner.transports.interfaces import Interface
from scanner.transports.udp import DATAGRAM_LIMIT, Datagram, plain_address, utc_now

_RECEIVE_BUFFER = 1 << 20

# linux/in.h, linux/in6.h
_IP_PKTINFO = 8
_IP_MULTICAST_ALL = 49
_IPV6_MULTICAST_ALL = 29
_PKTINFO = struct.Struct("=I4s4s")
_PKTINFO6 = struct.Struct("=16sI")


class Endpoint:
    """One UDP socket that hears one interface and no other, perhaps as a member of groups.

    Raises:
        OSError: the port is taken, the interface is gone, or it has no address of the family.
    """

    def __init__(
        self,
        interface: Interface,
        family: socket.AddressFamily,
        port: int,
        groups: tuple[str, ...],
        loop_back: int,
        *,
        own_address: bool = False,
    ) -> None:
        self.family = family
        self._interface = interface
        self.socket = socket.socket(family, socket.SOCK_DGRAM)
        try:
            self.socket.setblocking(False)
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
            if port:
                self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            self.tied = self._tie()
            if family == socket.AF_INET:
                self._prepare_ipv4(port, groups, loop_back, own_address=own_address)
            else:
                self._prepare_ipv6(port, groups, loop_back, own_address=own_address)
        except OSError:
            self.socket.close()
            raise

    def fileno(self) -> int:
        """For select."""
        return self.socket.fileno()

    def close(self) -> None:
        """Close it; memberships end with it."""
        self.socket.close()

    def _tie(self) -> bool:
        """Bind to the device; permitted to everyone since Linux 5.7, to CAP_NET_RAW before."""
        try:
            self.socket.setsockopt(
                socket.SOL_SOCKET, socket.SO_BINDTODEVICE, self._interface.name.encode() + b"\0"
            )
        except PermissionError:
            return False
        return True

    def _prepare_ipv4(self, port: int, groups: tuple[str, ...], loop_back: int, *, own_address: bool) -> None:
        own = self._interface.ipv4[0].ip.packed
        here = struct.pack("=4s4si", bytes(4), own, self._interface.index)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        for option, value in (
            (socket.IP_MULTICAST_TTL, 1),
            (socket.IP_MULTICAST_LOOP, loop_back),
            (_IP_MULTICAST_ALL, 0),
            (_IP_PKTINFO, 1),
        ):
            self.socket.setsockopt(socket.IPPROTO_IP, option, value)
        self.socket.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, here)
        self.socket.bind((str(self._interface.ipv4[0].ip) if own_address else "0.0.0.0", port))
        for group in groups:
            member = struct.pack("=4s4si", socket.inet_aton(group), own, self._interface.index)
            self.socket.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)

    def _prepare_ipv6(self, port: int, groups: tuple[str, ...], loop_back: int, *, own_address: bool) -> None:
        for option, value in (
            (socket.IPV6_V6ONLY, 1),
            (socket.IPV6_MULTICAST_HOPS, 1),
            (socket.IPV6_MULTICAST_LOOP, loop_back),
            (socket.IPV6_MULTICAST_IF, self._interface.index),
            (_IPV6_MULTICAST_ALL, 0),
            (socket.IPV6_RECVPKTINFO, 1),
        ):
            self.socket.setsockopt(socket.IPPROTO_IPV6, option, value)
        bound = str(self._interface.ipv6[0].ip) if own_address else "::"
        self.socket.bind((bound, port, 0, self._interface.index if own_address else 0))
        for group in groups:
            member = struct.pack("=16sI", socket.inet_pton(socket.AF_INET6, group), self._interface.index)
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, member)

    def send(self, group: str, port: int, data: bytes) -> None:
        """Send over this interface and no other, whatever the routing table says."""
        index = self._interface.index
        if self.family == socket.AF_INET6:
            self.socket.sendto(data, (group, port, 0, index))
            return
        own = self._interface.ipv4[0].ip.packed
        path = [(socket.IPPROTO_IP, _IP_PKTINFO, _PKTINFO.pack(index, own, bytes(4)))]
        self.socket.sendmsg([data], path, 0, (group, port))

    def receive(self) -> Datagram | None:
        """The next datagram; None for one that came in over another interface."""
        data, control, _, source = self.socket.recvmsg(DATAGRAM_LIMIT, 256)
        if _arrival_index(control) not in {0, self._interface.index}:
            return None
        return Datagram(data, plain_address(source[0]), source[1], self._interface.name, utc_now())


def _arrival_index(control: list[tuple[int, int, bytes]]) -> int:
    """Index of the interface that a datagram came in over; 0 = the kernel did not say."""
    for level, kind, data in control:
        if (level, kind) == (socket.IPPROTO_IP, _IP_PKTINFO) and len(data) >= _PKTINFO.size:
            return int(_PKTINFO.unpack_from(data)[0])
        if (level, kind) == (socket.IPPROTO_IPV6, socket.IPV6_PKTINFO) and len(data) >= _PKTINFO6.size:
            return int(_PKTINFO6.unpack_from(data)[1])
    return 0

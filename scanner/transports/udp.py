"""UDP to single addresses: one non-blocking socket a family, with the ICMP errors that come back.

The socket belongs to a thread that waits with epoll: readable = answers, EPOLLERR = ICMP errors. The kernel
keeps ICMP errors per socket when IP_RECVERR is set (ip(7), ipv6(7)), with the address that was asked and the
address of whoever complained. *Port unreachable* from the asked address shows that something lives there;
*host unreachable* from a router on the way shows nothing.
"""

from __future__ import annotations

import contextlib
import errno
import socket
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from scanner.model.action import Outcome
from scanner.model.ending import Ending
from scanner.policy.gate import Gate

DATAGRAM_LIMIT = 65_535
"""Bytes that are read of one datagram; UDP carries no more."""
_BATCH = 256
"""Datagrams or errors handed out per call, so that a flood cannot hold the thread."""
_RECEIVE_BUFFER = 4 << 20
_SEND_BUFFER = 4 << 20
"""Bytes; datagrams wait here, seconds long, for neighbours that are not there."""
_SEND_TRIES = 5

# linux/in.h, linux/in6.h, linux/errqueue.h
_IP_RECVERR = 11
_IPV6_RECVERR = 25
_ORIGIN_ICMP = 2
_ORIGIN_ICMP6 = 3
_EXTENDED_ERROR = struct.Struct("=IBBBBII")
# What an earlier datagram's ICMP error leaves behind on the socket: no failure of the call that meets it.
_LEFT_BEHIND = frozenset(
    {errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.EPROTO, errno.EACCES,
     errno.ENOPROTOOPT, errno.EMSGSIZE, errno.EOPNOTSUPP}
)  # fmt: skip
_Taken = TypeVar("_Taken")


@dataclass(frozen=True, slots=True)
class Datagram:
    """One datagram that came in."""

    data: bytes
    address: str
    """Of the sender, canonical, without a zone."""
    port: int
    interface: str = ""
    """Where it came in, for link-local questions; empty = routed or not known."""
    at: str = ""
    """UTC time, ISO 8601."""


@dataclass(frozen=True, slots=True)
class IcmpError:
    """An ICMP error that one of our datagrams met."""

    address: str
    """The address that was asked."""
    port: int
    offender: str
    """The address that sent the error; the asked host, a router, or one of our own (neighbour not found)."""
    type: int
    code: int
    version: int
    """4 or 6: the ICMP types of the two differ."""

    @property
    def port_unreachable(self) -> bool:
        """True when the asked host itself says that nothing listens on the port: a sign of life."""
        port = (3, 3) if self.version == 4 else (1, 4)
        return (self.type, self.code) == port and self.offender == self.address

    @property
    def address_unreachable(self) -> bool:
        """True when somebody on the way knows no such host: a router that has looked for it, or a route."""
        host = (3, 1) if self.version == 4 else (1, 3)
        return (self.type, self.code) == host and self.offender != self.address

    @property
    def rejected(self) -> bool:
        """True when somebody on the way says that nothing gets through (RFC 1812 §5.2.7.1, RFC 4443 §3.1)."""
        codes = {0, 2, 3, 5, 6, 9, 10, 11, 12, 13} if self.version == 4 else {0, 1, 4, 5, 6}
        unreachable = 3 if self.version == 4 else 1
        return self.type == unreachable and self.code in codes and self.offender not in {"", self.address}


def utc_now() -> str:
    """The time of day in UTC, ISO 8601 with milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def plain_address(address: str) -> str:
    """An address as the kernel spells it, without its zone."""
    return address.split("%", 1)[0]


class UnicastUdp:
    """Asks single addresses from one ephemeral port. Not for use by two threads at once."""

    def __init__(self, gate: Gate, family: socket.AddressFamily = socket.AF_INET) -> None:
        self._gate = gate
        self._family = family
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
        if family == socket.AF_INET6:
            self._socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            self._socket.setsockopt(socket.IPPROTO_IPV6, _IPV6_RECVERR, 1)
            self._socket.bind(("::", 0))
        else:
            self._socket.setsockopt(socket.IPPROTO_IP, _IP_RECVERR, 1)
            self._socket.bind(("0.0.0.0", 0))

    def fileno(self) -> int:
        """For epoll: EPOLLIN = `receive`, EPOLLERR = `errors`."""
        return self._socket.fileno()

    @property
    def port(self) -> int:
        """The ephemeral port that answers come to."""
        return int(self._socket.getsockname()[1])

    def send(self, address: str, port: int, data: bytes) -> Outcome:
        """Send one datagram to ``address`` (an IPv6 link-local one with its zone, ``fe80::1%eth0``).

        Returns:
            An outcome without ending when the kernel took the datagram; STOPPED_BY_US when its buffer is full
            (ask again); NEVER_ASKED when there is no route; SILENT for a broadcast address;
            FAULT when the kernel refused for another reason.

        Raises:
            Refused: the gate did not let it pass.
        """
        plain, _, zone = address.partition("%")
        self._gate.datagram(plain, port, data, zone)
        target: tuple[str, int] | tuple[str, int, int, int] = (plain, port)
        if zone:
            try:
                target = (plain, port, 0, socket.if_nametoindex(zone))
            except OSError:
                return Outcome(Ending.NEVER_ASKED, detail=f"there is no interface {zone}")
        for attempt in range(1, _SEND_TRIES + 1):
            try:
                self._socket.sendto(data, target)
            except BlockingIOError:
                return Outcome(Ending.STOPPED_BY_US, detail="the socket's send buffer is full")
            except OSError as error:
                # The first call after an ICMP error reports that error instead of sending: once more.
                if attempt < _SEND_TRIES and error.errno in _LEFT_BEHIND:
                    continue
                return _send_failed(error)
            return Outcome()
        return Outcome(Ending.FAULT, detail="not sent")

    def receive(self) -> list[Datagram]:
        """The datagrams that are waiting, at most 256 a call."""
        waiting = self._waiting(lambda: self._socket.recvfrom(DATAGRAM_LIMIT))
        return [Datagram(data, plain_address(source[0]), source[1], at=utc_now()) for data, source in waiting]

    def errors(self) -> list[IcmpError]:
        """The ICMP errors that are waiting, at most 256 a call."""
        waiting = self._waiting(lambda: self._socket.recvmsg(512, 512, socket.MSG_ERRQUEUE))
        return [error for _, control, _, asked in waiting for error in _icmp_errors(control, asked)]

    def _waiting(self, take: Callable[[], _Taken]) -> Iterator[_Taken]:
        """What can be taken now; what an earlier datagram of ours left behind is passed over."""
        for _ in range(_BATCH):
            try:
                taken = take()
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno in _LEFT_BEHIND:
                    continue
                raise
            yield taken

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def __enter__(self) -> UnicastUdp:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _send_failed(error: OSError) -> Outcome:
    detail = error.strerror or str(error)
    if error.errno in {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL, errno.ENODEV, errno.ENXIO}:
        return Outcome(Ending.NEVER_ASKED, detail=detail)
    if error.errno == errno.ENOBUFS:
        return Outcome(Ending.STOPPED_BY_US, detail=detail)
    if error.errno == errno.EACCES:
        # A broadcast address of one of our links: no host has it, and broadcasting is not what was meant.
        return Outcome(Ending.SILENT, detail="a broadcast address")
    return Outcome(Ending.FAULT, detail=detail)


def _icmp_errors(control: list[tuple[int, int, bytes]], asked: tuple[str, int]) -> Iterator[IcmpError]:
    """Read ``sock_extended_err`` and the offender's address behind it."""
    for level, kind, data in control:
        if (level, kind) not in {(socket.IPPROTO_IP, _IP_RECVERR), (socket.IPPROTO_IPV6, _IPV6_RECVERR)}:
            continue
        _, origin, icmp_type, code, _, _, _ = _EXTENDED_ERROR.unpack_from(data)
        if origin not in {_ORIGIN_ICMP, _ORIGIN_ICMP6}:
            continue
        offender = ""
        with contextlib.suppress(struct.error, ValueError):
            offender = _socket_address(data[_EXTENDED_ERROR.size :])
        yield IcmpError(
            address=plain_address(asked[0]),
            port=asked[1],
            offender=offender,
            type=icmp_type,
            code=code,
            version=4 if origin == _ORIGIN_ICMP else 6,
        )


def _socket_address(data: bytes) -> str:
    """The address in a ``sockaddr_in`` or ``sockaddr_in6``; empty for none."""
    (family,) = struct.unpack_from("=H", data)
    if family == socket.AF_INET:
        return socket.inet_ntop(socket.AF_INET, data[4:8])
    if family == socket.AF_INET6:
        return socket.inet_ntop(socket.AF_INET6, data[8:24])
    return ""

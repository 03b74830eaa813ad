"""A packet taken apart down to UDP, TCP, ARP or a maker's own frame, whatever its bytes are.

Link types: Ethernet with VLAN tags (IEEE 802.3, 802.1Q), raw IP, Linux cooked (both versions), BSD loopback.
IP by RFC 791 and 8200, UDP by RFC 768, TCP by RFC 9293. Datagrams that IP cut into pieces are put together,
a bounded number of them.
"""

from __future__ import annotations

import ipaddress
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from scanner.parsers.address import host_spelling, unmapped
from scanner.parsers.mac import station

ETHERNET = 1
"""The link type of Ethernet frames (LINKTYPE_ of the pcap registry)."""
ARP, SADP, IPV4, IPV6 = 0x0806, 0x8033, 0x0800, 0x86DD
TCP, UDP, ICMPV6 = 6, 17, 58
_TAGS = frozenset({0x8100, 0x88A8, 0x9100, 0x9200})
_TAGS_AT_MOST = 4
_EXTENSIONS = frozenset({0, 43, 60, 135})
_FRAGMENT, _AUTHENTICATION = 44, 51
_EXTENSIONS_AT_MOST = 8
_NULL, _RAW_OLD, _RAW_OPENBSD, _RAW, _LOOP = 0, 12, 14, 101, 108
_COOKED, _COOKED_2, _IPV4, _IPV6 = 113, 276, 228, 229
FRAGMENTS_LIMIT = 256
"""Datagrams that are put together at one time."""
_DATAGRAM_LIMIT = 65_535


@dataclass(frozen=True, slots=True)
class Frame:
    """What the link carried."""

    kind: int
    """Ethernet type."""
    start: int
    """Where its payload begins."""


@dataclass(frozen=True, slots=True)
class Datagram:
    """What IP carried."""

    protocol: int
    source: bytes
    target: bytes
    payload: bytes


@lru_cache(maxsize=1 << 14)
def address(packed: bytes) -> str:
    """An address in its one spelling; IPv4 in IPv6 clothes is IPv4."""
    return str(unmapped(ipaddress.ip_address(packed)))


@lru_cache(maxsize=1 << 14)
def own_address(packed: bytes) -> str:
    """The same; empty for what is nobody's own: none yet, a group, the broadcast."""
    return host_spelling(ipaddress.ip_address(packed))


def sender_mac(data: bytes, link: int) -> str:
    """Who put a frame on this wire, perhaps a router; empty where the link does not say."""
    if link == ETHERNET:
        return station(data[6:12])
    return station(data[6:12]) if link == _COOKED and data[4:6] == b"\x00\x06" else ""


def frame_of(data: bytes, link: int) -> Frame | None:
    """Ethernet type and place of the payload; None for a link that is not read, or a frame that is cut."""
    if link == ETHERNET:
        return _ethernet(data, 12)
    if link in (_RAW, _RAW_OLD, _RAW_OPENBSD, _IPV4, _IPV6):
        return _by_version(data, 0)
    if link in (_NULL, _LOOP):
        return _by_version(data, 4)
    if link == _COOKED:
        return _ethernet(data, 14)
    if link == _COOKED_2 and len(data) >= 20:
        return _tagged(data, int.from_bytes(data[:2], "big"), 20)
    return None


def _ethernet(data: bytes, at: int) -> Frame | None:
    if len(data) < at + 2:
        return None
    return _tagged(data, int.from_bytes(data[at : at + 2], "big"), at + 2)


def _tagged(data: bytes, kind: int, start: int) -> Frame | None:
    for _ in range(_TAGS_AT_MOST):
        if kind not in _TAGS:
            return Frame(kind, start)
        if len(data) < start + 4:
            return None
        kind, start = int.from_bytes(data[start + 2 : start + 4], "big"), start + 4
    return None


def _by_version(data: bytes, at: int) -> Frame | None:
    version = data[at] >> 4 if len(data) > at else 0
    if version == 4:
        return Frame(IPV4, at)
    return Frame(IPV6, at) if version == 6 else None


class Internet:
    """Takes IP apart; keeps the pieces of cut datagrams until they are whole, the oldest go first.

    Args:
        assemble: False where later pieces never come in (the kernel filter of a capture tells a datagram by
            its ports, which only the first piece has): the first is then given as it is.
    """

    def __init__(self, *, assemble: bool = True) -> None:
        self._assemble = assemble
        self._pieces: dict[bytes, dict[int, bytes]] = {}
        self._heads: dict[bytes, tuple[int, bytes, bytes]] = {}
        self._ends: dict[bytes, int] = {}
        self.waiting = False
        """Whether the packet that was taken last is a piece of a datagram that is not whole yet."""

    def datagram(self, data: bytes, frame: Frame) -> Datagram | None:
        """What IP carries; None if it is cut, damaged, or a piece of what is not whole yet."""
        self.waiting = False
        if frame.kind == IPV4:
            return self._four(data, frame.start)
        return self._six(data, frame.start) if frame.kind == IPV6 else None

    def _four(self, data: bytes, at: int) -> Datagram | None:
        if len(data) < at + 20 or data[at] >> 4 != 4:
            return None
        start = at + (data[at] & 15) * 4
        if start < at + 20:
            return None
        total = int.from_bytes(data[at + 2 : at + 4], "big")
        # Where the card cuts big sends itself, a capture sees a length of 0.
        end = at + total if total else len(data)
        flags = int.from_bytes(data[at + 6 : at + 8], "big")
        protocol, source, target = data[at + 9], data[at + 12 : at + 16], data[at + 16 : at + 20]
        payload = data[start : max(end, start)]
        if flags & 0x3FFF:
            key = source + target + data[at + 4 : at + 6] + bytes((protocol,))
            head = protocol, source, target
            return self._piece(key, head, (flags & 0x1FFF) * 8, payload, more=bool(flags & 0x2000))
        return Datagram(protocol, source, target, payload)

    def _six(self, data: bytes, at: int) -> Datagram | None:
        if len(data) < at + 40 or data[at] >> 4 != 6:
            return None
        length = int.from_bytes(data[at + 4 : at + 6], "big")
        protocol, source, target = data[at + 6], data[at + 8 : at + 24], data[at + 24 : at + 40]
        start = at + 40
        end = start + length if length else len(data)
        for _ in range(_EXTENSIONS_AT_MOST):
            if protocol == _FRAGMENT and len(data) >= start + 8:
                offset = int.from_bytes(data[start + 2 : start + 4], "big")
                key = source + target + data[start + 4 : start + 8]
                head = data[start], source, target
                return self._piece(key, head, offset & 0xFFF8, data[start + 8 : end], more=bool(offset & 1))
            if protocol in _EXTENSIONS and len(data) >= start + 2:
                protocol, start = data[start], start + data[start + 1] * 8 + 8
            elif protocol == _AUTHENTICATION and len(data) >= start + 2:
                protocol, start = data[start], start + data[start + 1] * 4 + 8
            else:
                return Datagram(protocol, source, target, data[start : max(end, start)])
        return None

    def unfinished(self) -> Iterator[Datagram]:
        """What is known of datagrams whose other pieces never came: their beginnings, as far as they go."""
        for key, pieces in self._pieces.items():
            if begun := _from_the_start(pieces):
                yield Datagram(*self._heads[key], begun)

    def _piece(
        self, key: bytes, head: tuple[int, bytes, bytes], offset: int, payload: bytes, *, more: bool
    ) -> Datagram | None:
        """Keep a piece; the whole datagram once all its pieces are there."""
        if not self._assemble:
            return None if offset else Datagram(*head, payload)
        if offset + len(payload) > _DATAGRAM_LIMIT:
            return None
        if key not in self._pieces and len(self._pieces) >= FRAGMENTS_LIMIT:
            self._forget(next(iter(self._pieces)))
        pieces = self._pieces.setdefault(key, {})
        pieces.setdefault(offset, payload)
        self._heads[key] = head
        if not more:
            self._ends[key] = offset + len(payload)
        whole = _from_the_start(pieces)
        if len(whole) < self._ends.get(key, _DATAGRAM_LIMIT + 1):
            self.waiting = True
            return None
        self._forget(key)
        return Datagram(*head, whole)

    def _forget(self, key: bytes) -> None:
        del self._pieces[key], self._heads[key]
        self._ends.pop(key, None)


def _from_the_start(pieces: dict[int, bytes]) -> bytes:
    """The pieces that follow one upon the other, from the first on."""
    whole = bytearray()
    while piece := pieces.get(len(whole)):
        whole += piece
    return bytes(whole)


@dataclass(frozen=True, slots=True)
class Segment:
    """A TCP segment."""

    source: int
    target: int
    sequence: int
    flags: int
    payload: bytes


_HEADER = struct.Struct(">HHIIBB")


def segment_of(payload: bytes) -> Segment | None:
    """TCP's header and payload; None if it is cut."""
    if len(payload) < 20:
        return None
    source, target, sequence, _, offset, flags = _HEADER.unpack_from(payload)
    start = (offset >> 4) * 4
    return Segment(source, target, sequence, flags, payload[start:]) if start >= 20 else None


def udp_of(payload: bytes) -> tuple[int, int, bytes] | None:
    """Source port, target port and payload of a UDP datagram; None if it is cut within its header."""
    if len(payload) < 8:
        return None
    source, target, length = struct.unpack_from(">HHH", payload)
    return source, target, payload[8 : length if length >= 8 else len(payload)]

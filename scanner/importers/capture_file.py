"""Packets of capture files: pcap (both byte orders, micro- and nanoseconds) and pcapng.

Read one after the other in bounded memory. A file that is cut or damaged gives what stands before; where a
length cannot be true, nothing behind it can be found again, and that is said. Formats: the pcap and pcapng
drafts of the IETF opsawg.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import IO

PACKET_LIMIT = 1 << 18
"""Bytes of a packet; a longer one is no packet but damage."""
BLOCK_LIMIT = 1 << 24
INTERFACES_LIMIT = 4096
_PCAP = {
    b"\xd4\xc3\xb2\xa1": ("<", 1_000_000),
    b"\xa1\xb2\xc3\xd4": (">", 1_000_000),
    b"\x4d\x3c\xb2\xa1": ("<", 1_000_000_000),
    b"\xa1\xb2\x3c\x4d": (">", 1_000_000_000),
}
_SECTION = b"\x0a\x0d\x0d\x0a"
_ORDERS = {b"\x4d\x3c\x2b\x1a": "<", b"\x1a\x2b\x3c\x4d": ">"}
_INTERFACE, _OLD_PACKET, _SIMPLE_PACKET, _PACKET = 1, 2, 3, 6
_RESOLUTION, _OFFSET = 9, 14


@dataclass(frozen=True, slots=True)
class Damage:
    """Why the file was not read on from here."""

    reason: str


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet as it was captured."""

    data: bytes
    link: int
    """Link type (LINKTYPE_ of the pcap registry)."""
    ticks: int
    per_second: int
    offset: int = 0
    """Seconds to add."""

    def at(self) -> str:
        """When it was captured, UTC, ISO 8601; empty if the file does not say or cannot mean it."""
        if not self.ticks:
            return ""
        try:
            moment = datetime.fromtimestamp(self.ticks / self.per_second + self.offset, UTC)
        except (OverflowError, ValueError, OSError):
            return ""
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(slots=True)
class _Link:
    """One interface of a pcapng section."""

    link: int
    snap: int
    per_second: int = 1_000_000
    offset: int = 0


@dataclass(slots=True)
class _Section:
    order: str = "<"
    links: list[_Link] = field(default_factory=list)


def is_capture(head: bytes) -> bool:
    """Whether a file begins as a capture does."""
    return head[:4] in _PCAP or (head[:4] == _SECTION and head[8:12] in _ORDERS)


def packets(stream: IO[bytes]) -> Iterator[Packet | Damage]:
    """Every packet, and at most one `Damage`, the last."""
    magic = stream.read(4)
    if magic in _PCAP:
        yield from _pcap(stream, *_PCAP[magic])
    elif magic == _SECTION:
        yield from _pcapng(stream)
    else:
        yield Damage("no capture file")


def _pcap(stream: IO[bytes], order: str, per_second: int) -> Iterator[Packet | Damage]:
    head = stream.read(20)
    if len(head) < 20:
        yield Damage("cut within its header")
        return
    link = int(struct.unpack_from(f"{order}I", head, 16)[0]) & 0x0FFFFFFF
    unpack = struct.Struct(f"{order}IIII").unpack
    read = stream.read
    while about := read(16):
        if len(about) < 16:
            yield Damage("cut within a packet's header")
            return
        seconds, part, size, _ = unpack(about)
        if size > PACKET_LIMIT:
            yield Damage(f"damaged: a packet of {size} bytes")
            return
        data = read(size)
        if data:
            yield Packet(data, link, seconds * per_second + part, per_second)
        if len(data) < size:
            yield Damage("cut within a packet")
            return


def _pcapng(stream: IO[bytes]) -> Iterator[Packet | Damage]:
    section = _Section()
    head = _SECTION + stream.read(4)
    while head:
        if len(head) < 8:
            yield Damage("cut within a block's header")
            return
        if head[:4] == _SECTION:
            order = _ORDERS.get(mark := stream.read(4))
            if order is None:
                yield Damage("damaged: a section without a byte order")
                return
            section, kind, lead = _Section(order), 0, mark
        else:
            kind, lead = int(struct.unpack_from(f"{section.order}I", head)[0]), b""
        size = int(struct.unpack_from(f"{section.order}I", head, 4)[0])
        if size < 12 + len(lead) or size > BLOCK_LIMIT or size % 4:
            yield Damage(f"damaged: a block of {size} bytes")
            return
        body = stream.read(size - 8 - len(lead))
        if len(body) < size - 8 - len(lead):
            yield Damage("cut within a block")
            return
        if kind == _INTERFACE:
            if len(section.links) < INTERFACES_LIMIT:
                section.links.append(_interface(body[:-4], section.order))
        elif kind in (_PACKET, _OLD_PACKET, _SIMPLE_PACKET) and (found := _block(kind, body[:-4], section)):
            yield found
        head = stream.read(8)


def _interface(body: bytes, order: str) -> _Link:
    """An interface's link type and the unit of its times."""
    if len(body) < 8:
        return _Link(-1, 0)
    found = _Link(int.from_bytes(body[:2], "little" if order == "<" else "big"), 0)
    (found.snap,) = struct.unpack_from(f"{order}I", body, 4)
    at = 8
    while at + 4 <= len(body):
        code, size = struct.unpack_from(f"{order}HH", body, at)
        value = body[at + 4 : at + 4 + size]
        if code == 0:
            break
        if code == _RESOLUTION and size == 1 and value:
            exponent = value[0] & 0x7F
            if exponent <= 30:
                found.per_second = (2 if value[0] & 0x80 else 10) ** exponent
        elif code == _OFFSET and len(value) == 8:
            (found.offset,) = struct.unpack(f"{order}q", value)
        at += 4 + size + -size % 4
    return found


def _block(kind: int, body: bytes, section: _Section) -> Packet | None:
    """A packet of one of the three kinds of block; None if it belongs to no interface or is empty."""
    order = section.order
    if kind == _SIMPLE_PACKET:
        if len(body) < 4 or not section.links:
            return None
        link = section.links[0]
        (size,) = struct.unpack_from(f"{order}I", body)
        data = body[4 : 4 + min(size, link.snap or size)]
        return Packet(data, link.link, 0, 1) if data else None
    if len(body) < 20:
        return None
    if kind == _PACKET:
        number, high, low, size, _ = struct.unpack_from(f"{order}IIIII", body)
    else:
        number, _, high, low, size, _ = struct.unpack_from(f"{order}HHIIII", body)
    if number >= len(section.links):
        return None
    link = section.links[number]
    data = body[20 : 20 + size]
    return Packet(data, link.link, high << 32 | low, link.per_second, link.offset) if data else None

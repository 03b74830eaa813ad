"""Packet captures (pcap, pcapng): what devices say of themselves, and which ports are seen to open.

Read out of them: the maker's discovery (UDP 37020 and raw frames), WS-Discovery, SSDP, mDNS, DHCP, ARP and
IPv6 neighbours, replies of HTTP, RTSP and greeting services, and certificates up to TLS 1.2. Every packet is
a row; a conversation whose reply lies in several gives a row of its own when it ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import IO

from scanner.importers.capture_file import Damage, Packet, is_capture, packets
from scanner.importers.interface import PORTS, Importer, Row, Source
from scanner.importers.streams import Message, Streams
from scanner.model.ending import Ended, Ending
from scanner.model.observation import Observation
from scanner.parsers.heard import Statement, heard_datagram, heard_frame
from scanner.parsers.layers import (
    ARP,
    SADP,
    TCP,
    Datagram,
    Internet,
    address,
    frame_of,
    segment_of,
    sender_mac,
)

REMEMBERED = 1 << 16
"""Messages that are known to have been read already; a device repeats itself every few seconds."""
_SYN_ACK, _RST_ACK = 0x12, 0x14
_FLAGS = 0x17
_OTHER = Row("", unused="says nothing of a device")
_PIECE = Row("", unused="part of a conversation that has a row of its own, or of none that is read")
_AGAIN = Row("", unused="said before in this file")
_FRAGMENT = Row("", unused="a piece of a datagram, which has a row of its own where its beginning is there")
_LINK = Row("", unused="a link type that is not read, or a packet cut in its headers")


class _Reader:
    def __init__(self) -> None:
        self._internet = Internet()
        self._streams = Streams()
        self._known: dict[tuple[object, ...], None] = {}
        self._number = 0

    def rows(self, stream: IO[bytes]) -> Iterator[Row]:
        at = ""
        for packet in packets(stream):
            if isinstance(packet, Damage):
                yield Row(f"after packet {self._number}", unused=packet.reason, broken=True)
                break
            self._number += 1
            frame = frame_of(packet.data, packet.link)
            if frame is None:
                yield _LINK
                continue
            if frame.kind in (ARP, SADP):
                yield self._row(packet, heard_frame(packet.data, frame, packet.link))
                continue
            datagram = self._internet.datagram(packet.data, frame)
            if datagram is None:
                yield _FRAGMENT if self._internet.waiting else _OTHER
            elif datagram.protocol == TCP:
                yield from self._tcp(packet, datagram)
            else:
                mac = sender_mac(packet.data, packet.link)
                yield self._row(packet, heard_datagram(datagram, mac))
            if self._number % 1024 == 0:
                at = packet.at() or at
        for key, message in self._streams.rest():
            yield from self._message(key, message, at)
        for datagram in self._internet.unfinished():
            if datagram.protocol != TCP:
                place = f"the beginning of a datagram of {address(datagram.source)}"
                yield self._said(place, at, heard_datagram(datagram, ""))

    def _row(self, packet: Packet, statements: Iterable[Statement]) -> Row:
        """A row of what one packet says."""
        return self._said(f"packet {self._number}", packet.at, statements)

    def _said(self, place: str, at: str | Callable[[], str], statements: Iterable[Statement]) -> Row:
        """A row of what is said at a place; what the same host said already is left out."""
        said = list(statements)
        if not said:
            return _OTHER
        new = [one for one in said if self._is_new(one.host, one.protocol, one.port, one.payload)]
        if not new:
            return _AGAIN
        when = at if isinstance(at, str) else at()
        observations = tuple(
            Observation(one.host, one.protocol, one.payload, one.port, at=when, synthesised=one.synthesised)
            for one in new
        )
        return Row(place, observations)

    def _is_new(self, *said: object) -> bool:
        if said in self._known:
            return False
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known[said] = None
        return True

    def _tcp(self, packet: Packet, datagram: Datagram) -> Iterator[Row]:
        segment = segment_of(datagram.payload)
        if segment is None:
            yield _OTHER
            return
        flags = segment.flags & _FLAGS
        done = self._streams.take(datagram.source, datagram.target, segment)
        yield self._ending(packet, datagram.source, segment.source, segment.sequence, flags) or _PIECE
        if done:
            at = packet.at()
            for key, message in done:
                yield from self._message(key, message, at)

    def _ending(self, packet: Packet, source: bytes, port: int, sequence: int, flags: int) -> Row | None:
        """A port that accepted, or that refused the first packet of a connection (its sequence is 0 then)."""
        if flags == _SYN_ACK:
            ending = Ending.COMPLETE
        elif flags == _RST_ACK and sequence == 0 and port in PORTS:
            ending = Ending.REFUSED
        else:
            return None
        if not self._is_new(source, port, ending):
            return None
        return Row(
            f"packet {self._number}", endings=(Ended("tcp", address(source), port, ending, at=packet.at()),)
        )

    def _message(self, key: bytes, message: Message, at: str) -> Iterator[Row]:
        half = len(key) // 2
        host, port = address(key[: half - 2]), int.from_bytes(key[half - 2 : half], "big")
        place = f"conversation with {host} port {port}"
        if not self._is_new(host, message.protocol, port, message.request, message.payload):
            yield _AGAIN
            return
        seen = Observation(host, message.protocol, message.payload, port, message.request, at=at)
        yield Row(place, (seen,))


def _read(stream: IO[bytes], source: Source) -> Iterator[Row]:
    del source
    yield from _Reader().rows(stream)


IMPORTER = Importer(
    name="pcap",
    title="packet capture (pcap, pcapng)",
    cannot_tell=(
        "a capture holds what passed its place while it ran: devices that said nothing are not in it, and "
        "no silence is proven by it; certificates of TLS 1.3 are hidden."
    ),
    recognises=is_capture,
    read=_read,
)

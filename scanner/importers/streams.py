"""The beginnings of TCP conversations in a capture: what a server sent first, in order, and what was asked.

Only a direction that begins as something that is read here is kept, and only its first bytes; the others cost
a mark each. The oldest give way when there are too many.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from scanner.importers.nmap_fingerprint import kind_of
from scanner.model.protocol import Protocol
from scanner.parsers.layers import Segment
from scanner.parsers.message import end_of_message
from scanner.parsers.secrets import strip_request

FLOWS_LIMIT = 1024
MARKS_LIMIT = 1 << 17
FLOW_LIMIT = 80 * 1024
"""Bytes of one direction."""
PENDING_LIMIT = 16
"""Segments that came before the one in front of them."""
MESSAGES_LIMIT = 16
REQUESTS_LIMIT = 16
_FIN, _SYN, _RST, _ACK = 1, 2, 4, 16
_REQUEST = re.compile(
    rb"(GET|HEAD|POST|PUT|OPTIONS|DESCRIBE|SETUP|PLAY) (\S{1,1024}) (HTTP|RTSP)/\d", re.IGNORECASE
)
_TLS_HANDSHAKE, _TLS_VERSION = 22, 3
_CERTIFICATE = 11
_HALF = 1 << 31


@dataclass(frozen=True, slots=True)
class Message:
    """One reply, or the beginning of one."""

    protocol: Protocol
    payload: bytes
    request: str | None = None


@dataclass(slots=True)
class _Flow:
    """One direction of a conversation, from its first byte."""

    next: int
    data: bytearray = field(default_factory=bytearray)
    pending: dict[int, bytes] = field(default_factory=dict)
    requests: dict[int, str] = field(default_factory=dict)
    """By the sequence number of their segment: a mirror port shows each twice."""
    greeted: int = -1
    """Sequence number of its SYN; -1: not seen."""
    known: bool = False
    """What it begins with has been looked at."""


class Streams:
    """Puts segments together and gives the replies of servers."""

    def __init__(self) -> None:
        self._flows: dict[bytes, _Flow] = {}
        self._marks: dict[bytes, None] = {}
        self._asked: dict[bytes, dict[int, str]] = {}

    def take(self, source: bytes, target: bytes, segment: Segment) -> list[tuple[bytes, Message]]:
        """Take a segment; gives what is finished by it, each with the key of its direction."""
        key = source + segment.source.to_bytes(2, "big") + target + segment.target.to_bytes(2, "big")
        flags = segment.flags
        if flags & _SYN:
            return self._greet(key, segment)
        if key in self._marks:
            return []
        done: list[tuple[bytes, Message]] = []
        flow = self._flows.get(key)
        if segment.payload:
            if flow is None:
                flow, done = self._begin(key, segment)
            if flow is not None:
                done += self._add(key, flow, segment)
        if flow is not None and (flags & _RST or (flags & _FIN and not flow.pending)):
            done += self._finish(key)  # an end that overtook what comes before it waits for that
        return done

    def _greet(self, key: bytes, segment: Segment) -> list[tuple[bytes, Message]]:
        """The first segment of a direction; sent again, or seen twice, it begins nothing."""
        flow = self._flows.get(key)
        if flow is not None and flow.greeted == segment.sequence:
            return []
        done = self._finish(key)
        self._marks.pop(key, None)
        if segment.flags & _ACK:
            begun = _Flow((segment.sequence + 1) & 0xFFFFFFFF, greeted=segment.sequence)
            done += self._open(key, begun)
        return done

    def rest(self) -> Iterator[tuple[bytes, Message]]:
        """What is left when the capture ends."""
        for key in list(self._flows):
            yield from self._finish(key)

    def _open(self, key: bytes, flow: _Flow) -> list[tuple[bytes, Message]]:
        done = []
        if len(self._flows) >= FLOWS_LIMIT:
            done = self._finish(next(iter(self._flows)))
        self._flows[key] = flow
        return done

    def _begin(self, key: bytes, segment: Segment) -> tuple[_Flow | None, list[tuple[bytes, Message]]]:
        """A direction whose start the capture did not see, or a client's."""
        if found := _REQUEST.match(segment.payload):
            asked = f"{found[1].decode('latin-1').upper()} {found[2].decode('latin-1')}"
            self._ask(key, segment.sequence, strip_request(asked))
            return None, []
        if not _concerns(segment.payload):
            self._mark(key)
            return None, []
        flow = _Flow(segment.sequence)
        return flow, self._open(key, flow)

    def _ask(self, key: bytes, sequence: int, request: str) -> None:
        half = len(key) // 2
        answer = key[half:] + key[:half]
        flow = self._flows.get(answer)
        if flow is not None:
            asked = flow.requests
        else:
            if len(self._asked) >= FLOWS_LIMIT:
                del self._asked[next(iter(self._asked))]
            asked = self._asked.setdefault(answer, {})
        if len(asked) < REQUESTS_LIMIT:
            asked.setdefault(sequence, request)

    def _mark(self, key: bytes) -> None:
        if len(self._marks) >= MARKS_LIMIT:
            self._marks.clear()
        self._marks[key] = None

    def _add(self, key: bytes, flow: _Flow, segment: Segment) -> list[tuple[bytes, Message]]:
        """Put a segment in its place; what came twice is kept once."""
        payload, ahead = segment.payload, (segment.sequence - flow.next) & 0xFFFFFFFF
        if ahead >= _HALF:
            payload, ahead = payload[0x100000000 - ahead :], 0
        if ahead:
            if len(flow.pending) < PENDING_LIMIT and ahead < FLOW_LIMIT:
                flow.pending.setdefault(segment.sequence, payload)
            return []
        while payload:
            flow.data += payload[: FLOW_LIMIT - len(flow.data)]
            flow.next = (flow.next + len(payload)) & 0xFFFFFFFF
            payload = flow.pending.pop(flow.next, b"")
        if not flow.known and len(flow.data) >= 4:
            flow.known = True
            if not _concerns(bytes(flow.data[:64])):
                del self._flows[key]
                self._mark(key)
                return []
        if len(flow.data) >= FLOW_LIMIT or (_is_tls(flow.data) and _certificate(flow.data) is not None):
            return self._finish(key)
        return []

    def _finish(self, key: bytes) -> list[tuple[bytes, Message]]:
        flow = self._flows.pop(key, None)
        if flow is None:
            return []
        self._mark(key)
        requests = [*(self._asked.pop(key, {}) | flow.requests).values()]
        return [(key, message) for message in _messages(bytes(flow.data), requests)]


def _concerns(data: bytes) -> bool:
    return _is_tls(data) or kind_of(data, tls=False) is not None


def _is_tls(data: bytes | bytearray) -> bool:
    return len(data) >= 3 and data[0] == _TLS_HANDSHAKE and data[1] == _TLS_VERSION


def _messages(data: bytes, requests: list[str]) -> Iterator[Message]:
    if _is_tls(data):
        certificate = _certificate(data)
        if certificate:
            yield Message(Protocol.TLS_CERT, certificate)
        return
    kind = kind_of(data, tls=False)
    if kind not in (Protocol.HTTP, Protocol.RTSP):
        if kind is not None:
            yield Message(kind, data[:4096])
        return
    start = b"HTTP/" if kind is Protocol.HTTP else b"RTSP/"
    for number in range(MESSAGES_LIMIT):
        end = end_of_message(data, until_close=kind is Protocol.HTTP)
        request = requests[number] if number < len(requests) else None
        reply = data if end is None else data[:end]
        yield Message(_protocol(kind, request, reply), reply, request)
        # Between the replies of RTSP the media may lie in the same stream.
        at = data.find(start, len(reply))
        if end is None or at < 0:
            return
        data = data[at:]


def _protocol(kind: Protocol, request: str | None, reply: bytes) -> Protocol:
    """What a reply over HTTP is, by the path that was asked and by its first bytes."""
    if kind is not Protocol.HTTP:
        return kind
    path = (request or "").partition(" ")[2].lower()
    if path.startswith(("/isapi/", "/psia/", "/sdk/")):
        return Protocol.ISAPI
    if path.startswith("/onvif/"):
        return Protocol.ONVIF_SOAP
    if b"urn:schemas-upnp-org:device" in reply[:4096]:
        return Protocol.UPNP_DESCRIPTION
    return kind


def _certificate(data: bytes | bytearray) -> bytes | None:
    """The server's own certificate in a handshake's records: DER; empty if there is none, None = not yet.

    TLS up to 1.2 sends it in clear (RFC 5246 §7.4.2); of later versions nothing is seen.
    """
    handshake, at = bytearray(), 0
    while at + 5 <= len(data):
        if data[at] != _TLS_HANDSHAKE:
            return b""
        size = int.from_bytes(data[at + 3 : at + 5], "big")
        handshake += data[at + 5 : at + 5 + size]
        at += 5 + size
    at = 0
    while at + 4 <= len(handshake):
        kind, size = handshake[at], int.from_bytes(handshake[at + 1 : at + 4], "big")
        if kind == _CERTIFICATE:
            body = handshake[at + 4 : at + 4 + size]
            length = int.from_bytes(body[3:6], "big")
            if len(body) < size or len(body) < 6:
                return None
            return bytes(body[6 : 6 + length])
        at += 4 + size
    return None

"""Plays the recorded replies of many hosts on loopback, each host on an address of its own.

Only addresses within 127.88.0.0/16 are bound, and each connection is short: nothing can leave the machine.
"""

from __future__ import annotations

import asyncio
import ipaddress
import itertools
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from benchmarks.measure.cases import Case
from scanner.model.errors import Malformed
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol
from scanner.parsers import read

NETWORK = ipaddress.IPv4Network("127.88.0.0/16")
PATIENCE = 15.0
"""Seconds that a connection is kept open at most."""
REQUEST_LIMIT = 4096
"""Bytes of a request that are looked at."""
WEB = frozenset(
    {Protocol.HTTP, Protocol.HTTPS, Protocol.ISAPI, Protocol.ONVIF_SOAP, Protocol.UPNP_DESCRIPTION}
)
GREETING = frozenset({Protocol.TELNET, Protocol.FTP, Protocol.SSH})
USUAL = {
    Protocol.HTTP: 80,
    Protocol.ISAPI: 80,
    Protocol.RTSP: 554,
    Protocol.FTP: 21,
    Protocol.SSH: 22,
    Protocol.TELNET: 23,
    Protocol.SDK8000: 8000,
}
"""Ports of replies for which none is recorded. A certificate cannot be played without its key."""
PLAIN_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nConnection: close\r\n\r\n"
"""In front of a body that was recorded without its head."""


@dataclass(frozen=True)
class Play:
    """One port of one host."""

    case: Case
    address: str
    port: int
    protocol: Protocol
    answer: bytes


def plays(cases: Iterable[Case]) -> list[Play]:
    """What can be played: one reply a port, the first that was recorded there; each host has its address."""
    found: list[Play] = []
    for number, case in enumerate(cases, 1):
        address = str(NETWORK[number])
        ports: set[int] = set()
        for reply in case.observations:
            port = reply.port or USUAL.get(reply.protocol, 0)
            if port and port not in ports and (answer := answer_of(reply)):
                ports.add(port)
                found.append(Play(case, address, port, reply.protocol, answer))
    return found


def answer_of(reply: Observation) -> bytes:
    """The bytes on the wire; nothing if they cannot be played over TCP."""
    if reply.protocol in WEB:
        return reply.payload if reply.payload.startswith(b"HTTP/") else PLAIN_HEAD + reply.payload
    if reply.protocol is Protocol.RTSP:
        return reply.payload
    if reply.protocol in GREETING or reply.protocol is Protocol.SDK8000:
        with suppress(Malformed):
            return bytes.fromhex(next(iter(read(reply.protocol, reply.payload)["banner.hex"]), ""))
    return b""


def responds(protocol: Protocol, request: bytes) -> bool:
    """Whether the host says anything to a request; whatever path it names, there is one reply."""
    if protocol in WEB:
        return request.startswith(b"GET ")
    if protocol is Protocol.RTSP:
        return b" RTSP/" in request
    return protocol is Protocol.SDK8000


@asynccontextmanager
async def playing(known: Iterable[Play]) -> AsyncIterator[list[Play]]:
    """Answers as long as the context lasts.

    Yields:
        What could be bound: low ports need the right, and another program may hold one on all addresses.
    """
    servers: list[asyncio.Server] = []
    bound: list[Play] = []
    try:
        for play in known:
            if ipaddress.IPv4Address(play.address) not in NETWORK:
                raise ValueError(f"{play.address} is not on loopback")
            with suppress(OSError):
                servers.append(await asyncio.start_server(_Host(play).answer, play.address, play.port))
                bound.append(play)
        yield bound
    finally:
        for server in servers:
            server.close()


class _Host:
    """One port of one host."""

    def __init__(self, play: Play) -> None:
        self.play = play

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection: a greeting at once, or one reply to one request; then it is closed."""
        try:
            async with asyncio.timeout(PATIENCE):
                if self.play.protocol in GREETING:
                    writer.write(self.play.answer)
                    await writer.drain()
                    await reader.read(REQUEST_LIMIT)
                elif responds(self.play.protocol, await reader.read(REQUEST_LIMIT)):
                    writer.write(self.play.answer)
                    await writer.drain()
        except (OSError, TimeoutError):
            pass
        finally:
            writer.close()


def by_port(known: Iterable[Play]) -> dict[int, list[str]]:
    """The addresses that have a port, so that nobody asks for a port that is not played."""
    ordered = sorted(known, key=lambda play: play.port)
    return {
        port: [play.address for play in group]
        for port, group in itertools.groupby(ordered, key=lambda play: play.port)
    }

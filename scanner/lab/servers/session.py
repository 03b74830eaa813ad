"""One TCP connection to a lab device, with every byte that arrives on record."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, SupportsIndex

from scanner.lab.recorder import Recorder
from scanner.lab.servers.tls import Tls
from scanner.lab.station import Station

HEAD = 64 * 1024
"""A request head longer than this ends the connection."""
IDLE = 15.0
"""Seconds of silence after which a device closes."""


class RecordingReader(asyncio.StreamReader):
    """A reader that records what arrives even if the device never looks at it."""

    def __init__(self, session: Session) -> None:
        super().__init__(limit=HEAD)
        self._session = session

    def feed_data(self, data: Iterable[SupportsIndex]) -> None:
        """Record, then hand on."""
        arrived = bytes(data)
        self._session.record("bytes", arrived)
        super().feed_data(arrived)


@dataclass(slots=True)
class Session:
    """What a server needs of a connection."""

    station: Station
    recorder: Recorder
    port: int
    peer: str
    connection: int
    reader: asyncio.StreamReader | None = None
    writer: asyncio.StreamWriter | None = None

    def record(self, kind: str, data: bytes = b"", note: str = "") -> None:
        """Put something on record for this connection."""
        self.recorder.add(
            self.station.name,
            self.station.address,
            self.port,
            kind,
            data=data,
            peer=self.peer,
            connection=self.connection,
            note=note,
        )

    async def head(self, end: bytes = b"\r\n\r\n") -> bytes:
        """The next request head with its blank line, or empty when the peer is gone, slow or too long."""
        if self.reader is None:
            return b""
        try:
            async with asyncio.timeout(IDLE):
                return await self.reader.readuntil(end)
        except (TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError):
            return b""

    async def body(self, length: int) -> bytes:
        """A request body of the announced length, at most `HEAD` bytes."""
        if self.reader is None or not 0 < length <= HEAD:
            return b""
        try:
            async with asyncio.timeout(IDLE):
                return await self.reader.readexactly(length)
        except (TimeoutError, asyncio.IncompleteReadError, OSError):
            return b""

    async def send(self, data: bytes) -> bool:
        """Send; False once the peer is gone."""
        if self.writer is None or self.writer.is_closing():
            return False
        try:
            self.writer.write(data)
            await self.writer.drain()
        except OSError:
            return False
        return True

    async def linger(self, seconds: float) -> None:
        """Read (and so record) until the peer closes or the time is over."""
        if self.reader is None:
            return
        with contextlib.suppress(TimeoutError, OSError):
            async with asyncio.timeout(seconds):
                while await self.reader.read(HEAD):
                    pass


class TcpServer(Protocol):
    """A service on a TCP port."""

    @property
    def port(self) -> int:
        """The true port of the device."""

    @property
    def tls(self) -> Tls | None:
        """The certificate, for a service inside TLS."""

    async def serve(self, session: Session) -> None:
        """Talk to one peer until it is done."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A datagram to send back."""

    data: bytes
    group: tuple[str, int] | None = None
    """Where to send it instead of back to the asker."""


class UdpServer(Protocol):
    """A service on a UDP port."""

    @property
    def port(self) -> int:
        """The port, never moved."""

    @property
    def groups(self) -> tuple[str, ...]:
        """Multicast groups to join where the lab stands on real interfaces."""

    @property
    def unicast(self) -> bool:
        """Whether it also listens on its own address."""

    @property
    def answers_from_port(self) -> bool:
        """Whether its answers must leave from the port that it listens on."""

    def answer(self, datagram: bytes, station: Station) -> tuple[Reply, ...]:
        """The answers to a datagram; none for what a real device would ignore."""

    def expected(self, datagram: bytes) -> bool:
        """False for a message that a careful scanner never sends."""

"""Peers that mean harm or are broken: slow, endless, deep. Each is bounded, so that the lab survives too."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from scanner.lab.servers.http import take
from scanner.lab.servers.session import Session
from scanner.lab.servers.tls import Tls

_LONGEST = 300.0
"""Seconds after which even a hostile device lets go."""
_MOST = 64 * 1024 * 1024
"""Bytes after which even an endless reply ends; far above what a scanner may read."""


@dataclass(frozen=True, slots=True)
class Tarpit:
    """One byte a second, for ever."""

    port: int = 80
    tls: Tls | None = None
    text: bytes = b"HTTP/1.1 200 OK\r\nServer: lighttpd\r\nX-Padding: "
    pause: float = 1.0

    async def serve(self, session: Session) -> None:
        """Take the request and drip."""
        head = await session.head()
        if not head:
            return
        await take(session, head)
        end = time.monotonic() + _LONGEST
        sent = 0
        while time.monotonic() < end:
            byte = self.text[sent : sent + 1] or b"a"
            if not await session.send(byte):
                return
            sent += 1
            await asyncio.sleep(self.pause)


@dataclass(frozen=True, slots=True)
class Endless:
    """A reply that starts well and then repeats one part without end."""

    head: bytes
    repeat: bytes
    port: int = 80
    tls: Tls | None = None

    async def serve(self, session: Session) -> None:
        """Take the request and flood, as fast as the peer reads."""
        head = await session.head()
        if not head:
            return
        await take(session, head)
        block = self.repeat * max(1, 65536 // len(self.repeat))
        end = time.monotonic() + _LONGEST
        sent = len(self.head)
        alive = await session.send(self.head)
        while alive and sent < _MOST and time.monotonic() < end:
            alive = await session.send(block)
            sent += len(block)
            await asyncio.sleep(0)

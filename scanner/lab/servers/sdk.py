"""Ports that wait for their own client: the SDK port 8000, the app ports 9010 and 9020, a printer's 9100.

A careful scanner connects, listens and closes. Every byte that it sends here is on record, and is
unexpected.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from scanner.lab.servers.session import Session
from scanner.lab.servers.tls import Tls


@dataclass(frozen=True, slots=True)
class Waiting:
    """A service that says nothing, or the same few bytes after a while."""

    port: int
    says: bytes = b""
    after: float = 0.5
    """Seconds until it says them."""
    tls: Tls | None = None
    patience: float = 15.0
    strict: bool = True
    """False: a port that a scanner may take for a web server (8443); a request there is no trespass.

    What such a service cannot read ends the connection (inferred, as a length field out of bounds would).
    """

    async def serve(self, session: Session) -> None:
        """Wait; speak if there is something to say; put what comes on record."""
        if self.says:
            await asyncio.sleep(self.after)
            await session.send(self.says)
        if not self.strict:
            await session.head()
            return
        await session.linger(self.patience)
        heard = session.recorder.records(session.station.name, "bytes")
        if any(record.connection == session.connection for record in heard):
            session.record("unexpected", note="bytes on a port that is only listened to")

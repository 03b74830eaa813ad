"""RTSP: OPTIONS and one DESCRIBE, with the raw header lines of the recorded device."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scanner.lab.servers.session import Session
from scanner.lab.servers.tls import Tls

_REQUESTS = 16
_ALLOWED = ("OPTIONS", "DESCRIBE")


@dataclass(frozen=True, slots=True)
class Rtsp:
    """Replies by method; ``@cseq@`` in them is the number that the client sent."""

    replies: Mapping[str, str]
    """Whole replies, lines ended by a line feed here and by CR LF on the wire."""
    port: int = 554
    tls: Tls | None = None
    otherwise: str = "RTSP/1.0 400 Bad Request\nCSeq: @cseq@\n\n"

    async def serve(self, session: Session) -> None:
        """Answer requests until the peer is gone."""
        for _ in range(_REQUESTS):
            head = await session.head()
            if not head:
                return
            first, *rest = head.decode("latin-1").split("\r\n")
            headers = {
                name.strip().lower(): value.strip()
                for name, _, value in (line.partition(":") for line in rest)
            }
            method = first.split(" ", 1)[0]
            session.record("request", first.encode("latin-1"))
            if method not in _ALLOWED or "authorization" in headers:
                session.record("unexpected", head, "a credential" if method in _ALLOWED else "a method")
            text = self.replies.get(method, self.otherwise)
            filled = session.station.fill(text, cseq=headers.get("cseq", "0"))
            if not await session.send(filled.replace("\n", "\r\n").encode()):
                return

"""SSDP (UDP 1900): an M-SEARCH in, an HTTP-shaped answer with a LOCATION out. Only on real interfaces."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.lab.servers.session import Reply
from scanner.lab.station import Station


@dataclass(frozen=True, slots=True)
class Ssdp:
    """A recorded answer, lines ended by a line feed."""

    text: str
    unicast: bool = False
    answers_from_port: bool = False
    port: int = 1900
    groups: tuple[str, ...] = ("239.255.255.250",)

    def answer(self, datagram: bytes, station: Station) -> tuple[Reply, ...]:
        """One answer to an M-SEARCH for all, for root devices or for basic devices."""
        if not datagram.startswith(b"M-SEARCH"):
            return ()
        return (Reply(station.fill(self.text).replace("\n", "\r\n").encode()),)

    def expected(self, datagram: bytes) -> bool:
        """A search, or another device's announcement."""
        return datagram.startswith((b"M-SEARCH", b"NOTIFY"))

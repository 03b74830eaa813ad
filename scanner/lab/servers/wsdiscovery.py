"""WS-Discovery (UDP 3702): a Probe in, a ProbeMatches envelope out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from scanner.lab.servers.session import Reply
from scanner.lab.station import Station

_MESSAGE = re.compile(rb"MessageID[^>]*>\s*([^<\s]{1,128})\s*<")
_PROBE = re.compile(rb"<(?:[\w-]+:)?Probe[\s>/]")


@dataclass(frozen=True, slots=True)
class Discovery:
    """A recorded envelope; ``@relates-to@`` is the number of the question."""

    envelope: str
    unicast: bool = True
    answers_from_port: bool = True
    port: int = 3702
    groups: tuple[str, ...] = ("239.255.255.250",)

    def answer(self, datagram: bytes, station: Station) -> tuple[Reply, ...]:
        """One envelope to a Probe, nothing to anything else."""
        message = _MESSAGE.search(datagram)
        if not _PROBE.search(datagram) or message is None:
            return ()
        return (Reply(station.fill(self.envelope, **{"relates-to": message[1].decode("latin-1")}).encode()),)

    def expected(self, datagram: bytes) -> bool:
        """A Probe, or what devices say to each other (Hello, Bye, ProbeMatches)."""
        return b"2005/04/discovery" in datagram

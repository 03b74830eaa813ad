"""What came back from the network, byte for byte."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

from scanner.model.protocol import Protocol


@dataclass(frozen=True)
class Observation:
    """The bytes of one reply and the circumstances in which they came."""

    host: str
    """The address (canonical spelling), or any name that a file of observations uses."""
    protocol: Protocol
    payload: bytes
    port: int = 0
    """0 = none."""
    request: str | None = None
    """What was asked, for example ``GET /ISAPI/System/deviceInfo``; None = not known."""
    run: str = ""
    method: str = ""
    """Name of the probe that asked or heard."""
    interface: str = ""
    """Where a link-local answer came in; empty = not known or routed."""
    at: str = ""
    """UTC time, ISO 8601."""
    synthesised: bool = False
    """True when the payload is our canonical text of a record and not the bytes of the wire."""
    source: str = ""
    """File of another tool that it was read from; empty for what we heard ourselves."""
    dated: str = ""
    """``file``: ``at`` is the date of that file, since the row itself has no time."""
    digest: str = ""
    """SHA-256 of the payload as it came, before any secret was cut; filled by the journal."""

    @cached_property
    def id(self) -> str:
        """Name of the observation: a digest over the payload and its whole circumstance."""
        body = self.digest or hashlib.sha256(self.payload).hexdigest()
        parts = (self.run, self.method, self.interface, self.host, self.protocol, str(self.port))
        text = "\x1f".join((*parts, self.request or "", self.at, body))
        return "obs-" + hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:16]

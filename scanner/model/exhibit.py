"""An observation that evidence points to, as a report shows it: whence, when, and how its bytes begin."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.model.protocol import Protocol


@dataclass(frozen=True, slots=True)
class Exhibit:
    """Enough of one observation to check a piece of evidence by, and to find the whole in the journal."""

    observation: str
    """Its name, as evidence gives it."""
    host: str
    protocol: Protocol
    port: int
    digest: str
    """SHA-256 of the payload as it came, before any secret was cut."""
    size: int
    """Bytes of the payload."""
    excerpt: bytes | None
    """Raw bytes without secrets; None where a bound on all of them together was reached."""
    offset: int = 0
    """Where in the payload the excerpt begins."""
    request: str | None = None
    method: str = ""
    interface: str = ""
    at: str = ""
    """UTC time, ISO 8601."""
    dated: str = ""
    """``file``: the time is that of the file it was read from."""
    source: str = ""
    """File of another tool that it was read from."""
    synthesised: bool = False
    """The payload is our canonical text of a record and not the bytes of the wire."""

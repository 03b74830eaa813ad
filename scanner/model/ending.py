"""How an exchange ended: one word of a closed list, and the record that carries it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Ending(StrEnum):
    """How an exchange with one port ended.

    Our own rate, budget or lateness is ``STOPPED_BY_US`` and never the host's silence.
    """

    COMPLETE = "complete"
    CUT = "cut"
    """We stopped reading at our own limit; what was read is kept."""
    CLOSED_EARLY = "closed-early"
    REFUSED = "refused"
    SILENT = "silent"
    TLS_FAILED = "tls-failed"
    OTHER_PROTOCOL = "other-protocol"
    MALFORMED = "malformed"
    STOPPED_BY_US = "stopped-by-us"
    NEVER_ASKED = "never-asked"
    FAULT = "fault"
    """A bug or a failure of ours; it makes the verdict incomplete."""


@dataclass(frozen=True, slots=True)
class Ended:
    """One question to one address and how it ended."""

    method: str
    """Name of the probe, or ``tcp`` for the sweep."""
    address: str
    port: int
    ending: Ending
    request: str | None = None
    """What was asked, for example ``GET /``."""
    detail: str = ""
    at: str = ""
    """UTC time, ISO 8601 with seconds."""

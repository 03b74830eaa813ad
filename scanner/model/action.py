"""What a conversation may want from the transport that runs it, and what it is told."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TypeAlias

from scanner.model.ending import Ending
from scanner.model.exchange import Exchange


@dataclass(frozen=True, slots=True)
class Open:
    """Connect to a TCP port of the target. Only one connection is open at a time."""

    port: int
    within: float | None = None
    """Seconds; None = as long as a step may take."""


@dataclass(frozen=True, slots=True)
class StartTls:
    """Shake hands on the open connection; the outcome's data is the peer's certificate (DER) or empty."""


@dataclass(frozen=True, slots=True)
class Send:
    """Send one whole request."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Receive:
    """Wait for some bytes: returns as soon as any are there.

    ``up_to`` is in bytes, ``within`` in seconds.
    """

    up_to: int
    within: float


@dataclass(frozen=True, slots=True)
class Close:
    """Close the connection."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened. ``ending`` is None when the action did what it should.

    ``Receive``: CLOSED_EARLY = the peer closed (no more data will come), SILENT = nothing within the time.
    ``Open``: REFUSED, SILENT. ``StartTls``: TLS_FAILED. Any action: STOPPED_BY_US (budget, deadline), FAULT.
    """

    ending: Ending | None = None
    data: bytes = b""
    detail: str = ""


Action: TypeAlias = Open | StartTls | Send | Receive | Close
Conversation: TypeAlias = Generator[Action, Outcome, tuple[Exchange, ...]]

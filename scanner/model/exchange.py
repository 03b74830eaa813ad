"""One question of a conversation and what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.model.ending import Ending
from scanner.model.protocol import Protocol


@dataclass(frozen=True, slots=True)
class Exchange:
    """What a probe asked a port, what it got, and how it ended. An empty payload is no observation."""

    protocol: Protocol
    port: int
    ending: Ending
    payload: bytes = b""
    request: str | None = None
    detail: str = ""

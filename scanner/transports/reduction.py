"""What a transport could not do, as a value: it becomes a gap of the coverage."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reduction:
    """Something that was not done on an interface, and why."""

    interface: str
    reason: str
    total: bool = False
    """True when nothing at all was asked."""

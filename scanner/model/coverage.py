"""What was looked at and what was not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class AddressState(StrEnum):
    """State of an address; the first that applies wins, in this order."""

    EXCLUDED = "excluded"
    ABORTED = "aborted"
    ANSWERED = "answered"
    REFUSED = "refused"
    BLIND = "blind"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class MethodCount:
    """How the questions of one method ended, counted by address."""

    asked: int = 0
    answered: int = 0
    silent: int = 0
    refused: int = 0
    stopped: int = 0


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that was not looked at, and why."""

    targets: str
    """A prefix, an address, an interface, or ``all``."""
    method: str
    state: str
    reason: str
    affects_verdict: bool


@dataclass(frozen=True, slots=True)
class Coverage:
    """The account of every address and every method. ``by_state`` sums to ``addresses``."""

    addresses: int
    by_state: Mapping[AddressState, int]
    by_method: Mapping[str, MethodCount] = field(default_factory=dict)
    gaps: tuple[Gap, ...] = ()

    @property
    def complete(self) -> bool:
        """True when no address is blind or aborted and no gap affects the verdict."""
        unseen = self.by_state.get(AddressState.BLIND, 0) + self.by_state.get(AddressState.ABORTED, 0)
        return unseen == 0 and not any(gap.affects_verdict for gap in self.gaps)

"""Everything that a run knows of one device or one address, and what it concluded from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from scanner.model.coverage import AddressState, Gap
from scanner.model.device import Device
from scanner.model.ending import Ended
from scanner.model.exhibit import Exhibit
from scanner.model.report import Ignored


@dataclass(frozen=True, slots=True)
class Explained:
    """One device or one address of a run, ready to be told."""

    asked_for: str
    """What the user named."""
    run: str
    journal: str
    device: Device | None
    """None: nothing spoke there."""
    states: Mapping[str, AddressState | None]
    """Each address and its state; None = outside the scope of the run."""
    exhibits: Mapping[str, Exhibit] = field(default_factory=dict)
    """By the observation's name."""
    heard: Mapping[str, int] = field(default_factory=dict)
    """Observations by protocol, whether or not they prove something."""
    endings: tuple[Ended, ...] = ()
    """How questions to these addresses ended."""
    notes: tuple[str, ...] = ()
    """What else was recorded of these addresses."""
    gaps: tuple[Gap, ...] = ()
    """What was not looked at and may concern them."""
    routed: bool = False
    """None of the addresses lies on a link of the machine that looked."""
    scope: str = ""
    ghost: Ignored | None = None
    """Why the address is no device though it answers; None where that is not so."""
    asks: bool = True
    """False for a run that listens or reads files: it asks nobody."""
    read: bool = False
    """True for a run that only reads files."""

"""What a running scan tells its caller."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from scanner.model.device import Device
from scanner.model.report import Report


@dataclass(frozen=True, slots=True)
class Started:
    """The journal is open and the scan begins."""

    run: str
    journal: Path


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the sweep is. ``total`` and ``done`` count packets that it may need at most."""

    done: int
    total: int
    rate: float
    """Packets a second over the last while."""
    left: float | None
    """Seconds, as far as can be told."""
    alive: int
    found: int
    looking: int
    """Hosts that are being talked to."""


@dataclass(frozen=True, slots=True)
class DeviceFound:
    """A host has been looked at. The last word on it is in the report."""

    device: Device


@dataclass(frozen=True, slots=True)
class Note:
    """Something the user should read now."""

    text: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The scan is over; the report is the same that `report` makes of the journal."""

    report: Report
    journal: Path
    interrupted: bool


Event: TypeAlias = Started | Progress | DeviceFound | Note | Finished

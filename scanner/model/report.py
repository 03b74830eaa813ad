"""Everything that a report format needs: the run, its coverage, its devices, its errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from scanner.model.coverage import Coverage
from scanner.model.device import Confidence, Device
from scanner.model.evidence import Maker
from scanner.model.exhibit import Exhibit
from scanner.model.finding import Text


class Verdict(StrEnum):
    """What the run amounts to."""

    FOUND = "found"
    CLEAR = "clear"
    INCOMPLETE = "incomplete"
    """None found, and something was not looked at."""


@dataclass(frozen=True, slots=True)
class Sensor:
    """The machine that looked."""

    name: str
    host: str
    interfaces: tuple[str, ...] = ()
    """As ``eth0 10.1.0.5/24``."""
    privileges: tuple[str, ...] = ()
    """``raw-socket`` and the like; empty for an ordinary user."""


@dataclass(frozen=True, slots=True)
class KnowledgeVersion:
    """Version and date of one body of knowledge."""

    version: str
    date: str


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """A file of another tool that was read. ``rows`` = ``used`` + the sum of ``unused``."""

    name: str
    format: str
    digest: str
    """SHA-256 of the file as it lies there."""
    rows: int
    used: int
    unused: Mapping[str, int]
    """How many rows gave nothing, by reason."""
    broken: int = 0
    """How many of these could not be read."""
    problem: str = ""
    """Why it was not read to its end; empty if it was."""
    cannot_tell: str = ""
    """Which conclusions data of this format does not carry."""
    left: Mapping[str, int] = field(default_factory=dict)
    """Parts of rows that gave nothing, though the row may have been used, and how many of each."""


@dataclass(frozen=True, slots=True)
class RunInfo:
    """Who looked, when, at what, with which knowledge."""

    id: str
    version: str
    started: str
    finished: str | None
    """None: the run was ended from outside before it could say so."""
    targets: tuple[str, ...]
    profiles: tuple[str, ...]
    engine: str
    reference: str | None
    sensor: Sensor
    knowledge: Mapping[str, KnowledgeVersion]
    """Keys: signatures, mandates, oui."""
    interrupted: bool = False
    files: tuple[ImportedFile, ...] = ()
    """Files of other tools that were read."""


@dataclass(frozen=True, slots=True)
class RunError:
    """Something that went wrong, as a result."""

    where: str
    message: str


class GhostKind(StrEnum):
    """Why an address is no device though it answers."""

    EVERY_PORT = "every-port"
    EVERY_PATH = "every-path"
    SAME_ANSWERS = "same-answers"
    """It answers as its neighbours do, of which some are known to accept or answer everything."""


@dataclass(frozen=True, slots=True)
class Ignored:
    """An address that answers everything, so that its answers prove nothing; it is no device."""

    address: str
    kind: GhostKind
    reason: str
    evidence: tuple[str, ...] = ()
    """What shows it, in words."""


@dataclass(frozen=True, slots=True)
class Report:
    """The whole result of a scan, or of journals read again."""

    run: RunInfo
    coverage: Coverage
    devices: tuple[Device, ...]
    errors: tuple[RunError, ...] = ()
    disclaimer: Text = field(default_factory=lambda: Text(""))
    notes: tuple[Text, ...] = ()
    """Sentences that stand once in a report, such as that a measure reaches other makers too."""
    observations: tuple[Exhibit, ...] = ()
    """What the evidence of the devices points to."""
    ignored: tuple[Ignored, ...] = ()
    """Addresses that answered and are no devices."""

    def hikvision(self, confidence: Confidence) -> int:
        """Number of Hikvision devices at this confidence."""
        return sum(d.evidenced_maker is Maker.HIKVISION and d.confidence is confidence for d in self.devices)

    @property
    def found(self) -> int:
        """Number of Hikvision devices at any confidence."""
        return sum(
            d.evidenced_maker is Maker.HIKVISION and d.confidence is not Confidence.NONE for d in self.devices
        )

    @property
    def verdict(self) -> Verdict:
        """Found, clear or incomplete."""
        if self.found:
            return Verdict.FOUND
        return Verdict.CLEAR if self.coverage.complete else Verdict.INCOMPLETE

    @property
    def headline(self) -> str:
        """The one line that a reader must see."""
        if self.found:
            return f"Found {self.found}" + ("" if self.coverage.complete else ", coverage INCOMPLETE")
        return f"None found, coverage {'complete' if self.coverage.complete else 'INCOMPLETE'}"

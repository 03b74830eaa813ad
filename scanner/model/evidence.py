"""A signature that matched."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from scanner.model.protocol import Protocol


class Strength(StrEnum):
    """How far a signature carries alone."""

    CONCLUSIVE = "conclusive"
    STRONG = "strong"
    WEAK = "weak"


class Maker(StrEnum):
    """Who made the device, as far as the evidence says."""

    HIKVISION = "hikvision"
    OTHER = "other"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Claims:
    """What a matched signature says about the device; None = it says nothing of it."""

    maker: Maker | None = None
    maker_name: str | None = None
    brand: str | None = None
    relation: str | None = None
    device_class: str | None = None
    model: str | None = None
    serial: str | None = None
    firmware: str | None = None
    mac: str | None = None
    hostname: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One signature found in one observation, with the words that prove it."""

    signature: str
    protocol: Protocol
    port: int
    claim: str
    """What the signature says, in words."""
    strength: Strength
    excerpt: str
    observation: str
    """Name of the observation."""
    family: str = ""
    """Signals of one family are not independent of each other."""
    why: str = ""
    """Why it has its strength, and where that is known from."""
    claims: Claims = field(default_factory=Claims)

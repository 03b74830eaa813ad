"""A device: what the evidence of one thing on the network adds up to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from scanner.model.evidence import Evidence, Maker
from scanner.model.finding import Finding
from scanner.model.identity import Identity, Name
from scanner.model.sighting import Sighting


class Relation(StrEnum):
    """How the presented brand stands to the evidenced maker."""

    OWN = "own"
    SUBSIDIARY = "subsidiary"
    RELABEL = "relabel"
    UNKNOWN = "unknown"


class DeviceClass(StrEnum):
    """What kind of thing it is."""

    CAMERA = "camera"
    RECORDER = "recorder"
    ACCESS = "access"
    DOORBELL = "doorbell"
    PLATFORM = "platform"
    SWITCH = "switch"
    ENCODER = "encoder"
    OTHER = "other"


class Confidence(StrEnum):
    """How sure the evidenced maker is, by rule and not by score."""

    CONFIRMED = "confirmed"
    PROBABLE = "probable"
    POSSIBLE = "possible"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Channels:
    """What may hang behind a recorder. Nothing of it is ever counted among the devices found."""

    room: int
    """Channels that it has room for."""
    tied: int
    """Channels that its own replies show to be in use."""
    open: int
    """Channels at most to look for by hand."""
    sentence: str
    """The same in words."""


@dataclass(frozen=True, slots=True)
class Device:
    """One thing on the network. ``evidenced_maker`` and ``presented_brand`` are two facts, never merged."""

    id: str
    """Digest of the most lasting name: serial, endpoint reference, TLS key with serial, MAC, else address."""
    addresses: tuple[str, ...]
    evidenced_maker: Maker = Maker.UNKNOWN
    confidence: Confidence = Confidence.NONE
    """Of ``evidenced_maker``; an unknown maker has none."""
    mac: str | None = None
    maker_name: str | None = None
    presented_brand: str | None = None
    """The brand that the device itself states, spelt as in ``brands.yaml``."""
    relation: Relation | None = None
    device_class: DeviceClass | None = None
    model: str | None = None
    serial: str | None = None
    firmware: str | None = None
    rule: str = ""
    """The rule that gave the maker and the level, in words."""
    evidence: tuple[Evidence, ...] = ()
    contradictions: tuple[str, ...] = ()
    would_raise: tuple[str, ...] = ()
    mandates: tuple[Finding, ...] = ()
    seen_at: tuple[Sighting, ...] = ()
    """Switch ports at whose end it was seen; never an uplink."""
    oem_code: str | None = None
    """The customer's number that the device gives for its firmware, where it is none of the maker's own."""
    series: str | None = None
    """What its model name tells of the line that it belongs to."""
    analogue: bool | None = None
    """Whether analogue cameras may hang behind it; None: no recorder, or not known."""
    produced: str | None = None
    """When it was made, as an ISO 8601 interval: ``2019-11/2020-06``; of a known day ``DAY/DAY``."""
    built: str | None = None
    """Day on which its firmware was built, ISO 8601."""
    channels: Channels | None = None
    """Of recorders only."""
    identity: Identity | None = None
    """What ``id`` is the digest of, and why devices were joined or kept apart; None: not worked out."""
    names: tuple[Name, ...] = ()
    """Everything that may name it, the most lasting first; not part of the JSON contract."""
    ports: tuple[int, ...] = ()
    """TCP ports at which it was seen, where several devices stand behind one address; else empty."""
    also: tuple[Device, ...] = ()
    """The other devices behind the same address; only where one line has to stand for an address."""
    software: str | None = None
    """The maker's software, where it runs on a machine that is not the maker's; the machine is no finding."""

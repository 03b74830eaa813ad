"""What names a device, so that it is the same one in every run that sees it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Rung(StrEnum):
    """What may name a device, the most lasting first."""

    SERIAL = "serial"
    """The short form of its serial number."""
    ENDPOINT = "endpoint"
    """The endpoint reference that it gives in discovery (ONVIF Core §7.3.1)."""
    TLS = "tls"
    """The digest of the public key of its certificate, with the serial number that it states."""
    MAC = "mac"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Name:
    """One thing that may name a device."""

    rung: Rung
    key: str

    def __str__(self) -> str:
        return f"{self.rung}:{self.key}"


@dataclass(frozen=True, slots=True)
class Identity:
    """What a device's id is the digest of, and why devices were joined or kept apart."""

    rung: Rung
    key: str
    reasons: tuple[str, ...] = ()

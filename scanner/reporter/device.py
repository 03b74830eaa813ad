"""A device as the JSON contract spells it: every key there, in one order, absent = null or an empty list."""

from __future__ import annotations

from typing import Any

from scanner.model.device import Channels, Confidence, Device
from scanner.model.evidence import Evidence, Maker
from scanner.model.finding import Deadline, Finding
from scanner.model.identity import Identity
from scanner.model.sighting import Sighting

SHORT = (
    *("id", "evidenced_maker", "maker_name", "presented_brand", "relation", "device_class"),
    *("model", "serial", "mac", "firmware", "confidence", "ports", "identity"),
)
"""What is said of another device behind the same address."""


def device_fields(device: Device) -> dict[str, Any]:
    """The device's fields, ready for ``json.dumps``; ``scan`` and ``identify`` print the same.

    An unknown maker has no confidence, and only the maker that we look for has a relation, whatever the
    device object says: a reader of the JSON may rely on both.
    """
    maker = device.evidenced_maker
    found = maker is Maker.HIKVISION
    confidence = Confidence.NONE if maker is Maker.UNKNOWN else device.confidence
    return {
        "id": device.id,
        "addresses": list(device.addresses),
        "mac": device.mac or None,
        "evidenced_maker": maker.value,
        "maker_name": device.maker_name or None,
        "presented_brand": device.presented_brand or None,
        "relation": device.relation.value if found and device.relation else None,
        "device_class": device.device_class.value if device.device_class else None,
        "model": device.model or None,
        "serial": device.serial or None,
        "firmware": device.firmware or None,
        "confidence": confidence.value,
        "rule": device.rule,
        "evidence": [evidence_fields(evidence) for evidence in device.evidence],
        "contradictions": list(device.contradictions),
        "would_raise": list(device.would_raise),
        "mandates": [finding_fields(finding) for finding in device.mandates],
        "seen_at": [sighting_fields(sighting) for sighting in device.seen_at],
        "oem_code": device.oem_code or None,
        "series": device.series or None,
        "analogue": device.analogue,
        "produced": device.produced or None,
        "built": device.built or None,
        "channels": channels_fields(device.channels),
        "software": device.software or None,
        "identity": identity_fields(device.identity),
        "ports": list(device.ports),
        "also": [short_fields(other) for other in device.also],
    }


def identity_fields(identity: Identity | None) -> dict[str, Any] | None:
    """What the id is the digest of, and why devices were joined or kept apart."""
    if identity is None:
        return None
    return {"rung": identity.rung.value, "key": identity.key, "reasons": list(identity.reasons)}


def short_fields(device: Device) -> dict[str, Any]:
    """Another device behind the same address, in short."""
    fields = device_fields(device)
    return {name: fields[name] for name in SHORT}


def channels_fields(channels: Channels | None) -> dict[str, Any] | None:
    """What may hang behind a recorder."""
    if channels is None:
        return None
    return {
        "room": channels.room,
        "tied": channels.tied,
        "open": channels.open,
        "sentence": channels.sentence,
    }


def evidence_fields(evidence: Evidence) -> dict[str, Any]:
    """One signature that matched."""
    return {
        "signature": evidence.signature,
        "protocol": evidence.protocol.value,
        "port": evidence.port,
        "claim": evidence.claim,
        "strength": evidence.strength.value,
        "excerpt": evidence.excerpt,
        "family": evidence.family,
        "why": evidence.why,
        "observation": evidence.observation,
    }


def sighting_fields(sighting: Sighting) -> dict[str, Any]:
    """A switch port at whose end the device was seen."""
    return {
        "switch": sighting.switch,
        "port": sighting.port,
        "vlan": sighting.vlan,
        "mac": sighting.mac,
        "source": sighting.source,
        "at": sighting.at or None,
    }


def finding_fields(finding: Finding) -> dict[str, Any]:
    """One measure and what it asks; the contract keeps the reason in English only."""
    return {
        "id": finding.id,
        "applies": finding.applies,
        "decision": finding.decision or None,
        "action": {"en": finding.action.en, "fr": finding.action.fr or None},
        "deadline": deadline_fields(finding.deadline),
        "citation": finding.citation,
        "reason": finding.reason.en,
        "as_of": finding.as_of,
    }


def deadline_fields(deadline: Deadline | None) -> dict[str, Any] | None:
    """A published date as it was published: a month stays a month."""
    if deadline is None:
        return None
    return {"value": deadline.value, "precision": deadline.precision, "sure": deadline.sure}

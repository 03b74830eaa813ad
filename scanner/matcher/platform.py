"""The maker's software on somebody else's machine: what speaks of the software, and what of the machine."""

from __future__ import annotations

from collections.abc import Sequence

from scanner.knowledge import Knowledge
from scanner.matcher.level import strongest_first
from scanner.matcher.rules import HARDWARE, STRENGTHS
from scanner.model.device import DeviceClass
from scanner.model.evidence import Evidence, Maker, Strength


def without_machine(counting: Sequence[Evidence], knowledge: Knowledge) -> tuple[Evidence, ...]:
    """The evidence without what speaks of the machine alone.

    A server of another maker that runs the maker's software is no contradiction: what its other ports show is
    the machine's. Where a sign of the maker's own hardware is among the evidence, everything stays.
    """
    ours = _ours(counting)
    ports = {one.port for one in ours if _speaks_of_software(one)}
    if not ports or any(_shows_hardware(one, knowledge) for one in ours):
        return tuple(counting)
    return tuple(one for one in counting if one.claims.maker is not Maker.OTHER or one.port in ports)


def software_in(counting: Sequence[Evidence], knowledge: Knowledge) -> str | None:
    """The fullest name of the software that was found; None where hardware of the maker, or none, was."""
    ours = strongest_first(_ours(counting))
    if any(_shows_hardware(one, knowledge) for one in ours):
        return None
    names = [
        one.claims.model or knowledge.software.name(one.signature, one.excerpt)
        for one in ours
        if _speaks_of_software(one)
    ]
    fuller = (name for name in names[1:] if name and name.startswith(f"{names[0]} "))
    return next(fuller, names[0]) if names else None


def _ours(evidence: Sequence[Evidence]) -> list[Evidence]:
    return [one for one in evidence if one.claims.maker is Maker.HIKVISION]


def _speaks_of_software(one: Evidence) -> bool:
    enough = STRENGTHS[one.strength] >= STRENGTHS[Strength.STRONG]
    return one.claims.device_class == DeviceClass.PLATFORM and enough


def _shows_hardware(one: Evidence, knowledge: Knowledge) -> bool:
    """A sign that only a device gives: a model of the maker's own servers is one, a program's name none."""
    if one.claims.model is not None:
        info = knowledge.models.classify(one.claims.model)
        if info is not None and info.software:
            return False
    elif one.claims.device_class == DeviceClass.PLATFORM:
        return False
    return one.family in HARDWARE and STRENGTHS[one.strength] >= STRENGTHS[Strength.STRONG]

"""The findings of many devices, put together by measure: each measure is said once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from scanner.model.device import Device
from scanner.model.finding import Deadline, Finding, Text
from scanner.reporter.wording import decision_tone

_URGENCY = {"act": 0, "heed": 1, "calm": 2}


@dataclass(slots=True)
class Said:
    """The same sentence for one or more devices."""

    applies: str
    decision: str | None
    action: Text
    deadline: Deadline | None
    profile: str | None
    reasons: list[Text] = field(default_factory=list)
    """Distinct reasons, in the order in which they came."""
    devices: list[Device] = field(default_factory=list)


@dataclass(slots=True)
class Measure:
    """One measure, and what it says to whom."""

    id: str
    citation: str
    as_of: str
    said: list[Said] = field(default_factory=list)

    @property
    def reaches(self) -> bool:
        """True when it applies or may apply to at least one of the devices."""
        return any(said.applies != "no" for said in self.said)

    @property
    def informs(self) -> bool:
        """True when no profile was chosen: information, and no decision."""
        return all(said.decision is None for said in self.said)


def measures(devices: Iterable[Device]) -> list[Measure]:
    """Every measure that a finding of these devices names, the strictest first."""
    found: dict[str, Measure] = {}
    known: dict[Finding, Said] = {}
    spoken: dict[tuple[object, ...], Said] = {}
    places: dict[str, tuple[int, int]] = {}
    for device in devices:
        for place, finding in enumerate(device.mandates):
            sentence = known.get(finding)
            if sentence is None:
                sentence = _sentence(finding, found, spoken)
                known[finding] = sentence
            if not sentence.devices or sentence.devices[-1] is not device:
                sentence.devices.append(device)
            rank = (_URGENCY[decision_tone(finding.decision)] if finding.applies != "no" else 9, place)
            places[finding.id] = min(places.get(finding.id, rank), rank)
    return sorted(found.values(), key=lambda measure: places[measure.id])


def _sentence(finding: Finding, found: dict[str, Measure], spoken: dict[tuple[object, ...], Said]) -> Said:
    measure = found.setdefault(finding.id, Measure(finding.id, finding.citation, finding.as_of))
    key = (
        finding.id,
        finding.applies,
        finding.decision,
        finding.action,
        finding.deadline,
        finding.profile,
    )
    sentence = spoken.get(key)
    if sentence is None:
        sentence = Said(finding.applies, finding.decision, finding.action, finding.deadline, finding.profile)
        spoken[key] = sentence
        measure.said.append(sentence)
    if finding.reason not in sentence.reasons:
        sentence.reasons.append(finding.reason)
    return sentence

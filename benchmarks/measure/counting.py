"""Identify every host of a corpus and hold it against its truth."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from benchmarks.measure.cases import FIELDS, OWN, Case
from benchmarks.measure.interval import ratio
from benchmarks.measure.unread import unread
from scanner.knowledge import Knowledge
from scanner.knowledge.match import match
from scanner.matcher import identify
from scanner.model.device import Confidence, Device
from scanner.model.errors import Malformed
from scanner.model.evidence import Maker, Strength
from scanner.parsers import read
from scanner.reporter.device import device_fields

MISSED = "missed"
ALARM = "false alarm"
DISPUTE = "dispute"
UNREAD = "each source unread"
"""The part that is no part of the hosts but all of them, each without what was learnt from its source."""


class Error(NamedTuple):
    """One thing that came out otherwise than the corpus says."""

    host: str
    kind: str
    """A field, or one of the words above."""
    text: str


class Group(NamedTuple):
    """Hosts that share a protocol, a brand or a generation."""

    ours: int = 0
    found: int = 0
    alarms: int = 0
    wrong: int = 0
    """Hosts with a wrong field."""

    def plus(self, *, ours: bool, called: bool, foreign: bool, wrong: bool) -> Group:
        """With one more host."""
        return Group(
            self.ours + ours,
            self.found + (ours and called),
            self.alarms + (foreign and called),
            self.wrong + wrong,
        )


@dataclass
class Score:
    """The count over one corpus, or a part of one."""

    corpus: str
    part: str = ""
    hosts: int = 0
    replies: int = 0
    seconds: float = 0.0
    lessened: int = 0
    """Hosts of which something was taken away that was learnt from them."""
    found: int = 0
    missed: int = 0
    alarms: int = 0
    alarms_confirmed: int = 0
    others_named: int = 0
    others: int = 0
    levels: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    unsaid: Counter[str] = field(default_factory=Counter)
    beyond: Counter[str] = field(default_factory=Counter)
    errors: list[Error] = field(default_factory=list)
    disputes: list[Error] = field(default_factory=list)
    groups: dict[str, dict[str, Group]] = field(default_factory=dict)
    """Kind of group, then group."""
    hits: dict[str, Counter[str]] = field(default_factory=dict)
    """Signature, then hosts by who made them."""

    @property
    def title(self) -> str:
        """The corpus, and which part of it."""
        return f"{self.corpus}, {self.part}" if self.part else self.corpus

    @property
    def told_as(self) -> str:
        """The corpus by which its errors are explained: a part of the hosts has no errors of its own."""
        return self.title if self.part == UNREAD else self.corpus

    def forget(self, whole: Score) -> None:
        """Leave out errors and disputes that the whole corpus has too."""
        known = {(one.host, one.kind) for one in (*whole.errors, *whole.disputes)}
        self.errors = [one for one in self.errors if (one.host, one.kind) not in known]
        self.disputes = [one for one in self.disputes if (one.host, one.kind) not in known]

    @property
    def ours(self) -> int:
        """Devices of the maker whose replies can tell."""
        return self.found + self.missed

    @property
    def called(self) -> int:
        """Devices called the maker's, at possible or better."""
        return sum(self.levels.values())

    @property
    def recall(self) -> str:
        """Of the tellable devices of the maker, those found at possible or better."""
        return ratio(self.found, self.ours)

    @property
    def precision(self) -> str:
        """Of the devices called the maker's, those that are."""
        return ratio(self.called - self.alarms, self.called)

    def share(self, name: str) -> str:
        """How often a field was right where the truth has it and we say something."""
        return ratio(self.right[name], self.right[name] + self.wrong[name])


def measure(name: str, cases: Iterable[Case], knowledge: Knowledge) -> list[Score]:
    """One corpus whole, without what was learnt from it, and the quarter that is held out beside the rest."""
    known = list(cases)
    held = [case for case in known if case.held_out]
    scores = [score(name, known, knowledge)]
    devices, lessened = unread(known, knowledge)
    if lessened:
        without = held_against(Score(name, UNREAD, lessened=lessened), devices)
        without.forget(scores[0])
        scores.append(without)
    if held and len(held) < len(known):
        rest = [case for case in known if not case.held_out]
        scores += [
            score(name, rest, knowledge, part="rest"),
            score(name, held, knowledge, part="held out"),
        ]
    return scores


def score(name: str, cases: Iterable[Case], knowledge: Knowledge, part: str = "") -> Score:
    """Identify every host and hold it against its truth."""
    known = list(cases)
    begun = time.perf_counter()
    devices = identify((one for case in known for one in case.observations), knowledge)
    seconds = time.perf_counter() - begun
    total = held_against(Score(name, part, seconds=seconds), zip(known, devices, strict=True))
    for case in known:
        _count_hits(total, case, knowledge)
    return total


def held_against(total: Score, devices: Iterable[tuple[Case, Device]]) -> Score:
    """Hold hosts that were identified against their truth."""
    for case, device in devices:
        total.hosts += 1
        total.replies += len(case.observations)
        _count_maker(total, case, device)
        before = len(total.errors)
        _count_fields(total, case, device)
        _count_groups(total, case, device, wrong=len(total.errors) > before)
    return total


def is_called(device: Device) -> bool:
    """Whether the device is called the maker's at any level."""
    return device.evidenced_maker is Maker.HIKVISION and device.confidence is not Confidence.NONE


def same(name: str, truth: str, value: str | None) -> bool:
    """Equal but for case; of a maker's name the part in front of a bracket decides."""
    if value is None:
        return False
    one, two = truth.casefold(), value.casefold()
    if name == "maker_name":
        one, two = one.partition(" (")[0], two.partition(" (")[0]
    return one == two


def generation(case: Case) -> str:
    """The major version of the firmware, which is how the maker's devices changed."""
    firmware = str(case.truth.get("firmware") or "").lstrip("vV")
    major = firmware.partition(".")[0]
    return f"V{major}" if major.isdigit() else "not stated"


def unearned(scores: Iterable[Score], knowledge: Knowledge) -> list[str]:
    """Conclusive signatures that hit a foreign device."""
    foreign = {name for total in scores for name, counts in total.hits.items() if counts["other"]}
    return [
        one.id
        for one in knowledge.signatures
        if one.id in foreign and one.maker is Maker.HIKVISION and one.strength is Strength.CONCLUSIVE
    ]


def _went_by(device: Device) -> str:
    """What the matcher went by, for whoever reads an error."""
    evidence = ", ".join(f"{one.signature} ({one.strength.value})" for one in device.evidence[:4])
    against = "; ".join(device.contradictions[:2])
    return f"evidence {evidence or 'none'}" + (f"; {against}" if against else "")


def _count_maker(total: Score, case: Case, device: Device) -> None:
    called, basis = is_called(device), _went_by(device)
    if called:
        total.levels[device.confidence.value] += 1
    if not case.tellable and total.corpus != OWN and device.evidenced_maker is not Maker.UNKNOWN:
        text = (
            f"called {device.evidenced_maker.value} ({device.confidence.value}) though the corpus says that "
            f"its replies cannot tell; it says {case.truth['evidenced_maker']}: {basis}"
        )
        total.disputes.append(Error(case.name, DISPUTE, text))
    if case.is_ours:
        total.found += called
        total.missed += not called
        if not called:
            total.errors.append(Error(case.name, MISSED, f"missed: {basis}"))
    elif called and case.truth["evidenced_maker"] != Maker.HIKVISION.value:
        total.alarms += 1
        total.alarms_confirmed += device.confidence is Confidence.CONFIRMED
        maker = case.truth.get("maker_name") or "unknown"
        text = f"false alarm ({device.confidence.value}; it is of {maker}): {basis}"
        total.errors.append(Error(case.name, ALARM, text))
    if case.is_foreign and case.tellable:
        total.others += 1
        total.others_named += device.evidenced_maker is Maker.OTHER


def _count_fields(total: Score, case: Case, device: Device) -> None:
    """Fields of devices whose maker can be told; a value where the truth has none is counted apart.

    Nothing said is an error only on a device of the maker: of another's we need not know more than that.
    """
    if not case.tellable:
        return
    given = device_fields(device)
    for name in FIELDS:
        truth, value = case.truth.get(name), given[name]
        if truth is None:
            total.beyond[name] += value is not None
            continue
        right = same(name, truth, value)
        kept = total.right if right else total.unsaid if value is None else total.wrong
        kept[name] += 1
        if not right and (case.is_ours or value is not None):
            text = f"{name} is {value!r}, not {truth!r}: {_went_by(device)}"
            total.errors.append(Error(case.name, name, text))


def _count_groups(total: Score, case: Case, device: Device, *, wrong: bool) -> None:
    groups = [("protocol", one.protocol.value) for one in case.observations]
    if not case.is_foreign:
        groups += [
            ("brand", case.truth.get("presented_brand") or "none stated"),
            ("generation", generation(case)),
        ]
    for kind, name in dict.fromkeys(groups):
        known = total.groups.setdefault(kind, {})
        known[name] = known.get(name, Group()).plus(
            ours=case.is_ours, called=is_called(device), foreign=case.is_foreign, wrong=wrong
        )


def _count_hits(total: Score, case: Case, knowledge: Knowledge) -> None:
    found: set[str] = set()
    for one in case.observations:
        try:
            fields = read(one.protocol, one.payload, one.request)
        except Malformed:
            continue
        found.update(hit.signature.id for hit in match(knowledge, one.protocol, fields, one.request))
    for name in found:
        total.hits.setdefault(name, Counter())[case.truth["evidenced_maker"]] += 1

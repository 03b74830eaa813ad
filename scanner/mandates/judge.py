"""A device under the measures, for an organisation: what applies, what is asked, and why.

Every law, profile and sentence is data; this module holds the rules that are the same for all of them:
the first outcome whose conditions hold is taken; a maker that is not proven never gets an order to act; a
date is said as it was published; the strictest finding stands first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from scanner.knowledge.mandate_words import Decision, Duty, Kind, MandateLibrary, Measure, Outcome, Profile
from scanner.mandates.facts import Facts
from scanner.mandates.kinds import Reached, kind_of, reaches_other, speaks_of
from scanner.mandates.proof import all_facts
from scanner.mandates.wording import ENDS_USE, Voice, action, also, in_full
from scanner.model.device import Confidence, Device, Relation
from scanner.model.finding import NEEDS_PROFILE, Deadline, Finding, Text

_APPLIES = {"yes": 0, "needs": 1, "may": 2, "no": 3}
_ABOUT_OTHERS = (Kind.UNKNOWN_MAKER, Kind.COVERED_OTHER_MAKER)


@dataclass(frozen=True, slots=True)
class _Case:
    """One device under one measure for one profile."""

    device: Device
    kind: Kind
    library: MandateLibrary
    profile: Profile
    measure: Measure
    told: Mapping[str, str]
    voice: Voice


def judge(
    device: Device, library: MandateLibrary, profiles: Sequence[str], facts: Facts, on: date
) -> tuple[Finding, ...]:
    """What each measure asks about a device.

    Args:
        device: the device, identified.
        library: the measures and what they mean to whom.
        profiles: ids of the profiles that hold; none = every measure that could speak of the device, as
            information.
        facts: what the site knows.
        on: day of the scan.

    Returns:
        One finding a measure, the strictest first; of a measure that two profiles name, the stricter finding.

    Raises:
        UsageError: there is no such profile.
    """
    if not profiles:
        return tuple(_information(device, library, on))
    told = all_facts(device, library, facts, on)
    found: dict[str, Finding] = {}
    for name in dict.fromkeys(profiles):
        for finding in _by_profile(device, library, library.profile(name), told, on):
            known = found.get(finding.id)
            if known is None or _rank(finding) < _rank(known):
                found[finding.id] = finding
    return tuple(sorted(found.values(), key=_rank))


def _rank(finding: Finding) -> tuple[int, int]:
    decision = Decision(finding.decision).rank if finding.decision else len(Decision)
    return decision, _APPLIES[finding.applies.partition(":")[0]]


def _by_profile(
    device: Device, library: MandateLibrary, profile: Profile, told: Mapping[str, str], on: date
) -> Iterator[Finding]:
    kind = kind_of(device)
    for duty in profile.duties:
        for measure in _measures(duty, device, library):
            voice = Voice(library, device, on, "fr" in profile.languages and "fr" in measure.languages)
            yield _finding(_Case(device, kind, library, profile, measure, told, voice), duty)


def _measures(duty: Duty, device: Device, library: MandateLibrary) -> Iterator[Measure]:
    if duty.measure:
        yield library.measures[duty.measure]
    else:
        yield from (measure for measure in library.measures.values() if speaks_of(measure, device, library))


def _finding(case: _Case, duty: Duty) -> Finding:
    if case.kind is Kind.COVERED_OTHER_MAKER:
        reached = reaches_other(case.measure, case.device, case.library)
        if reached is Reached.NO or case.kind not in duty.rows:
            return _not_reached(case)
        outcome = _outcome(duty.rows[case.kind], case.told)
        return _say(case, outcome, unseated=reached is Reached.UNKNOWN)
    kind = case.kind
    if kind not in duty.rows:  # a measure without a row of its own for what is no camera
        kind = Kind.OWN_BRAND_CAMERA
    return _say(case, _outcome(duty.rows[kind], case.told))


def _outcome(outcomes: Sequence[Outcome], told: Mapping[str, str]) -> Outcome:
    return next(outcome for outcome in outcomes if _holds(outcome, told))


def _holds(outcome: Outcome, told: Mapping[str, str]) -> bool:
    """Whether all conditions hold; a fact that is not known holds against nothing."""
    for condition in outcome.when:
        value = told.get(condition.fact)
        if value is None:
            return False
        held = {
            "after": value > condition.value,  # ISO days sort as text
            "until": value <= condition.value,
            "is": value == condition.value,
        }[condition.test]
        if not held:
            return False
    return True


def _say(case: _Case, outcome: Outcome, *, unseated: bool = False) -> Finding:
    sure = case.kind in _ABOUT_OTHERS or case.device.confidence is Confidence.CONFIRMED
    decision = outcome.decision
    applies = outcome.applies
    deciding = next((case.told[c.fact] for c in outcome.when if c.test in ("after", "until")), None)
    said = action(case.voice, case.profile.id, case.measure, outcome, deciding)
    if not sure:
        said = _unsure(case, outcome)
        decision = max(decision, Decision.REVIEW, key=lambda word: word.rank)
        applies = "may" if applies == "yes" else applies
    return Finding(
        id=case.measure.id,
        applies=applies,
        decision=decision.value,
        action=in_full(case.voice, said, asks=decision in ENDS_USE) if applies != "no" else said,
        citation=case.measure.citation.en,
        reason=_reason(case, outcome, unseated=unseated, sure=sure),
        as_of=case.measure.as_of,
        deadline=_deadline(case.measure) if applies != "no" else None,
        profile=case.profile.id,
        citation_fr=case.measure.citation.fr if case.voice.french else None,
    )


def _unsure(case: _Case, outcome: Outcome) -> Text:
    """What to do while the maker is not proven: look first; where nothing is asked anyway, say that too."""
    possible = case.device.confidence is Confidence.POSSIBLE
    parts = [case.voice.general("verify_first_possible" if possible else "verify_first")]
    if outcome.applies == NEEDS_PROFILE:
        parts.append(case.voice.general("no_profile_unsure"))
    elif outcome.decision is Decision.NOT_BOUND:
        parts.append(case.voice.general("not_bound", as_of=case.measure.as_of))
    return case.voice.join(parts)


def _reason(case: _Case, outcome: Outcome, *, unseated: bool, sure: bool) -> Text:
    parts = [case.voice.fill(outcome.reason, {})]
    if unseated:
        parts.append(case.voice.general("other_seat_unknown"))
    if case.kind is Kind.RELABEL:
        parts.insert(0, case.voice.general("label_and_maker"))
    elif case.device.relation is Relation.UNKNOWN and case.kind not in _ABOUT_OTHERS:
        parts.append(case.voice.general("label_not_read"))
    if outcome.also and sure:
        parts.append(also(case.voice, outcome.also))
    return case.voice.join(parts)


def _not_reached(case: _Case) -> Finding:
    text = case.voice.general("other_not_reached")
    return Finding(
        id=case.measure.id,
        applies="no",
        decision=None,
        action=text,
        citation=case.measure.citation.en,
        reason=text,
        as_of=case.measure.as_of,
        profile=case.profile.id,
        citation_fr=case.measure.citation.fr if case.voice.french else None,
    )


def _deadline(measure: Measure) -> Deadline | None:
    published = measure.removal_by
    if published.value is None or published.precision is None:
        return None
    sure = published.precision == "day" and published.sure == "read" and not published.computed
    return Deadline(published.value, published.precision, sure)


def _information(device: Device, library: MandateLibrary, on: date) -> Iterator[Finding]:
    """Without a profile: every measure that could speak of the device, and no decision."""
    kind = kind_of(device)
    if kind is Kind.UNKNOWN_MAKER:
        return
    confirmed = kind is not Kind.COVERED_OTHER_MAKER and device.confidence is Confidence.CONFIRMED
    for measure in library.measures.values():
        if not speaks_of(measure, device, library):
            continue
        voice = Voice(library, device, on, "fr" in measure.languages)
        yield Finding(
            id=measure.id,
            applies=NEEDS_PROFILE,
            decision=None,
            action=in_full(
                voice, voice.general("no_profile" if confirmed else "no_profile_unsure"), asks=False
            ),
            citation=measure.citation.en,
            reason=voice.general("no_profile_reason"),
            as_of=measure.as_of,
            deadline=_deadline(measure),
            citation_fr=measure.citation.fr if voice.french else None,
        )

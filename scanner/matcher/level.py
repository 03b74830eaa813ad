"""From evidence to a maker and a level, by the tables of :mod:`scanner.matcher.rules`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scanner.matcher.rules import DUELS, LADDER, LEVELS, PAGE, PAGE_FAMILIES, STRENGTHS, SUPPORT, YIELDING
from scanner.model.device import Confidence
from scanner.model.evidence import Evidence, Maker, Strength


@dataclass(frozen=True, slots=True)
class Conclusion:
    """Who made the device, how sure that is, and what was left aside."""

    maker: Maker
    level: Confidence
    supporting: tuple[Evidence, ...]
    """Evidence for the maker, strongest first."""
    opposing: tuple[Evidence, ...]
    """Evidence for somebody else, strongest first."""
    void: tuple[Evidence, ...]
    """Evidence that proves nothing where it was found."""
    apart: bool = False
    """Two makers were seen on different ports."""


def family_of(evidence: Evidence) -> str:
    """The family that counts: everything that one page carries is one family."""
    return PAGE if evidence.family in PAGE_FAMILIES else evidence.family


def strongest_first(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """In the order in which a reader should see it; the order of equals is that of their coming."""
    return tuple(sorted(evidence, key=lambda one: -STRENGTHS[one.strength]))


def climb(evidence: Sequence[Evidence]) -> Confidence:
    """The highest rung of the ladder that this evidence reaches alone."""
    if not evidence:
        return Confidence.NONE
    counted = [(family_of(one), STRENGTHS[_counted_strength(one, evidence)]) for one in evidence]
    for rung in LADDER:
        enough = STRENGTHS[rung.strength]
        families = {family for family, strength in counted if strength >= enough}
        if len(families) >= rung.families:
            return rung.level
    return Confidence.NONE


def conclude(evidence: Iterable[Evidence], void: Sequence[Evidence] = ()) -> Conclusion:
    """What all the evidence of one host adds up to.

    Args:
        evidence: what counts; evidence that names no maker takes no part.
        void: what was found but proves nothing there; it is only carried along.
    """
    ordered = strongest_first(evidence)
    ours = tuple(one for one in ordered if one.claims.maker is Maker.HIKVISION)
    theirs = tuple(one for one in ordered if one.claims.maker is Maker.OTHER)
    level, against = climb(ours), climb(theirs)
    if LEVELS[level] >= LEVELS[Confidence.PROBABLE]:
        weighty = tuple(one for one in theirs if one.family not in YIELDING)
        against = climb(weighty)
    else:
        weighty = theirs
    if level is Confidence.NONE:
        maker = Maker.OTHER if against is not Confidence.NONE else Maker.UNKNOWN
        return _conclusion(maker, against, ours, theirs, tuple(void))
    if against is Confidence.NONE:
        return _conclusion(Maker.HIKVISION, level, ours, theirs, tuple(void))
    apart = not _ports(ours) & _ports(weighty)
    duel = next(duel for duel in DUELS if (duel.hikvision, duel.other) == (level, against))
    outcome = duel.apart if apart else duel.together
    return _conclusion(outcome.maker, outcome.level, ours, theirs, tuple(void), apart=apart)


def _conclusion(
    maker: Maker,
    level: Confidence,
    ours: tuple[Evidence, ...],
    theirs: tuple[Evidence, ...],
    void: tuple[Evidence, ...],
    *,
    apart: bool = False,
) -> Conclusion:
    if maker is Maker.HIKVISION:
        return Conclusion(maker, level, ours, theirs, void, apart)
    if maker is Maker.OTHER:
        return Conclusion(maker, level, theirs, ours, void, apart)
    return Conclusion(maker, level, (), strongest_first((*ours, *theirs)), void, apart)


def _counted_strength(one: Evidence, evidence: Sequence[Evidence]) -> Strength:
    """Its strength, or weak if its family needs the support of another one and has none in the same reply."""
    needed = SUPPORT.get(one.family)
    if needed is None or one.claims.brand is not None or one.claims.maker is not Maker.HIKVISION:
        return one.strength
    backed = any(
        other.family in needed
        and other.observation == one.observation
        and STRENGTHS[other.strength] >= STRENGTHS[Strength.STRONG]
        for other in evidence
    )
    return one.strength if backed else Strength.WEAK


def _ports(evidence: Iterable[Evidence]) -> set[int]:
    """Ports of the evidence that weighs more than a hint."""
    found = list(evidence)
    weighty = {one.port for one in found if one.strength is not Strength.WEAK}
    return weighty or {one.port for one in found}

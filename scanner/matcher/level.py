"""From evidence to a maker and a level, by the tables of :mod:`scanner.matcher.rules`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scanner.matcher.rules import (
    DUELS,
    GIVES_WAY,
    LADDER,
    LEVELS,
    NOTHING,
    PAGE,
    PAGE_FAMILIES,
    STRENGTHS,
    SUPPORT,
    TOO_LITTLE,
    YIELDING,
    Rung,
    duel_words,
)
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
    rule: str
    """The rung or the row of the duels that decided, in words."""
    apart: bool = False
    """Two makers were seen on different ports."""


def family_of(evidence: Evidence) -> str:
    """The family that counts: everything that one page carries is one family."""
    return PAGE if evidence.family in PAGE_FAMILIES else evidence.family


def strongest_first(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """In the order in which a reader should see it; the order of equals is that of their coming."""
    return tuple(sorted(evidence, key=lambda one: -STRENGTHS[one.strength]))


def climb(evidence: Sequence[Evidence]) -> Confidence:
    """The highest level of the ladder that this evidence reaches alone."""
    rung = _rung(evidence)
    return rung.level if rung is not None else Confidence.NONE


def _rung(evidence: Sequence[Evidence]) -> Rung | None:
    """The highest rung of the ladder on which this evidence stands; None for below the last."""
    if not evidence:
        return None
    counted = [(family_of(one), STRENGTHS[counted_strength(one, evidence)]) for one in evidence]
    for rung in LADDER:
        enough = STRENGTHS[rung.strength]
        families = {
            family
            for family, strength in counted
            if strength >= enough and (not rung.among or family in rung.among)
        }
        if len(families) >= rung.families:
            return rung
    return None


def conclude(evidence: Iterable[Evidence], void: Sequence[Evidence] = ()) -> Conclusion:
    """What all the evidence of one host adds up to.

    Args:
        evidence: what counts; evidence that names no maker takes no part.
        void: what was found but proves nothing there; it is only carried along.
    """
    ordered = strongest_first(evidence)
    ours = tuple(one for one in ordered if one.claims.maker is Maker.HIKVISION)
    theirs = tuple(one for one in ordered if one.claims.maker is Maker.OTHER)
    parties = (ours, theirs, tuple(void))
    rung = _rung(ours)
    level = rung.level if rung is not None else Confidence.NONE
    yields = LEVELS[level] >= LEVELS[Confidence.PROBABLE]
    weighty = tuple(one for one in theirs if one.family not in YIELDING) if yields else theirs
    against = _rung(weighty)
    if rung is None:
        return _conclusion(*_undisputed(Maker.OTHER, against, ours or theirs), *parties)
    if against is None:
        maker, level, rule = _undisputed(Maker.HIKVISION, rung, ours)
        return _conclusion(maker, level, rule + (GIVES_WAY if len(weighty) < len(theirs) else ""), *parties)
    apart = not _ports(ours) & _ports(weighty)
    duel = next(duel for duel in DUELS if (duel.hikvision, duel.other) == (level, against.level))
    outcome = duel.apart if apart else duel.together
    rule = duel_words(rung, against, outcome, apart=apart)
    return _conclusion(outcome.maker, outcome.level, rule, *parties, apart=apart)


def _undisputed(maker: Maker, rung: Rung | None, found: Sequence[Evidence]) -> tuple[Maker, Confidence, str]:
    """What the signs of one maker alone amount to."""
    if rung is None:
        return Maker.UNKNOWN, Confidence.NONE, TOO_LITTLE if found else NOTHING
    return maker, rung.level, f"{rung.level}: {rung.reason}"


def _conclusion(
    maker: Maker,
    level: Confidence,
    rule: str,
    ours: tuple[Evidence, ...],
    theirs: tuple[Evidence, ...],
    void: tuple[Evidence, ...],
    *,
    apart: bool = False,
) -> Conclusion:
    if maker is Maker.HIKVISION:
        return Conclusion(maker, level, ours, theirs, void, rule, apart)
    if maker is Maker.OTHER:
        return Conclusion(maker, level, theirs, ours, void, rule, apart)
    return Conclusion(maker, level, (), strongest_first((*ours, *theirs)), void, rule, apart)


def counted_strength(one: Evidence, evidence: Sequence[Evidence]) -> Strength:
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

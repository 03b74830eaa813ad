"""Why a piece of evidence has the strength that it has, in words that a person can check."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from scanner.knowledge import Knowledge
from scanner.knowledge.signatures import Signature
from scanner.matcher.level import counted_strength
from scanner.matcher.making import KINDS, REGISTRY
from scanner.matcher.rules import LADDER, STRENGTHS, SUPPORT
from scanner.model.evidence import Evidence, Maker, Strength

MEANING = {
    Strength.CONCLUSIVE: "enough alone",
    Strength.STRONG: "one such sign is probable, two of different families confirm",
    Strength.WEAK: "counts only beside a sign of another family",
}
"""What a strength carries, by the ladder."""

_HINT = "a hint alone, more beside a sign of another family"
_ALONE = frozenset(
    family
    for rung in LADDER
    if rung.strength is Strength.WEAK and rung.families == 1
    for family in rung.among
)

_KINDS = {kind.id: kind for kind in KINDS}


def with_reasons(evidence: Iterable[Evidence], knowledge: Knowledge) -> tuple[Evidence, ...]:
    """The same evidence, each piece with the reason of its strength.

    Args:
        evidence: all that is shown of one device, as it was weighed.
        knowledge: the signatures and the dates of the tables.
    """
    found = tuple(evidence)
    seen = {one.signature for one in found}
    return tuple(replace(one, why="; ".join(_reasons(one, found, seen, knowledge))) for one in found)


def _reasons(one: Evidence, found: Sequence[Evidence], seen: set[str], knowledge: Knowledge) -> Iterator[str]:
    signature = knowledge.signature(one.signature)
    if one.claims.maker is None:
        yield "describes the device and says nothing of its maker"
    else:
        hint = one.strength is Strength.WEAK and one.family in _ALONE
        yield _HINT if hint else MEANING[one.strength]
    if signature is not None and STRENGTHS[one.strength] > STRENGTHS[signature.strength]:
        partners = ", ".join(partner for partner in signature.partners if partner in seen)
        yield f"{signature.strength} alone, {one.strength} beside {partners}"
    if one.claims.maker is Maker.HIKVISION and counted_strength(one, found) is not one.strength:
        support = " or ".join(sorted(SUPPORT[one.family]))
        yield f"counted as weak, since no {support} in the same reply supports it"
    yield _source(one, signature, knowledge)


def _source(one: Evidence, signature: Signature | None, knowledge: Knowledge) -> str:
    """Where it is known from, and as of when."""
    if signature is not None:
        return f"source: {signature.source}, as of {signature.as_of}"
    kind = _KINDS.get(one.signature)
    if kind is None:
        return "source: not recorded"
    return kind.why + (f", as of {knowledge.oui.version.date}" if kind.why == REGISTRY else "")

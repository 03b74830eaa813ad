"""What evidence is worth beside that of the same host: partners raise it, look-alikes void it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from scanner.knowledge.signatures import Signature
from scanner.matcher.crossing import WEB
from scanner.matcher.rules import STRENGTHS
from scanner.model.device import DeviceClass
from scanner.model.evidence import Evidence, Maker

Lookup = Callable[[str], Signature | None]
"""Gives the signature or look-alike of an id; evidence of other kinds has none."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """Evidence that counts, and evidence that proves nothing where it was found."""

    counting: tuple[Evidence, ...]
    void: tuple[Evidence, ...]


def weigh(evidence: Iterable[Evidence], lookup: Lookup, same_page_ports: frozenset[int]) -> Weighed:
    """Raise by partners, then set aside what a look-alike or a page that answers everything explains.

    Args:
        evidence: all evidence of one host.
        lookup: the signatures.
        same_page_ports: web ports that give one page for every path.
    """
    found = tuple(evidence)
    seen = {one.signature for one in found}
    raised = [_raised(one, lookup, seen) for one in found]
    explained = {
        (one.port, family)
        for one in raised
        if (signature := lookup(one.signature)) is not None
        for family in signature.against
    }
    counting: list[Evidence] = []
    void: list[Evidence] = []
    for one in raised:
        ours = one.claims.maker is Maker.HIKVISION
        looks_alike = (one.port, one.family) in explained
        same_page = one.port in same_page_ports and one.protocol in WEB and not _is_platform(one)
        (void if ours and (looks_alike or same_page) else counting).append(one)
    return Weighed(tuple(counting), tuple(void))


def _is_platform(one: Evidence) -> bool:
    """Web programs on a server give their one page for every path by design; devices never do."""
    return one.claims.device_class == DeviceClass.PLATFORM


def _raised(one: Evidence, lookup: Lookup, seen: set[str]) -> Evidence:
    """The evidence with the strength that it has beside its partners."""
    signature = lookup(one.signature)
    if signature is None or signature.with_partner is None or not seen.intersection(signature.partners):
        return one
    stronger = STRENGTHS[signature.with_partner] > STRENGTHS[one.strength]
    return replace(one, strength=signature.with_partner) if stronger else one

"""Every promise of the data, checked: ``signatures test`` and the test suite call the same function.

Reading replies is the parsers' work and time is somebody else's, so both are handed in: this room stays pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from scanner.knowledge.check_patterns import Clock, pattern_faults
from scanner.knowledge.check_tables import order_faults, schema_faults, table_faults
from scanner.knowledge.earned import Reader, Reply, hits_by_signature, own_replies, strength_faults
from scanner.knowledge.holdout import holdout_faults
from scanner.knowledge.judged import judgement_faults
from scanner.knowledge.location import fingerprints_root
from scanner.knowledge.match import Match, match
from scanner.knowledge.signatures import CLAIM_WORDS, Example, Signature
from scanner.model.errors import Malformed
from scanner.model.evidence import Claims, Maker, Strength

if TYPE_CHECKING:
    from scanner.knowledge import Knowledge

ENOUGH = 2
"""Examples, and counter-examples, that an entry needs unless it says why not."""
COMBINED_FAMILIES = frozenset({"isapi-behaviour", "rtsp-combination"})
"""Families of what the matcher concludes from several replies, which no single signature can."""
_CAPTURE = re.compile(r"\$(\d)")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in the data that is wrong."""

    where: str
    """``file:line``."""
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check of all data came to."""

    faults: tuple[Fault, ...]
    signatures: int
    lookalikes: int
    examples: int
    counter_examples: int


def check(
    knowledge: Knowledge,
    read: Reader,
    clock: Clock | None,
    root: Path | None = None,
    corpus: Iterable[Reply] = (),
) -> Outcome:
    """Check everything.

    Args:
        knowledge: what was loaded.
        read: turns a payload into fields, or raises ``Malformed``.
        clock: seconds of processor time from any start, to bound that of patterns; None = not looked at.
        root: the folder that the knowledge came from; by default that of this installation.
        corpus: replies whose maker is known, beside the examples: what they show forbids strengths, and no
            example may come from one of them that is held out.
    """
    root = root or fingerprints_root()
    entries = (*knowledge.signatures, *knowledge.lookalikes)
    known = tuple(corpus)
    hits = hits_by_signature(knowledge, chain(own_replies(knowledge), known), read)
    faults = [
        *schema_faults(root),
        *order_faults(root),
        *_name_faults(knowledge),
        *judgement_faults(knowledge, root),
        *pattern_faults(entries, clock, partial(_values, read=read)),
        *table_faults(knowledge),
        *strength_faults(knowledge, hits),
        *holdout_faults(knowledge, known),
    ]
    for entry in entries:
        faults.extend(_entry_faults(entry))
        faults.extend(_example_faults(knowledge, entry, read))
    return Outcome(
        faults=tuple(Fault(where, message) for where, message in faults),
        signatures=len(knowledge.signatures),
        lookalikes=len(knowledge.lookalikes),
        examples=sum(len(entry.examples) for entry in entries),
        counter_examples=sum(len(entry.counter_examples) for entry in entries),
    )


def claimed(claims: Claims) -> dict[str, str]:
    """The claims that say something, as words."""
    values = {word: getattr(claims, word) for word in CLAIM_WORDS}
    return {word: str(value) for word, value in values.items() if value is not None}


def _name_faults(knowledge: Knowledge) -> Iterator[tuple[str, str]]:
    known: dict[str, str] = {}
    for entry in (*knowledge.signatures, *knowledge.lookalikes):
        if entry.id in known:
            yield entry.where, f"the id {entry.id} is used at {known[entry.id]} too"
        known[entry.id] = entry.where
    for entry in (*knowledge.signatures, *knowledge.lookalikes):
        for partner in entry.partners:
            if partner not in known:
                yield entry.where, f"{entry.id}: no signature is called {partner!r}"
    families = {signature.family for signature in knowledge.signatures} | COMBINED_FAMILIES
    for entry in knowledge.lookalikes:
        for family in entry.against:
            if family not in families:
                yield entry.where, f"{entry.id}: no signature is of the family {family!r}"


def _entry_faults(entry: Signature) -> Iterator[tuple[str, str]]:
    enough = len(entry.examples) >= ENOUGH and len(entry.counter_examples) >= ENOUGH
    if not enough and not entry.few_examples:
        yield (
            entry.where,
            f"{entry.id}: two examples and two counter-examples, or 'few_examples' with the reason",
        )
    if enough and entry.few_examples:
        yield entry.where, f"{entry.id}: 'few_examples' stands there and there are enough"
    if entry.maker is Maker.HIKVISION and entry.strength is not Strength.WEAK and _reads_any_text(entry):
        yield entry.where, f"{entry.id}: accuses by words anywhere on a page; bind it to a field or a request"
    used = {int(number) for text in entry.claims.values() for number in _CAPTURE.findall(text)}
    referred = {int(number) for number in re.findall(r"\\(\d)", entry.pattern)}
    groups = set(range(1, entry.regex.groups + 1))
    for number in sorted(used - groups):
        yield entry.where, f"{entry.id}: ${number} is claimed and the pattern has no such group"
    for number in sorted(groups - used - referred):
        yield entry.where, f"{entry.id}: group {number} is captured and never used"
    seen = {(one.reply, one.protocol, one.request) for one in entry.examples}
    if len(seen) != len(entry.examples):
        yield entry.where, f"{entry.id}: an example stands twice"
    for word, text in entry.claims.items():
        if _CAPTURE.search(text) and entry.examples and not any(word in one.gives for one in entry.examples):
            yield entry.where, f"{entry.id}: no example asserts what {word!r} captures"


def _reads_any_text(entry: Signature) -> bool:
    """Whether the words may stand anywhere in any page: then a page that talks about a device is one."""
    anchored = entry.pattern.startswith(("^", "(?i)^")) or any(
        one.field == "body" and one.pattern.startswith("^") for one in entry.needs
    )
    return "body" in entry.fields and not anchored and all(one.field != "request" for one in entry.needs)


def _example_faults(knowledge: Knowledge, entry: Signature, read: Reader) -> Iterator[tuple[str, str]]:
    for example in entry.examples:
        found = _matches(knowledge, example, read)
        own = [claimed(one.claims) for one in found if one.signature.id == entry.id]
        if not own:
            yield example.where, f"{entry.id}: does not match its example"
        elif not any(_as_expected(claims, example.gives) for claims in own):
            yield example.where, f"{entry.id}: gives {own[0]} where {dict(example.gives)} is expected"
        yield from _contradictions(entry, example, found)
    for example in entry.counter_examples:
        if any(one.signature.id == entry.id for one in _matches(knowledge, example, read)):
            yield example.where, f"{entry.id}: matches its counter-example ({example.note})"


def _values(entry: Signature, fields: tuple[str, ...], read: Reader) -> Iterator[str]:
    """What the examples of an entry hold in some fields; a condition on the request is given the request."""
    for example in entry.examples:
        try:
            found = read(example.protocol, example.reply.encode("utf-8"), example.request)
        except Malformed:
            continue
        for field in fields:
            yield from (example.request or "",) if field == "request" else found[field]


def _matches(knowledge: Knowledge, example: Example, read: Reader) -> list[Match]:
    try:
        fields = read(example.protocol, example.reply.encode("utf-8"), example.request)
    except Malformed:
        return []
    return match(knowledge, example.protocol, fields, example.request)


def _as_expected(claims: Mapping[str, str], gives: Mapping[str, str]) -> bool:
    """Every claim is asserted; the maker's name may be left out where the maker is asserted."""
    left_out = {"maker_name"} - set(gives)
    return {word: text for word, text in claims.items() if word not in left_out} == dict(gives)


def _contradictions(entry: Signature, example: Example, found: list[Match]) -> Iterator[tuple[str, str]]:
    """Nobody else may claim another maker on the same reply, except what a look-alike explains away."""
    explained = {family for one in found if one.signature.lookalike for family in one.signature.against}
    makers = {
        one.claims.maker: one.signature.id
        for one in found
        if one.claims.maker is not None
        and not (one.claims.maker is Maker.HIKVISION and one.signature.family in explained)
    }
    if len(makers) > 1:
        yield (
            example.where,
            f"{entry.id}: on its example {' and '.join(makers.values())} name different makers",
        )

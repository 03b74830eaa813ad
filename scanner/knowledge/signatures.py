"""Signatures: patterns over one field of a reply, and what a match claims about the device.

Each protocol has a file under ``fingerprints/signatures/``. ``lookalikes.yaml`` beside that folder holds
what looks like the maker and is not. An entry:

* ``field`` (one name or a list) and ``pattern`` (Python syntax, searched; anchored where it can be);
* ``protocols`` in whose replies it may be looked for;
* ``claims``: what a match says; ``$1`` stands for a group of the pattern, ``$maker`` for the maker to
  whom the MAC tables give the claimed address;
* ``needs`` and ``unless``: conditions on other fields of the same reply. ``request`` and ``protocol`` may
  be used like fields;
* ``registered``: the claimed MAC must lie in a block of one of these kinds (``confidence``: and the row must
  be this sure); ``grammar``: the claimed model must follow the grammar of the maker's own family
  (``model``), or that of a brand whose devices are known to come from it (``relabel``);
* ``partners`` and ``with_partner``: signatures that, seen on the same device, raise the strength;
* ``against``, for a look-alike: the families that it explains away on the port where it was seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from scanner.knowledge.brands import Brands
from scanner.knowledge.entry import Entry
from scanner.knowledge.yaml_lines import load_yaml
from scanner.model.device import DeviceClass, Relation
from scanner.model.errors import KnowledgeError
from scanner.model.evidence import Claims, Maker, Strength
from scanner.model.protocol import Protocol

JUDGED = "judged.yaml"
LOOKALIKES = "lookalikes.yaml"
GRAMMARS = ("model", "relabel")
CLAIM_WORDS = (
    "maker",
    "maker_name",
    "brand",
    "relation",
    "device_class",
    "model",
    "serial",
    "firmware",
    "mac",
    "hostname",
)
REGISTERED_KINDS = ("own", "subsidiary", "joint venture", "affiliate", "relabel", "other")
_KEYS = frozenset(
    {
        "id",
        "protocols",
        "field",
        "pattern",
        "claims",
        "strength",
        "family",
        "says",
        "generation",
        "needs",
        "unless",
    }
    | {"partners", "with_partner", "registered", "confidence", "grammar", "against", "source"}
    | {"examples", "counter_examples", "few_examples"}
)
_ID = re.compile(r"[a-z0-9][a-z0-9-]*")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Condition:
    """A pattern over another field of the same reply."""

    field: str
    pattern: str

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The compiled pattern."""
        return re.compile(self.pattern)


@dataclass(frozen=True)
class Example:
    """The shortest excerpt of a real reply that proves the signature, or that must not match it."""

    reply: str
    protocol: Protocol
    request: str | None
    gives: Mapping[str, str]
    """Every claim that must come out, and no other; empty for a counter-example."""
    note: str
    """Where it comes from, or why it must not match."""
    where: str


@dataclass(frozen=True)
class Signature:
    """One signature or look-alike."""

    id: str
    protocols: tuple[Protocol, ...]
    fields: tuple[str, ...]
    pattern: str
    claims: Mapping[str, str]
    """Templates, keyed by the words of :data:`CLAIM_WORDS`."""
    strength: Strength
    family: str
    """Signals of one family are not independent of each other."""
    says: str
    source: str
    as_of: str
    generation: str
    needs: tuple[Condition, ...]
    unless: tuple[Condition, ...]
    partners: tuple[str, ...]
    """Signatures that raise the strength when they are seen on the same device."""
    with_partner: Strength | None
    registered: frozenset[str]
    confidence: frozenset[str]
    """Confidences of MAC rows that are good enough; empty = any."""
    grammar: str
    """One of :data:`GRAMMARS`, or empty."""
    lookalike: bool
    against: tuple[str, ...]
    """Look-alikes: families that it explains away on the port where it was seen."""
    examples: tuple[Example, ...]
    counter_examples: tuple[Example, ...]
    few_examples: str
    """Why there are fewer than two examples or counter-examples."""
    where: str
    """``file:line``."""

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The compiled pattern."""
        return re.compile(self.pattern)

    @cached_property
    def fixed_claims(self) -> Claims | None:
        """What every match says; None where it depends on the reply or on the tables of blocks and models."""
        if self.registered or self.grammar or any("$" in text for text in self.claims.values()):
            return None
        texts: dict[str, Any] = dict(self.claims)
        return Claims(**texts | {"maker": self.maker})

    @property
    def maker(self) -> Maker | None:
        """The maker that a match claims; None if it only describes."""
        word = self.claims.get("maker")
        return Maker(word) if word is not None else None


def load_signatures(root: Path, brands: Brands) -> tuple[Signature, ...]:
    """Every signature of the maker and of others, in order of file and entry.

    Raises:
        KnowledgeError: an entry is faulty; the message names file and line.
    """
    folder = root / "signatures"
    found: list[Signature] = []
    for path in sorted(folder.glob("*.yaml")):
        if path.name != JUDGED:
            found.extend(_read(path, brands, lookalike=False))
    _refuse_twins(found)
    return tuple(found)


def load_lookalikes(root: Path, brands: Brands) -> tuple[Signature, ...]:
    """Every look-alike: what makes other equipment resemble the maker's, and says that it is not.

    Raises:
        KnowledgeError: an entry is faulty; the message names file and line.
    """
    found = _read(root / LOOKALIKES, brands, lookalike=True)
    _refuse_twins(found)
    return tuple(found)


def _read(path: Path, brands: Brands, *, lookalike: bool) -> list[Signature]:
    return [
        _signature(Entry(node, _KEYS), brands, lookalike=lookalike)
        for node in load_yaml(path).items(f"{path.name} (a list of entries)")
    ]


def _refuse_twins(found: Iterable[Signature]) -> None:
    seen: dict[str, Signature] = {}
    for signature in found:
        if signature.id in seen:
            raise KnowledgeError(
                f"{signature.where}: the id {signature.id!r} is used at {seen[signature.id].where}"
            )
        seen[signature.id] = signature


def _signature(entry: Entry, brands: Brands, *, lookalike: bool) -> Signature:
    name = entry.text("id")
    if not _ID.fullmatch(name):
        entry.fail(f"the id {name!r} must be lower-case words joined by hyphens", "id")
    if ("against" in entry) != lookalike:
        entry.fail("a look-alike, and nothing else, has 'against'", "against")
    protocols = _protocols(entry)
    source = entry.entry("source", {"ref", "as_of"})
    as_of = source.text("as_of")
    if not _DATE.fullmatch(as_of):
        source.fail("'as_of' must be YYYY-MM-DD", "as_of")
    partners = entry.texts("partners")
    if bool(partners) != ("with_partner" in entry):
        entry.fail("'partners' and 'with_partner' belong together", "partners")
    fields = entry.texts("field")
    if not fields:
        entry.fail("'field' must be a text and not empty", "field")
    registered = frozenset(entry.texts("registered"))
    if registered - set(REGISTERED_KINDS):
        entry.fail(f"'registered' holds kinds out of {', '.join(REGISTERED_KINDS)}", "registered")
    return Signature(
        id=name,
        protocols=protocols,
        fields=fields,
        pattern=entry.text("pattern"),
        claims=_claims(entry, brands),
        strength=Strength(entry.word("strength", Strength)),
        family=entry.text("family"),
        says=entry.text("says"),
        source=source.text("ref"),
        as_of=as_of,
        generation=entry.optional("generation"),
        needs=_conditions(entry, "needs"),
        unless=_conditions(entry, "unless"),
        partners=partners,
        with_partner=Strength(entry.word("with_partner", Strength)) if partners else None,
        registered=registered,
        confidence=frozenset(entry.texts("confidence")),
        grammar=entry.word("grammar", ("", *GRAMMARS), ""),
        lookalike=lookalike,
        against=entry.texts("against"),
        examples=_examples(entry, "examples", protocols[0], brands),
        counter_examples=_examples(entry, "counter_examples", protocols[0], brands),
        few_examples=entry.optional("few_examples"),
        where=entry.where(),
    )


def _protocols(entry: Entry) -> tuple[Protocol, ...]:
    words = entry.texts("protocols")
    if not words:
        entry.fail("'protocols' must name at least one protocol", "protocols")
    for word in words:
        if word not in set(Protocol):
            entry.fail(f"{word!r} is no protocol; known are {', '.join(Protocol)}", "protocols")
    return tuple(Protocol(word) for word in words)


def _conditions(entry: Entry, key: str) -> tuple[Condition, ...]:
    return tuple(
        Condition(condition.text("field"), condition.text("pattern"))
        for condition in entry.entries(key, {"field", "pattern"})
    )


def _claims(entry: Entry, brands: Brands) -> Mapping[str, str]:
    """The templates; a claim on the maker without a name gets the maker's usual name."""
    claims = _claim_texts(entry.entry("claims"), brands)
    if claims.get("maker") == Maker.HIKVISION:
        claims.setdefault("maker_name", brands.default_maker_name)
    if "maker_name" in claims and "maker" not in claims:
        entry.fail("a maker's name needs a claim on the maker", "claims")
    if claims.get("maker") == Maker.OTHER and "maker_name" not in claims:
        entry.fail("another maker must be named", "claims")
    return claims


def _claim_texts(claims: Entry, brands: Brands) -> dict[str, str]:
    """The claims as written, held to the vocabulary."""
    found: dict[str, str] = {}
    for word in claims:
        if word not in CLAIM_WORDS:
            claims.fail(f"{word!r} is no claim; known are {', '.join(CLAIM_WORDS)}", word)
        found[word] = claims.text(word)
    literal = {word: text for word, text in found.items() if "$" not in text}
    if literal.get("maker", Maker.OTHER) not in {Maker.HIKVISION, Maker.OTHER}:
        claims.fail(f"'maker' is {Maker.HIKVISION} or {Maker.OTHER}", "maker")
    if "device_class" in literal and literal["device_class"] not in set(DeviceClass):
        claims.fail(f"{literal['device_class']!r} is no device class", "device_class")
    if "relation" in literal and literal["relation"] not in set(Relation):
        claims.fail(f"{literal['relation']!r} is no relation", "relation")
    name = literal.get("maker_name")
    if name is not None and str(brands.makers.get(name)) != literal.get(
        "maker", str(brands.makers.get(name))
    ):
        claims.fail(f"the maker {name!r} is not in brands.yaml as {literal.get('maker')!r}", "maker_name")
    brand = literal.get("brand")
    if brand is not None:
        known = brands.lookup(brand)
        if known is None or known.name != brand:
            claims.fail(f"the brand {brand!r} is not spelt so in brands.yaml", "brand")
    return found


def _examples(entry: Entry, key: str, protocol: Protocol, brands: Brands) -> tuple[Example, ...]:
    positive = key == "examples"
    allowed = {"reply", "protocol", "request"} | ({"gives", "origin"} if positive else {"why"})
    return tuple(
        Example(
            reply=example.text("reply"),
            protocol=Protocol(example.word("protocol", Protocol, protocol)),
            request=example.optional("request") or None,
            gives=_claim_texts(example.entry("gives"), brands) if positive else {},
            note=example.text("origin" if positive else "why"),
            where=example.where(),
        )
        for example in entry.entries(key, allowed)
    )

"""The vocabulary of makers and brands, and how each brand stands to the maker that the laws name.

``fingerprints/brands.yaml`` is the only place where a maker or a brand is spelt; every claim of a signature
must use one of its spellings.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from scanner.knowledge.entry import Entry
from scanner.knowledge.yaml_lines import load_yaml
from scanner.model.device import Relation
from scanner.model.evidence import Maker

RELATIONS: Mapping[str, Relation | None] = {
    "own": Relation.OWN,
    "subsidiary": Relation.SUBSIDIARY,
    # A company under shared control: what that means is for counsel; the device is not the maker's own brand.
    "joint venture": Relation.SUBSIDIARY,
    "sister company": Relation.UNKNOWN,
    "relabel": Relation.RELABEL,
    "mixed": Relation.RELABEL,
    "uncertain": Relation.RELABEL,
    "other": None,
}
"""Relation of a brand → relation of a device that bears it *and is evidenced as made by Hikvision*."""
_CONFIDENCES = ("certain", "high", "medium", "low")
_KEYS = frozenset(
    {"name", "aliases", "relation", "maker", "model_regex", "confidence", "source", "region", "years", "note"}
)
_SQUEEZE = re.compile(r"[^0-9a-z]+")


@dataclass(frozen=True)
class Brand:
    """A name on a label."""

    name: str
    """The canonical spelling, as devices write it."""
    relation: str
    """``own``, ``subsidiary``, ``joint venture``, ``sister company``, ``relabel`` (its lines come from the
    maker), ``mixed`` (some do), ``uncertain`` (reported, no proof) or ``other`` (someone else's)."""
    maker_name: str
    """The maker behind the brand, or for relabels the maker whose devices it relabels."""
    confidence: str
    source: str
    aliases: tuple[str, ...] = ()
    model_regex: str | None = None
    region: str = ""
    years: str = ""
    note: str = ""

    @property
    def device_relation(self) -> Relation | None:
        """Relation of a device of this brand whose evidenced maker is Hikvision; None for others' brands."""
        return RELATIONS[self.relation]

    @property
    def family(self) -> bool:
        """True for the maker's own brands and those of companies that it controls."""
        return self.relation in {"own", "subsidiary", "joint venture"}


@dataclass(frozen=True)
class Brands:
    """All known brands and makers."""

    brands: tuple[Brand, ...]
    makers: Mapping[str, Maker]
    """Every spelling of a maker that a claim may use."""
    default_maker_name: str
    """Name of the maker that :attr:`Maker.HIKVISION` stands for."""

    @cached_property
    def _exact(self) -> Mapping[str, Brand]:
        found: dict[str, Brand] = {}
        for brand in self.brands:
            for spelling in (brand.name, *brand.aliases):
                found.setdefault(spelling, brand)
        return found

    @cached_property
    def _loose(self) -> Mapping[str, Brand]:
        found: dict[str, Brand] = {}
        for spelling, brand in self._exact.items():
            found.setdefault(_squeeze(spelling), brand)
        return found

    def lookup(self, spelling: str) -> Brand | None:
        """The brand of a spelling: exact first, else without regard to case, blanks and punctuation."""
        exact = self._exact.get(spelling.strip())
        if exact is not None:
            return exact
        squeezed = _squeeze(spelling)
        return self._loose.get(squeezed) if squeezed else None

    def maker_of(self, brand_or_maker: str) -> tuple[Maker, str] | None:
        """Maker and its name for a canonical brand name or a maker's name; None if neither is known."""
        brand = self._exact.get(brand_or_maker)
        if brand is not None:
            return self.makers[brand.maker_name], brand.maker_name
        maker = self.makers.get(brand_or_maker)
        return (maker, brand_or_maker) if maker is not None else None


def _squeeze(text: str) -> str:
    return _SQUEEZE.sub("", text.lower())


def load_brands(root: Path) -> Brands:
    """Read ``brands.yaml``.

    Raises:
        KnowledgeError: an entry is faulty; the message names file and line.
    """
    top = Entry(load_yaml(root / "brands.yaml"), {"makers", "brands"})
    makers: dict[str, Maker] = {}
    for entry in top.entries("makers", {"name", "maker"}):
        name = entry.text("name")
        if name in makers:
            entry.fail(f"the maker {name!r} stands twice", "name")
        makers[name] = Maker(entry.word("maker", (Maker.HIKVISION, Maker.OTHER)))
    default = next((name for name, maker in makers.items() if maker is Maker.HIKVISION), None)
    if default is None:
        top.fail(f"no maker is marked 'maker: {Maker.HIKVISION}'", "makers")
    brands: list[Brand] = []
    owners: dict[str, str] = {}
    for entry in top.entries("brands", _KEYS):
        brand = _brand(entry, makers)
        for spelling in (brand.name, *brand.aliases):
            if spelling in owners:
                entry.fail(f"the spelling {spelling!r} already belongs to {owners[spelling]!r}", "name")
            owners[spelling] = brand.name
        brands.append(brand)
    return Brands(tuple(brands), makers, default)


def _brand(entry: Entry, makers: Mapping[str, Maker]) -> Brand:
    relation = entry.word("relation", RELATIONS)
    maker_name = entry.word("maker", makers)
    if (makers[maker_name] is Maker.OTHER) != (relation == "other"):
        entry.fail(f"the relation {relation!r} does not fit the maker {maker_name!r}", "relation")
    return Brand(
        name=entry.text("name"),
        relation=relation,
        maker_name=maker_name,
        confidence=entry.word("confidence", _CONFIDENCES),
        source=entry.text("source"),
        aliases=entry.texts("aliases"),
        model_regex=entry.compiled("model_regex").pattern if "model_regex" in entry else None,
        region=entry.optional("region"),
        years=entry.optional("years"),
        note=entry.optional("note"),
    )

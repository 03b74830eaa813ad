"""What a device's own words tell of being sold under another name: ``fingerprints/relabels.yaml``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from scanner.knowledge.brands import Brands
from scanner.knowledge.entry import Entry
from scanner.knowledge.yaml_lines import load_yaml

FILE = "relabels.yaml"


@dataclass(frozen=True, slots=True)
class RelabelSign:
    """A value of one field that marks a device as built for another label."""

    field: str
    pattern: re.Pattern[str]
    brand: str | None
    """The brand that it names; None: it says only that the maker's own brand is not shown."""
    says: str
    source: str


@dataclass(frozen=True, slots=True)
class Relabels:
    """Codes of customers and other signs. None of them tells who made a device."""

    as_of: str
    own_codes: frozenset[str]
    """Codes that occur on the maker's own brand, and so show nothing."""
    codes_source: str
    signs: tuple[RelabelSign, ...]

    def is_foreign(self, code: str) -> bool:
        """Whether a code is none of those that the maker's own brand carries."""
        return code not in self.own_codes

    def sign(self, field: str, value: str) -> RelabelSign | None:
        """The sign that a field's value is, or None."""
        for one in self.signs:
            if one.field == field and one.pattern.match(value):
                return one
        return None


def load_relabels(root: Path, brands: Brands) -> Relabels:
    """Read ``relabels.yaml``.

    Raises:
        KnowledgeError: an entry is faulty, or names a brand that ``brands.yaml`` does not.
    """
    top = Entry(load_yaml(root / FILE), {"as_of", "own_codes", "signs"})
    own = top.entry("own_codes", {"values", "source"})
    signs = tuple(
        _sign(entry, brands)
        for entry in top.entries("signs", {"field", "pattern", "brand", "says", "source"})
    )
    return Relabels(top.text("as_of"), frozenset(own.texts("values")), own.text("source"), signs)


def _sign(entry: Entry, brands: Brands) -> RelabelSign:
    brand = entry.optional("brand") or None
    if brand is not None and brand not in {known.name for known in brands.brands}:
        entry.fail(f"the brand {brand!r} is not spelt so in brands.yaml", "brand")
    return RelabelSign(
        entry.text("field"), entry.compiled("pattern"), brand, entry.text("says"), entry.text("source")
    )

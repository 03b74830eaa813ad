"""Model names and what they tell: the kind of device and whose grammar the name follows.

``fingerprints/models.yaml`` is a list of rules; the first that matches decides. Rules of other makers stand
in it where their names look alike (a switch called ``DS-C9148T``, a network storage called ``DS918+``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from scanner.knowledge.brands import Brand, Brands
from scanner.knowledge.entry import Entry
from scanner.knowledge.yaml_lines import load_yaml
from scanner.model.device import DeviceClass
from scanner.model.evidence import Maker

_KEYS = frozenset(
    {"id", "pattern", "class", "series", "lines", "brand", "maker", "hint_only"}
    | {"analogue", "software", "source", "examples"}
)
_SERIES, _CHANNELS = "series", "channels"
"""Groups that a pattern may have: the maker's own name of the series, and the channels of a recorder."""
_LONGEST = 64
_INITIAL = re.compile(r"[A-Za-z0-9]")


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What a model name tells."""

    model: str
    maker: Maker
    maker_name: str
    device_class: DeviceClass | None
    """None: the grammar fits a brand that puts its names on several kinds of device."""
    series: str
    brand: str | None
    """The brand whose grammar it is; *not* a brand that the device has stated."""
    proves: bool
    """True when the grammar is peculiar to the maker's own family, so that the name alone is evidence of it.
    False for relabels: only a person can tell which maker stood behind that model."""
    rule: str
    designation: str = ""
    """Series as the maker writes it, with what is known of that line: ``DS-76 network video recorder``."""
    analogue: bool | None = None
    """Whether analogue cameras may hang behind it; None: no recorder, or not known."""
    channels: int | None = None
    """Channels that the name promises; of a recorder with analogue inputs only these."""
    software: bool = False
    """True for software, which runs on somebody else's computer."""


@dataclass(frozen=True)
class ModelRule:
    """One rule of the list."""

    id: str
    pattern: str
    device_class: DeviceClass | None
    series: str
    brand: str | None
    maker: Maker
    maker_name: str
    proves: bool
    source: str
    examples: tuple[str, ...]
    where: str
    lines: Mapping[str, str] = field(default_factory=dict)
    """What a series of the maker's is, where the rule covers several."""
    analogue: bool | None = None
    software: bool = False

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The compiled pattern; it must match at the start of the name."""
        return re.compile(self.pattern)


@dataclass(frozen=True)
class Models:
    """All rules, in order."""

    rules: tuple[ModelRule, ...]

    @cached_property
    def _cache(self) -> dict[str, ModelInfo | None]:
        return {}

    def classify(self, model: str) -> ModelInfo | None:
        """What the name tells, or None when no rule knows it. Case counts, blanks around do not."""
        name = model.strip()
        if not name or len(name) > _LONGEST or not _INITIAL.match(name):
            return None
        if name in self._cache:
            return self._cache[name]
        info = self._decide(name)
        if len(self._cache) < 4096:
            self._cache[name] = info
        return info

    def _decide(self, name: str) -> ModelInfo | None:
        for rule in self.rules:
            found = rule.regex.match(name)
            if found is not None:
                groups = found.groupdict()
                return ModelInfo(
                    model=name,
                    maker=rule.maker,
                    maker_name=rule.maker_name,
                    device_class=rule.device_class,
                    series=rule.series,
                    brand=rule.brand,
                    proves=rule.proves,
                    rule=rule.id,
                    designation=_designation(rule, groups.get(_SERIES)),
                    analogue=rule.analogue,
                    channels=int(groups.get(_CHANNELS) or 0) or None,
                    software=rule.software,
                )
        return None


def _designation(rule: ModelRule, series: str | None) -> str:
    if series is None:
        return rule.series
    line = rule.lines.get(series)
    return f"{series} {rule.series}" + (f", {line}" if line else "")


def load_models(root: Path, brands: Brands) -> Models:
    """Read ``models.yaml``; the model grammars of relabelling brands follow as the last rules.

    Raises:
        KnowledgeError: a rule is faulty; the message names file and line.
    """
    rules: list[ModelRule] = []
    seen: set[str] = set()
    for node in load_yaml(root / "models.yaml").items("models.yaml"):
        rule = _rule(Entry(node, _KEYS), brands)
        if rule.id in seen:
            raise node.fail(f"the rule {rule.id!r} stands twice")
        seen.add(rule.id)
        rules.append(rule)
    rules.extend(
        _brand_rule(brand, brands) for brand in brands.brands if brand.model_regex and not brand.family
    )
    return Models(tuple(rules))


def _brand_rule(brand: Brand, brands: Brands) -> ModelRule:
    return ModelRule(
        id=f"brand: {brand.name}",
        pattern=brand.model_regex or "",
        device_class=None,
        series=brand.name,
        brand=brand.name,
        maker=brands.makers[brand.maker_name],
        maker_name=brand.maker_name,
        proves=False,
        source=brand.source,
        examples=(),
        where="fingerprints/brands.yaml",
    )


def _rule(entry: Entry, brands: Brands) -> ModelRule:
    if ("brand" in entry) == ("maker" in entry):
        entry.fail("a rule names either a brand or a maker")
    brand = entry.optional("brand") or None
    if brand is not None and brand not in {known.name for known in brands.brands}:
        entry.fail(f"the brand {brand!r} is not spelt so in brands.yaml", "brand")
    known = brands.maker_of(brand or entry.text("maker"))
    if known is None:
        entry.fail("the maker is not in brands.yaml", "maker")
    maker, maker_name = known
    return ModelRule(
        id=entry.text("id"),
        pattern=entry.compiled("pattern").pattern,
        device_class=DeviceClass(entry.word("class", DeviceClass)) if "class" in entry else None,
        series=entry.text("series"),
        brand=brand,
        maker=maker,
        maker_name=maker_name,
        proves=maker is Maker.HIKVISION and not entry.flag("hint_only"),
        source=entry.text("source"),
        examples=entry.texts("examples"),
        where=entry.where(),
        lines=_lines(entry),
        analogue=entry.flag("analogue") if "analogue" in entry else None,
        software=entry.flag("software"),
    )


def _lines(entry: Entry) -> Mapping[str, str]:
    if "lines" not in entry:
        return {}
    named = entry.entry("lines")
    return {series: named.text(series) for series in named}

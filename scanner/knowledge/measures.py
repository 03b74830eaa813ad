"""The measures: laws, orders, rules, decisions and advice, one jurisdiction a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from scanner.knowledge.mandate_words import (
    Clause,
    Clock,
    FactKind,
    Measure,
    OtherMakers,
    PublishedDate,
    Reach,
    ReportDuty,
    Source,
    Sure,
)
from scanner.knowledge.schema import check_schema
from scanner.knowledge.sentences import need_french, read_text
from scanner.knowledge.yaml_lines import Node, load_yaml
from scanner.model.finding import Text

REACHES = ("own_brand", "subsidiary", "relabel", "components", "services")
_PRECISIONS = {4: "year", 7: "month", 10: "day"}


@dataclass(frozen=True, slots=True)
class MeasureFile:
    """One jurisdiction as loaded."""

    measures: tuple[Measure, ...]
    version: str
    as_of: str


@dataclass(frozen=True, slots=True)
class _Scope:
    """The jurisdiction that is being read."""

    name: Text
    code: str
    languages: tuple[str, ...]
    as_of: str


def load_measures(root: Path, facts: Mapping[str, FactKind]) -> tuple[MeasureFile, ...]:
    """Every file of measures, in the order of the file names.

    Raises:
        KnowledgeError: an unknown field or word, an impossible date, a missing source, an id that dangles or
            stands twice.
    """
    files = []
    seen: dict[str, str] = {}
    waiting: list[tuple[Node, str]] = []
    for path in sorted((root / "mandates").glob("*.yaml")):
        node = load_yaml(path)
        check_schema(node, root / "schemas" / "mandate.schema.json")
        loaded = _file(node, facts)
        files.append(loaded)
        for entry, measure in zip(node.mapping()["measures"].items(), loaded.measures, strict=True):
            if measure.id in seen:
                raise entry.fail(f"the id {measure.id!r} is already in {seen[measure.id]}")
            seen[measure.id] = node.where
            if measure.report is not None and measure.report.see is not None:
                waiting.append((entry.mapping()["report"].mapping()["see"], measure.report.see))
    for reference, name in waiting:
        if name not in seen:
            raise reference.fail(f"no measure has the id {name!r}")
    return tuple(files)


def _file(node: Node, facts: Mapping[str, FactKind]) -> MeasureFile:
    parts = node.mapping()
    jurisdiction = parts["jurisdiction"].mapping()
    scope = _Scope(
        name=read_text(jurisdiction["name"]),
        code=jurisdiction["code"].text(),
        languages=tuple(item.text() for item in parts["languages"].items()),
        as_of=_day(parts["as_of"]),
    )
    measures = tuple(_measure(item, scope, facts) for item in parts["measures"].items())
    return MeasureFile(measures, parts["version"].text(), scope.as_of)


def _measure(node: Node, scope: _Scope, facts: Mapping[str, FactKind]) -> Measure:
    parts = node.mapping()
    dates = {name: _date(entry) for name, entry in parts["dates"].mapping().items()}
    reaches = parts["reaches"].mapping()
    purpose = reaches["purpose_limit"]
    return Measure(
        id=parts["id"].text(),
        jurisdiction=scope.name,
        code=scope.code,
        languages=scope.languages,
        short=_text(parts["short"], scope),
        title=_text(parts["title"], scope),
        title_is=parts["title_is"].text(),
        title_note=_optional(parts, "title_note"),
        authority=_text(parts["authority"], scope),
        kind=parts["kind"].text(),
        binds=_words(parts, "binds"),
        addresses=_words(parts, "addresses"),
        binds_note=_optional(parts, "binds_note"),
        announced=dates["announced"],
        in_force=dates["in_force"],
        no_buying=dates["no_buying"],
        no_use=dates["no_use"],
        removal_by=dates["removal_by"],
        more_dates=tuple(_date(item) for item in parts["more_dates"].items())
        if "more_dates" in parts
        else (),
        makers=_words(reaches, "makers"),
        reaches={name: _reach(reaches[name]) for name in REACHES},
        classes=_words(reaches, "classes"),
        other_makers=_other_makers(reaches["other_makers"]),
        purpose_limit=purpose.text() if purpose.value is not None else None,
        obligations=_words(parts, "obligations"),
        obligation_note=_text(parts["obligation_note"], scope) if "obligation_note" in parts else None,
        does_not_say=_text(parts["does_not_say"], scope),
        exceptions=parts["exceptions"].text(),
        clauses=tuple(_clause(item, facts) for item in parts["clauses"].items()),
        report=_report(parts["report"]),
        citation=_text(parts["citation"], scope),
        sources=tuple(_source(item) for item in parts["sources"].items()),
        background=_words(parts, "background"),
        as_of=_day(parts["as_of"]) if "as_of" in parts else scope.as_of,
    )


def _date(node: Node) -> PublishedDate:
    parts = node.mapping()
    value = parts["value"]
    sure = Sure(parts["sure"].text()) if "sure" in parts else None
    note = _optional(parts, "note")
    what = _optional(parts, "what")
    if value.value is None:
        return PublishedDate(None, None, sure, note=note, what=what)
    text = value.text()
    precision = _PRECISIONS[len(text)]
    try:
        date.fromisoformat((text + "-01-01")[:10])
    except ValueError:
        raise value.fail(f"{text} is not in the calendar") from None
    if "precision" in parts and parts["precision"].text() != precision:
        raise parts["precision"].fail(f"{text} is a {precision}")
    if sure is None:
        raise node.fail("a date needs how sure it is (sure)")
    computed = "computed" in parts and parts["computed"].value is True
    return PublishedDate(text, precision, sure, computed, note, what)


def _day(node: Node) -> str:
    text = node.text()
    try:
        date.fromisoformat(text)
    except ValueError:
        raise node.fail(f"{text} is not in the calendar") from None
    return text


def _reach(node: Node) -> Reach:
    parts = node.mapping()
    return Reach(parts["value"].text(), _optional(parts, "why"))


def _other_makers(node: Node) -> OtherMakers:
    parts = node.mapping()
    found = OtherMakers(
        parts["rule"].text(), _words(parts, "names"), _words(parts, "seats"), _optional(parts, "why")
    )
    if (found.rule == "named") != bool(found.names) or (found.rule == "seat") != bool(found.seats):
        raise node.fail("the rule named needs names, the rule seat needs seats, and the others neither")
    return found


def _clause(node: Node, facts: Mapping[str, FactKind]) -> Clause:
    parts = node.mapping()
    clause = Clause(
        parts["role"].text(),
        parts["says"].text(),
        parts["decided_by"].text(),
        _optional(parts, "fact") or None,
    )
    if (clause.decided_by == "fact") != (clause.fact is not None):
        raise node.fail("a clause names a fact if, and only if, a fact decides it")
    if clause.fact is not None and clause.fact not in facts:
        raise parts["fact"].fail(f"no fact has the name {clause.fact!r}")
    return clause


def _report(node: Node) -> ReportDuty | None:
    if node.value is None:
        return None
    parts = node.mapping()
    clocks = tuple(_clock(item) for item in parts["clocks"].items()) if "clocks" in parts else ()
    return ReportDuty(
        trigger=_optional(parts, "trigger"),
        to=_optional(parts, "to"),
        note=_optional(parts, "note"),
        see=_optional(parts, "see") or None,
        clocks=clocks,
    )


def _clock(node: Node) -> Clock:
    parts = node.mapping()
    elements = tuple(
        (item.mapping()["what"].text(), item.mapping()["from_scan"].text())
        for item in (parts["elements"].items() if "elements" in parts else ())
    )
    return Clock(parts["clause"].text(), parts["within"].text(), elements, _optional(parts, "note"))


def _source(node: Node) -> Source:
    parts = node.mapping()
    official = "official" in parts and parts["official"].value is True
    return Source(parts["what"].text(), _optional(parts, "url") or None, official)


def _text(node: Node, scope: _Scope) -> Text:
    text = read_text(node)
    if "fr" in scope.languages:
        need_french(node, text, "this text")
    return text


def _optional(parts: Mapping[str, Node], name: str) -> str:
    return parts[name].text() if name in parts else ""


def _words(parts: Mapping[str, Node], name: str) -> tuple[str, ...]:
    return tuple(item.text() for item in parts[name].items()) if name in parts else ()

"""Measures and profiles as lines for a reader at a terminal, in English or, where it exists, French."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from scanner.knowledge.mandate_words import (
    REQUIRED_KINDS,
    Clause,
    Decision,
    Kind,
    MandateLibrary,
    Measure,
    Profile,
    PublishedDate,
    ReportDuty,
)
from scanner.mandates.dates import in_words
from scanner.model.finding import Text

LANGUAGES = ("en", "fr")
_LABELS: dict[str, tuple[str, str]] = {
    "announced": ("announced", "annoncée"),
    "in_force": ("in force", "en vigueur"),
    "no_buying": ("no buying from", "achat interdit dès"),
    "no_use": ("no use from", "usage interdit dès"),
    "removal_by": ("removal by", "retrait d'ici"),
    "jurisdiction": ("jurisdiction", "territoire"),
    "authority": ("authority", "autorité"),
    "kind": ("kind", "nature"),
    "binds": ("binds", "lie"),
    "addresses": ("addresses", "s'adresse à"),
    "makers": ("makers", "fabricants"),
    "reaches": ("reaches", "vise"),
    "others": ("other makers", "autres fabricants"),
    "purpose": ("limited by", "limitée par"),
    "asks": ("asks", "exige"),
    "not": ("does not say", "ne dit pas"),
    "clause": ("clause", "clause"),
    "report": ("report", "signalement"),
    "citation": ("citation", "référence"),
    "source": ("source", "source"),
    "background": ("background", "contexte"),
    "as_of": ("as of", "en date du"),
    "nobody": ("nobody", "personne"),
    "none": ("no date known", "aucune date connue"),
    "computed": ("computed by us", "calculée par nous"),
    "descriptive": ("our description, not an official title", "notre description, non un titre officiel"),
    "read": ("read in a source", "lue dans une source"),
    "press": (
        "stated only by the press report of 28 June 2025",
        "indiquée par le seul article du 28 juin 2025",
    ),
    "general": ("general knowledge, not read", "connaissance générale, non lue"),
    "facts": ("facts", "faits"),
    "measures": ("measures", "mesures"),
    "every": ("every measure, for information", "toutes les mesures, à titre d'information"),
    "note": ("note", "note"),
}
_INDENTS = {"en": 19, "fr": 20}
"""Columns of the labels."""


def pick(text: Text, language: str) -> str:
    """The text in a language; English where the other does not exist."""
    return (text.fr if language == "fr" else None) or text.en


def list_lines(library: MandateLibrary, language: str, width: int) -> Iterator[str]:
    """Every measure in a line or two: id, day of the announcement, removal date, short name."""
    for measure in library.measures.values():
        announced = measure.announced.value or "-"
        removal = measure.removal_by.value
        ends = f"; {_label('removal_by', language)} {in_words(removal, language)}" if removal else ""
        name = f"{pick(measure.short, language)}, {pick(measure.jurisdiction, language)}{ends}"
        yield from _wrapped(f"{measure.id:<25} {announced:<10}", name, width, 38)


def profiles_lines(library: MandateLibrary, language: str, width: int) -> Iterator[str]:
    """Every profile: id, whom it stands for, the facts that it asks for."""
    for profile in library.profiles.values():
        asks = f" [{_label('facts', language)}: {', '.join(profile.asks)}]" if profile.asks else ""
        yield from _wrapped(f"{profile.id:<38}", pick(profile.label, language) + asks, width, 38)


def measure_lines(measure: Measure, language: str, width: int) -> Iterator[str]:
    """The whole measure."""
    yield measure.id
    yield from textwrap.wrap(pick(measure.title, language), width)
    if measure.title_is == "descriptive":
        yield f"({_label('descriptive', language)})"
    if measure.title_note:
        yield from textwrap.wrap(measure.title_note, width)
    yield ""
    indent = _INDENTS[language]
    for label, text in (
        *_who(measure, language),
        *_when(measure, language),
        *_what(measure, language),
        *_grounds(measure, language),
    ):
        yield from _wrapped(_label(label, language), text, width, indent)


def _who(measure: Measure, language: str) -> Iterator[tuple[str, str]]:
    yield "jurisdiction", pick(measure.jurisdiction, language)
    yield "authority", pick(measure.authority, language)
    yield "kind", measure.kind.replace("_", " ")
    yield "binds", ", ".join(measure.binds) or _label("nobody", language)
    if measure.binds_note:
        yield "note", measure.binds_note
    if measure.addresses:
        yield "addresses", ", ".join(measure.addresses)


def _when(measure: Measure, language: str) -> Iterator[tuple[str, str]]:
    for name, published in measure.dates.items():
        yield name, _date(published, language)
    for published in measure.more_dates:
        yield "note", f"{published.what}: {_date(published, language)}"


def _what(measure: Measure, language: str) -> Iterator[tuple[str, str]]:
    yield "makers", ", ".join(measure.makers) or "-"
    for name, reach in measure.reaches.items():
        why = f" ({reach.why.rstrip('.')})" if reach.why else ""
        yield "reaches", f"{name.replace('_', ' ')}: {reach.value.replace('_', ' ')}{why}"
    if measure.other_makers.rule != "none":
        yield "others", measure.other_makers.why or measure.other_makers.rule
    if measure.purpose_limit:
        yield "purpose", measure.purpose_limit
    if measure.obligation_note:
        yield "asks", pick(measure.obligation_note, language)
    yield "not", pick(measure.does_not_say, language)
    for clause in measure.clauses:
        yield "clause", _clause(clause)
    for text in _report(measure.report):
        yield "report", text


def _grounds(measure: Measure, language: str) -> Iterator[tuple[str, str]]:
    yield "citation", pick(measure.citation, language)
    for text in measure.background:
        yield "background", text
    for source in measure.sources:
        yield "source", " ".join(filter(None, (source.what, source.url)))
    yield "as_of", in_words(measure.as_of, language)


def profile_lines(profile: Profile, library: MandateLibrary, language: str, width: int) -> Iterator[str]:
    """A profile: its measures, its facts, and what it asks for each kind of device."""
    yield profile.id
    yield from textwrap.wrap(pick(profile.label, language), width)
    if profile.note:
        yield from textwrap.wrap(pick(profile.note, language), width)
    yield ""
    indent = _INDENTS[language]
    names = ", ".join(duty.measure for duty in profile.duties if duty.measure)
    yield from _wrapped(_label("measures", language), names or _label("every", language), width, indent)
    for name in profile.asks:
        fact = library.facts[name]
        text = f"{name}: {pick(fact.question, language)} ({fact.allowed})"
        yield from _wrapped(_label("facts", language), text, width, indent)
    for kind in REQUIRED_KINDS:
        words = " / ".join(pick(library.words[decision], language) for decision in decisions(profile, kind))
        yield from _wrapped(kind.replace("_", " "), words, width, indent)


def decisions(profile: Profile, kind: Kind) -> list[Decision]:
    """What the strictest measure of a profile may ask for a kind of device, the strictest first."""
    rows = [duty.rows[kind] for duty in profile.duties]
    strictest = min(rows, key=lambda outcomes: min(outcome.decision.rank for outcome in outcomes))
    return sorted({outcome.decision for outcome in strictest}, key=lambda decision: decision.rank)


def _label(name: str, language: str) -> str:
    return _LABELS[name][LANGUAGES.index(language)]


def _date(published: PublishedDate, language: str) -> str:
    if published.value is None:
        words = _label("none", language)
    else:
        computed = f", {_label('computed', language)}" if published.computed else ""
        words = in_words(published.value, language) + computed
    sure = f" ({_label(published.sure, language)})" if published.sure else ""
    return f"{words}{sure}" + (f". {published.note}" if published.note else "")


def _clause(clause: Clause) -> str:
    by = clause.fact if clause.decided_by == "fact" else clause.decided_by
    return f"[{clause.role}, decided by {by}] {clause.says}"


def _report(duty: ReportDuty | None) -> Iterator[str]:
    if duty is None:
        return
    if duty.see:
        yield f"see {duty.see}"
        return
    yield " ".join(filter(None, (duty.trigger, f"To: {duty.to}." if duty.to else "", duty.note)))
    for clock in duty.clocks:
        held = ", ".join(what for what, _ in clock.elements)
        yield f"{clock.clause}: within {clock.within}." + (f" Holds: {held}." if held else "")


def _wrapped(first: str, text: str, width: int, indent: int) -> Iterator[str]:
    """The text after a label, its further lines under its beginning; a link is never broken."""
    lines = textwrap.wrap(text, max(width - indent, 30), break_long_words=False, break_on_hyphens=False)
    yield f"{first.rstrip():<{indent - 1}} {lines[0] if lines else ''}".rstrip()
    yield from (" " * indent + line for line in lines[1:])

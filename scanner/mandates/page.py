"""The reference page of the measures and profiles, as Markdown, written from the data."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.knowledge.mandate_words import (
    REQUIRED_KINDS,
    Clause,
    MandateLibrary,
    Measure,
    PublishedDate,
    Sure,
)
from scanner.mandates.dates import in_words
from scanner.mandates.show import decisions

SURE = {
    Sure.READ: "read in a source",
    Sure.PRESS: "stated only by the press report of 28 June 2025",
    Sure.GENERAL: "general knowledge, not read in a source",
}
DATE_NAMES = {
    "announced": "announced",
    "in_force": "in force",
    "no_buying": "no buying from",
    "no_use": "no use from",
    "removal_by": "removal by",
}
_DECIDERS = {"scan": "the scan", "person": "a person", "fact": "the fact"}


def mandates_page(library: MandateLibrary) -> str:
    """The whole page; equal data give equal text."""
    return "\n".join(_lines(library)) + "\n"


def date_words(published: PublishedDate) -> str:
    """A date with how sure it is; never more precise than it was published."""
    if published.value is None:
        words = "no date known"
    else:
        computed = ", computed by us" if published.computed else ""
        words = f"{in_words(published.value, 'en')}{computed}"
    sure = f" ({SURE[published.sure]})" if published.sure else ""
    note = f". {published.note.rstrip('.')}" if published.note else ""
    return f"{words}{sure}{note}."


def decision_table(library: MandateLibrary) -> Iterator[str]:
    """What each profile asks for each kind of device: what its strictest measure asks, or may ask."""
    yield "| profile | " + " | ".join(kind.replace("_", " ") for kind in REQUIRED_KINDS) + " |"
    yield "|---" * (len(REQUIRED_KINDS) + 1) + "|"
    for profile in library.profiles.values():
        cells = [
            " / ".join(decision.value.replace("_", " ") for decision in decisions(profile, kind))
            for kind in REQUIRED_KINDS
        ]
        yield f"| `{profile.id}` | " + " | ".join(cells) + " |"


def _lines(library: MandateLibrary) -> Iterator[str]:
    yield "# Mandates"
    yield ""
    yield (
        f"{len(library.measures)} measures and {len(library.profiles)} profiles as known on "
        f"{in_words(library.as_of, 'en')}. This page is generated from `fingerprints/`. "
        "It is not legal advice."
    )
    yield ""
    yield "Every date says how it is known:"
    yield ""
    yield from (f"- *{words}*" for words in SURE.values())
    yield ""
    yield "## Profiles"
    yield ""
    yield (
        "`a / b` = a or b, by the facts of the site. "
        "A device that is only probable or possible is verified first."
    )
    yield ""
    yield from decision_table(library)
    yield ""
    yield from _profiles(library)
    yield "## Facts"
    yield ""
    yield "| fact | value | question |"
    yield "|---|---|---|"
    for fact in library.facts.values():
        given = " (read from the device)" if fact.given_by == "device" else ""
        yield f"| `{fact.name}` | {fact.allowed}{given} | {fact.question.en} |"
    place = ""
    for measure in sorted(library.measures.values(), key=lambda found: found.jurisdiction.en):
        if measure.jurisdiction.en != place:
            place = measure.jurisdiction.en
            yield ""
            yield f"## {place}"
        yield from _measure(measure)


def _profiles(library: MandateLibrary) -> Iterator[str]:
    for profile in library.profiles.values():
        names = ", ".join(f"`{duty.measure}`" if duty.measure else "every measure" for duty in profile.duties)
        asks = ", ".join(f"`{name}`" for name in profile.asks)
        yield f"- `{profile.id}`: {profile.label.en}. Measures: {names}." + (
            f" Asks: {asks}." if asks else ""
        )
        if profile.note:
            yield f"  {profile.note.en}"
    yield ""


def _measure(measure: Measure) -> Iterator[str]:
    yield ""
    yield f"### `{measure.id}`"
    yield ""
    title_is = "" if measure.title_is == "official" else " *(our description; not an official title)*"
    yield f"**{measure.title.en}**{title_is}"
    if measure.title.fr:
        yield ""
        yield f"*{measure.title.fr}*"
    yield ""
    if measure.title_note:
        yield f"{measure.title_note}"
        yield ""
    yield f"- Authority: {measure.authority.en}. Kind: {measure.kind.replace('_', ' ')}."
    bound = ", ".join(measure.binds) or "nobody"
    spoken = f"; addresses {', '.join(measure.addresses)}" if measure.addresses else ""
    yield f"- Binds: {bound}{spoken}." + (f" {measure.binds_note}" if measure.binds_note else "")
    yield from (
        f"- {DATE_NAMES[name].capitalize()}: {date_words(date)}" for name, date in measure.dates.items()
    )
    yield from (
        f"- {date.what[:1].upper()}{date.what[1:]}: {date_words(date)}" for date in measure.more_dates
    )
    yield from _reaches(measure)
    if measure.obligation_note:
        yield f"- Asks: {measure.obligation_note.en}"
    yield f"- Does not say: {measure.does_not_say.en}"
    yield from (f"- {_clause(clause)}" for clause in measure.clauses)
    if measure.exceptions in ("unknown", "none_known"):
        yield f"- Exceptions: {measure.exceptions.replace('_', ' ')}."
    yield from _report(measure)
    yield f"- Citation: {measure.citation.en}" + (f" / {measure.citation.fr}" if measure.citation.fr else "")
    yield from (f"- Background: {line}" for line in measure.background)
    for source in measure.sources:
        official = ", official" if source.official else ""
        yield f"- Source: {source.what}{official}" + (f", <{source.url}>" if source.url else "")
    yield f"- As of {measure.as_of}."


def _reaches(measure: Measure) -> Iterator[str]:
    yield f"- Makers in its words: {', '.join(measure.makers) or 'none'}."
    words = "; ".join(
        f"{name.replace('_', ' ')}: {reach.value.replace('_', ' ')}"
        + (f" ({reach.why.rstrip('.')})" if reach.why else "")
        for name, reach in measure.reaches.items()
    )
    yield f"- Reaches: {words}."
    if measure.classes:
        yield f"- Limited to: {', '.join(measure.classes)}."
    if measure.other_makers.rule != "none":
        yield f"- **Reaches other makers too.** {measure.other_makers.why}"
    if measure.purpose_limit:
        yield f"- Limited by purpose or place: {measure.purpose_limit}"


def _clause(clause: Clause) -> str:
    who = _DECIDERS[clause.decided_by] + (f" `{clause.fact}`" if clause.fact else "")
    return f"{clause.role.capitalize()}, decided by {who}: {clause.says}"


def _report(measure: Measure) -> Iterator[str]:
    duty = measure.report
    if duty is None:
        return
    if duty.see:
        yield f"- Report: see `{duty.see}`."
        return
    yield "- Report: " + " ".join(
        filter(None, (duty.trigger, f"To: {duty.to}." if duty.to else "", duty.note))
    )
    for clock in duty.clocks:
        yield f"    - {clock.clause}: within {clock.within}." + (f" {clock.note}" if clock.note else "")
        yield from (f"        - {what} (from a scan: {given})" for what, given in clock.elements)

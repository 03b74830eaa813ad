"""What stands once in a report: the disclaimer, and what a reader must know of the measures themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from scanner.knowledge.mandate_words import Kind, MandateLibrary
from scanner.mandates.dates import in_words
from scanner.model.finding import Text

OLD_AFTER = 180
"""Days after which the knowledge of measures is called old: several US facts are younger than a year."""


def disclaimer(library: MandateLibrary) -> Text:
    """That this is no legal advice, with the day at which the measures were known."""
    return _fill(library, "disclaimer", {"as_of": library.as_of})


def report_notes(library: MandateLibrary, profiles: Sequence[str], on: date) -> tuple[Text, ...]:
    """Sentences that stand once in a report.

    Args:
        library: the measures.
        profiles: ids of the profiles that were chosen.
        on: day of the scan.

    Raises:
        UsageError: there is no such profile.
    """
    notes = []
    if not profiles:
        notes.append(_fill(library, "note_no_profile", {}))
    reaching = _reaching_others(library, profiles)
    if reaching:
        names = [library.measures[name].short for name in reaching]
        sentence = library.general["note_other_makers"].text
        notes.append(
            Text(
                sentence.en.replace("{measures}", ", ".join(name.en for name in names)),
                (sentence.fr or "").replace("{measures}", ", ".join(name.fr or name.en for name in names)),
            )
        )
    age = (on - date.fromisoformat(library.as_of)).days
    if age > OLD_AFTER:
        notes.append(_fill(library, "note_old_knowledge", {"as_of": library.as_of, "days": str(age)}))
    return tuple(notes)


def _reaching_others(library: MandateLibrary, profiles: Sequence[str]) -> list[str]:
    """Measures of these profiles that may bind, and reach other makers too."""
    found: dict[str, None] = {}
    for name in profiles:
        for duty in library.profile(name).duties:
            rows = duty.rows.get(Kind.COVERED_OTHER_MAKER, ())
            if duty.measure and any(outcome.applies != "no" for outcome in rows):
                found[duty.measure] = None
    return list(found)


def _fill(library: MandateLibrary, key: str, slots: dict[str, str]) -> Text:
    text = library.general[key].text
    english, french = text.en, text.fr or text.en
    for slot, value in slots.items():
        dated = slot == "as_of"
        english = english.replace(f"{{{slot}}}", in_words(value, "en") if dated else value)
        french = french.replace(f"{{{slot}}}", in_words(value, "fr") if dated else value)
    return Text(english, french)

"""What every statutory draft has: its mark, what the law does not say, coverage, a place to sign.

A draft states what a scan can know. What it cannot know is a marked blank, and nothing is invented.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.knowledge.mandate_words import Measure
from scanner.reporter.export import said
from scanner.reporter.export.interface import Export
from scanner.reporter.export.markup import escaped

BLANK = "\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_"
"""What a person has to fill in, in Markdown."""
MARK = "DRAFT for a person to complete, check and sign. It is no legal advice and has been sent to nobody."
MARK_FR = (
    "ÉBAUCHE à compléter, à vérifier et à signer par une personne. Ce n'est pas un avis juridique et elle "
    "n'a été transmise à personne."
)


def head(title: str, *, french: str = "", speaks_french: bool = False) -> Iterator[str]:
    """The title and the mark."""
    yield f"# {title}" + (f" / {french}" if speaks_french and french else "")
    yield ""
    yield f"**{MARK}**"
    yield ""
    if speaks_french:
        yield f"**{MARK_FR}**"
        yield ""


def does_not_say(measure: Measure, *, speaks_french: bool = False) -> Iterator[str]:
    """What a measure does not say, and which of its conditions a person has to decide."""
    name = f"{escaped(measure.short.en)} ({escaped(measure.citation.en)})"
    yield f"- {name}: {escaped(measure.does_not_say.en)}"
    if speaks_french and measure.does_not_say.fr:
        yield f"- {escaped(measure.short.fr or '')} : {escaped(measure.does_not_say.fr)}"
    for clause in measure.clauses:
        if clause.decided_by != "scan":
            who = "a person decides" if clause.decided_by == "person" else f"fact {escaped(clause.fact)}"
            yield f"  - {escaped(clause.role)} ({who}): {escaped(clause.says)}"


def coverage(export: Export, *, speaks_french: bool = False) -> Iterator[str]:
    """What was looked at, and with what."""
    yield "## Coverage" + (" / Couverture" if speaks_french else "")
    yield ""
    yield escaped(said.coverage_sentence(export.report))
    yield ""
    if not said.complete(export.report):
        yield "**The coverage is not complete: this document may lack equipment that is there.**"
        yield ""
        if speaks_french:
            yield "**La couverture n'est pas complète : il se peut que de l'équipement présent manque ici.**"
            yield ""
    made = ", ".join(f"{name} {value}" for name, value in said.versions(export.report).items())
    of = f"inventory as of {export.as_of}" if export.as_of else f"run {said.text(export.report.run.id)}"
    yield escaped(f"Made of the {of} with {made}.")
    yield ""
    for sentence in filter(None, (export.report.disclaimer.en, export.report.disclaimer.fr)):
        yield escaped(sentence)
        yield ""


def signature(*, speaks_french: bool = False) -> Iterator[str]:
    """Where a person signs."""
    words = [("Name", "Nom"), ("Title", "Titre"), ("Date", "Date"), ("Signature", "Signature")]
    yield "## To sign" + (" / À signer" if speaks_french else "")
    yield ""
    for english, french in words:
        both = f"{english} / {french}" if speaks_french and english != french else english
        yield f"- {both}: {BLANK}"

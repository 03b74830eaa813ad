"""The words of a ticket, from templates that an organisation may replace: title, our own block, comments.

Whatever a device says is escaped for the tracker's markup by the template engine itself: an expression in a
template is a value, and only what the markup made is markup.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scanner.model.errors import UsageError
from scanner.reporter.wording import MAKER, deadline_words, decision_words, evidence_words, maker_words
from scanner.tickets.facts import Facts, due_day
from scanner.tickets.keys import version_of
from scanner.tickets.markup import TEXT, Markup, Raw, plain
from scanner.tickets.memo import join_memo
from scanner.tickets.stand import version_parts
from scanner.tickets.trackers.interface import Draft
from scanner.tickets.words import Group, Step, Ticket

if TYPE_CHECKING:
    from jinja2 import Environment

LANGUAGES = ("en", "fr")
OUR_OWN = Path(__file__).parent / "templates"
_TITLE = 160
"""Characters of a title: the shortest limit among the trackers is 255."""
_SHOWN = 100
"""Devices that one ticket describes; a site may have thousands."""


@dataclass(frozen=True, slots=True)
class Voice:
    """In which language and markup a ticket is written, and by whose templates."""

    markup: Markup
    language: str = "en"
    folder: Path | None = None
    """Templates of the organisation; what is not there is ours."""
    report: str = ""
    """Where the report lies, for a link."""


class Writer:
    """Renders templates.

    Args:
        voice: how.

    Raises:
        UsageError: a template of the organisation cannot be read or is faulty; in any method.
    """

    def __init__(self, voice: Voice) -> None:
        self._voice = voice
        self._environment = _environment(voice, voice.markup)
        self._plain = _environment(voice, TEXT)

    def draft(self, group: Group, facts: Sequence[Facts], memo: str, relates: str = "") -> Draft:
        """A ticket about a group."""
        told = {"group": group, "facts": facts[:_SHOWN], "more": max(0, len(facts) - _SHOWN)}
        title = plain(self._render("title", told, self._plain))
        return Draft(
            title=title if len(title) <= _TITLE else title[: _TITLE - 1] + "…",
            body=self._render("ticket", told | {"memo": memo, "relates": relates}),
            memo=memo,
            keys=tuple(key.text for key in group.keys),
            due=due_day(facts),
            relates=relates,
        )

    def note(self, step: Step) -> str:
        """A comment, with its mark at the end."""
        said = self._render(step.note, {"step": step, "group": step.group, "change": step.change})
        return f"{said.rstrip()}\n\n{self._voice.markup.quiet(step.mark)}\n"

    def _render(self, name: str, told: Mapping[str, Any], environment: Environment | None = None) -> str:
        from jinja2 import TemplateError

        try:
            return (environment or self._environment).get_template(f"{name}.j2").render(told)
        except TemplateError as error:
            line = f" line {error.lineno}" if getattr(error, "lineno", None) else ""  # type: ignore[attr-defined]
            raise UsageError(f"template {self._voice.language}/{name}.j2{line}: {error}") from None


def _environment(voice: Voice, markup: Markup) -> Environment:
    from jinja2 import FileSystemLoader, StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    folders = [voice.folder] if voice.folder is not None else []
    searched = [folder / voice.language for folder in (*folders, OUR_OWN)]
    environment = SandboxedEnvironment(  # finalize escapes each value, for any markup
        loader=FileSystemLoader(searched), undefined=StrictUndefined, finalize=markup.text,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.globals.update(
        maker=MAKER,
        report=voice.report,
        heading=markup.heading,
        bold=markup.bold,
        paragraph=markup.paragraph,
        items=markup.items,
        link=markup.link,
        quiet=markup.quiet,
        join=lambda *parts: Raw("".join(map(markup.text, parts))),
        decision=decision_words,
        deadline=lambda one: deadline_words(one, voice.language),
        evidence=evidence_words,
        made_by=maker_words,
    )
    return environment


def memo_of(group: Group, ticket: Ticket | None = None) -> str:
    """The words by which a ticket is found again, what its block is made of, and what was done to it."""
    keys, marks = [key.text for key in group.keys], []
    if ticket is not None:
        keys += sorted(ticket.keys)
        marks = [word for word in ticket.memo.split() if word in ticket.marks]
    return join_memo(keys, version_of(version_parts(group)), marks)

"""``hiksweep mandates``: the measures and the profiles, as the knowledge holds them."""

from __future__ import annotations

import difflib
import shutil
from collections.abc import Iterable

import click

from scanner.cli.help import HELP
from scanner.knowledge.location import fingerprints_root
from scanner.knowledge.mandate_words import MandateLibrary
from scanner.knowledge.mandates import load_mandates
from scanner.mandates.show import LANGUAGES, list_lines, measure_lines, profile_lines, profiles_lines
from scanner.model.errors import UsageError

_language = click.option(
    "--lang",
    "language",
    type=click.Choice(LANGUAGES),
    default="en",
    show_default=True,
    help="Language; French exists for Canada and Quebec, the rest stays English.",
)


@click.group("mandates", context_settings=HELP, short_help="The measures and profiles that findings rest on.")
def command() -> None:
    """Measures against Hikvision equipment, and the profiles that say whom they bind.

    Every measure is shown whole: dates and how sure each is, who is bound, what it reaches, what it does not
    say, and its sources. It is not legal advice.

    Example: hiksweep mandates show ca-qc-2023 --lang fr
    """


@command.command("list", short_help="Every measure, with the day of its announcement.")
@_language
def list_command(language: str) -> None:
    """List every measure: id, day of the announcement (- = not known), name.

    Example: hiksweep mandates list
    """
    library = _library()
    _print(list_lines(library, language, _width()))
    click.echo(f"\n{len(library.measures)} measures as known on {library.as_of}. Not legal advice.")


@command.command("show", short_help="One measure or profile, whole.")
@click.argument("name", metavar="ID")
@_language
def show(name: str, language: str) -> None:
    """Show one measure whole, or what one profile asks for each kind of device.

    Example: hiksweep mandates show us-far-52-204-25

    Example: hiksweep mandates show ca-quebec-public-body --lang fr

    Exit code: 2 if there is no such measure or profile.
    """
    library = _library()
    parts: list[Iterable[str]] = []
    if name in library.measures:
        parts.append(measure_lines(library.measures[name], language, _width()))
    if name in library.profiles:
        parts.append(profile_lines(library.profiles[name], library, language, _width()))
    if not parts:
        raise UsageError(_unknown(name, library))
    for place, lines in enumerate(parts):
        if place:
            click.echo()
        _print(lines)


@command.command("profiles", short_help="Whom a mandate may bind, for --profile.")
@_language
def profiles(language: str) -> None:
    """List the profiles for --profile, with the facts that sharpen their decisions.

    Choose your own: the tool never guesses it. Several may hold at once.

    Example: hiksweep mandates profiles --lang fr
    """
    _print(profiles_lines(_library(), language, _width()))


def _library() -> MandateLibrary:
    return load_mandates(fingerprints_root())


def _width() -> int:
    return max(60, min(shutil.get_terminal_size((100, 24)).columns, 120))


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)


def _unknown(name: str, library: MandateLibrary) -> str:
    near = difflib.get_close_matches(name, [*library.measures, *library.profiles], n=3, cutoff=0.4)
    hint = f"did you mean {', '.join(dict.fromkeys(near))}? " if near else ""
    return f"no measure and no profile is called {name!r}; {hint}`hiksweep mandates list` lists the measures"

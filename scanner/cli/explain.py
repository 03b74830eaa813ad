"""`hiksweep explain`: why a device is called what it is called, and why an address is not."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from scanner.cli import options
from scanner.cli.help import HELP
from scanner.matcher.raising import by_hand
from scanner.reporter.explain import render_explained
from scanner.reporter.explain_json import render_explained_json
from scanner.run.explain import explain, last_journal


@click.command(
    "explain", context_settings=HELP, short_help="Say why a device, or an address, is judged as it is."
)
@click.argument("what", metavar="DEVICE|ADDRESS")
@click.option(
    "--journal",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The run to look into.  [default: the last one in the data folder]",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(what: str, journal: Path | None, form: str) -> None:
    """Say what a run knows of one device or address: evidence, rule, contradictions. No packet is sent.

    \b
    DEVICE   its id or the beginning of it, its serial number or its MAC address
    ADDRESS  any address, also one where nothing was found

    \b
    Example:  hiksweep explain 10.1.0.64
              hiksweep explain dev-1c7a --journal scan.jsonl --format json

    Exit codes: 0 explained, 2 no such device, or several.
    """
    knowledge = options.load_knowledge()
    options.warn_of_age(knowledge, quiet=False)
    explained = explain(journal or last_journal(), what, knowledge)
    if form == "json":
        click.echo(render_explained_json(explained, by_hand(explained)), nl=False)
        return
    width = min(shutil.get_terminal_size((100, 40)).columns, 120)
    click.echo(render_explained(explained, by_hand(explained), width), nl=False)

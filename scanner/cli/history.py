"""`hiksweep history`: everything that is known of one device over time, and by whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

import click

from scanner.cli import listing
from scanner.cli.help import HELP
from scanner.reporter.text import clean

if TYPE_CHECKING:
    from scanner.inventory.lists import History, Told


@click.command(
    "history", context_settings=HELP, short_help="One device over time: states, addresses, decisions."
)
@click.argument("device", metavar="DEVICE")
@listing.format_option
@listing.store_option
def command(device: str, form: str, store: str | None) -> None:
    """Show one device over time: each change of state with what it needed and who made it, and its addresses.

    \b
    DEVICE  its id or the beginning of it, a name that a run gave it, an address, its serial number or MAC

    \b
    Example:  hiksweep history 10.1.0.64

    Exit codes: 0 shown, 2 no such device, or several.
    """
    from scanner.inventory.lists import history

    with listing.reading(store) as connection:
        name = listing.meant(connection, device)
        found = history(connection, name, listing.now().date())
    if form == "json":
        listing.print_json("history", found)
        return
    _print(found)


def _print(found: History) -> None:
    one = found.device
    click.echo(f"{one.id}  {one.presence} since {one.since[:10]}  (site {clean(one.site)})")
    for name, value in one.fields.items():
        if value:
            click.echo(f"  {name}: {clean(value)}")
    others = [name for name in found.aliases if name != one.id]
    if others:
        click.echo(f"  also known as: {', '.join(others)}")
    if found.may_be:
        click.echo(f"  may be {found.may_be.device}: {found.may_be.why} ('hiksweep devices merge' says so)")
    for state, measures in _by_state(found).items():
        click.echo(f"  {state}: {', '.join(measures)}")
    click.echo("\nAddresses")
    rows = [
        (listing.short_time(span.first_at), listing.short_time(span.last_at), span.site, span.address)
        for span in found.intervals
    ]
    for line in listing.columns(("FROM", "TO", "SITE", "ADDRESS"), rows):
        click.echo(line)
    click.echo("\nWhat happened")
    told = [
        (listing.short_time(lines[0].at), _subjects(lines, one.id), lines[0].what, lines[0].by, lines[0].why)
        for lines in _alike(found)
    ]
    for line in listing.columns(("WHEN (UTC)", "OF", "WHAT", "BY", "WHY"), told):
        click.echo(line)


def _by_state(found: History) -> dict[str, list[str]]:
    """The measures by what has become of them."""
    states: dict[str, list[str]] = {}
    for one in found.findings:
        until = f" until {one.until}" if one.until else ""
        states.setdefault(f"{one.state}{until} since {one.since[:10]}", []).append(one.measure)
    return states


def _alike(found: History) -> Iterator[list[Told]]:
    """What happened at once and in the same way to several findings, together."""
    for _, lines in groupby(found.told, lambda line: (line.at, line.what, line.by, line.why)):
        yield list(lines)


def _subjects(lines: Sequence[Told], device: str) -> str:
    if len(lines) > 1:
        return f"{len(lines)} findings"
    return "device" if lines[0].subject == device else lines[0].subject.removeprefix(f"{device}/")

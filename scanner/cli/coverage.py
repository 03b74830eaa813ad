"""`hiksweep coverage`: which networks were covered whole lately, and which were not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from scanner.cli import listing
from scanner.cli.help import HELP
from scanner.reporter.text import plural

if TYPE_CHECKING:
    from scanner.inventory.covered import Covered

_DAYS = (7, 14, 30)


@click.command("coverage", context_settings=HELP, short_help="When each network was covered whole last.")
@click.option("--as-of", "as_of", metavar="DATE", help="On the evidence of this day.  [default: today]")
@listing.site_option
@listing.format_option
@listing.store_option
def command(as_of: str | None, site: str | None, form: str, store: str | None) -> int:
    """Say for each network when a run covered it whole last, and by what. What is older than a month is due.

    \b
    Example:  hiksweep coverage --as-of 2026-11-01

    Networks that fell silent and wait for an answer are named below the table. One that was declared out of
    service ('hiksweep networks retire') stands apart: nobody covers it, and nobody has to.

    Exit codes: 0 every network in service was covered in the last 30 days, 4 not every one, 2 usage.
    """
    from scanner.inventory.covered import coverage, within
    from scanner.inventory.lists import day_of, open_questions

    now = listing.now()
    day = day_of(as_of, now) if as_of else now.date()
    with listing.reading(store) as connection:
        found = coverage(connection, day, site)
        asked = [one for one in open_questions(connection) if site in (None, one[0].rpartition(" ")[0])]
    counts = {days: within(found, days) for days in _DAYS}
    served = sum(not one.retired for one in found)
    code = 0 if counts[_DAYS[-1]] == served and found else 4
    if form == "json":
        questions = [{"network": name, "since": at, "heard": heard} for name, at, heard in asked]
        data = {
            "as_of": day,
            "networks": listing.plain(found),
            "within_days": counts,
            "declared": len(found) - served,
            "questions": questions,
        }
        listing.print_json("coverage", data)
        return code
    heads = ("SITE", "NETWORK", "COVERED", "DAYS", "RUN", "BY")
    rows = [
        (
            one.site,
            one.prefix,
            listing.short_time(one.at) if one.at else "never",
            "" if one.days is None else str(one.days),
            one.run,
            _how(one),
        )
        for one in found
    ]
    for line in listing.columns(heads, rows) if rows else ():
        click.echo(line)
    lately = ", ".join(f"{counts[days]} in the last {days} days" for days in _DAYS)
    if found:
        click.echo(f"Of {plural(served, 'network')} covered whole as of {day}: {lately}.")
        if served < len(found):
            click.echo(f"Declared out of service, not covered and not counted: {len(found) - served}.")
    else:
        click.echo("No network yet: no run walked one, and none was named.")
        listing.say_what_is_elsewhere()
    _ask(asked)
    return code


def _how(one: Covered) -> str:
    """By what it was covered, or why it need not be."""
    left = f" ({one.excluded:,} excluded)" if one.excluded else ""
    declared = f"declared out of service on {one.retired[:10]}" if one.retired else ""
    return "; ".join(filter(None, (", ".join(one.methods) + left, declared)))


def _ask(asked: Sequence[tuple[str, str, str]]) -> None:
    """Name the networks that fell silent and wait for an answer."""
    for name, at, heard in asked:
        whose, _, prefix = name.rpartition(" ")
        click.echo(
            f"{prefix} (site {whose}) fell silent on {at[:10]}: {heard} Say it with "
            f"'hiksweep networks confirm {prefix} --removed' or '--outage'."
        )

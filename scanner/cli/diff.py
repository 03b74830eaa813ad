"""`hiksweep diff`: what changed between two runs, of what both covered alike."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from scanner.cli import listing
from scanner.cli.help import HELP
from scanner.inventory.diff import ONE_RUN
from scanner.model.errors import UsageError
from scanner.reporter.text import clean, plural
from scanner.scope import collapse

if TYPE_CHECKING:
    from scanner.inventory.diff import Diff
    from scanner.inventory.words import RunView

_NAMED = 8
"""Networks or devices of one kind that are named one by one; programs get all."""


@click.command("diff", context_settings=HELP, short_help="What changed between two runs.")
@click.argument("runs", nargs=-1, metavar="[A B]")
@listing.site_option
@listing.format_option
@listing.store_option
def command(runs: tuple[str, ...], site: str | None, form: str, store: str | None) -> int:
    """Compare two runs, or the last two of each network, in what both covered whole by the same methods.

    What one of them did not cover is left out, and said. A device that is not seen is not thereby missing:
    see 'hiksweep devices'.

    \b
    Example:  hiksweep diff
              hiksweep diff 20261101T220000Z-1a2b3c 20261108T220000Z-4d5e6f

    Exit codes: 0 no change, 3 changes, 4 nothing comparable, 2 usage.
    """
    if len(runs) not in (0, 2):
        raise UsageError("name two runs, the earlier first, or none for the last two of each network")
    found = _compare(store, runs, site)
    if form == "json":
        listing.print_json("diff", found)
    else:
        _print(found)
    return found.exit_code


def _compare(store: str | None, runs: tuple[str, ...], site: str | None) -> Diff:
    from scanner.inventory.covered import last_runs
    from scanner.inventory.diff import diff, last_two
    from scanner.inventory.lists import run_id
    from scanner.inventory.run_views import differing, walked

    with listing.reading(store) as connection:

        def read(before: RunView, after: RunView) -> tuple[RunView, RunView]:
            return differing(connection, before, after)

        if not runs:
            return last_two(walked(connection, last_runs(connection, site)), read)
        return diff(*read(*walked(connection, [run_id(connection, name) for name in runs])))


def _compared(found: Diff) -> Iterator[tuple[str, str, str, str]]:
    """What was compared, neighbouring networks together: the fewest prefixes, the methods, both runs."""
    alike: dict[tuple[str, str, str], list[str]] = {}
    for one in found.compared:
        alike.setdefault((", ".join(one.methods), one.before, one.after), []).append(one.prefix)
    for (methods, before, after), prefixes in alike.items():
        networks = [ipaddress.ip_network(prefix) for prefix in prefixes]
        whole = list(map(str, collapse(networks)))
        more = f" and {len(whole) - _NAMED} more" if len(whole) > _NAMED else ""
        yield f"{', '.join(whole[:_NAMED])}{more}", methods, before, after


def _why(found: Diff) -> str:
    """Why there is nothing to compare, in one clause; the lines above it name each network."""
    if not found.left_out:
        return "no run swept a network, and who listens or reads files sweeps none"
    if all(left.reason.startswith(ONE_RUN) for left in found.left_out):
        return "it takes two runs of a network, and none has two yet"
    return "no network was covered whole by both runs by the same method"


def _print(found: Diff) -> None:
    rows = [(str(one.kind), one.device, ", ".join(one.addresses), clean(one.detail)) for one in found.changes]
    for line in listing.columns(("CHANGE", "DEVICE", "ADDRESS", "WHAT"), rows) if rows else ():
        click.echo(line)
    for prefixes, methods, before, after in _compared(found):
        click.echo(f"Compared: {prefixes} by {methods}, {before} with {after}.")
    reasons: dict[str, list[str]] = {}
    for left in found.left_out:
        reasons.setdefault(left.reason, []).append(left.what)
    for reason, what in reasons.items():
        more = f" and {len(what) - _NAMED} more" if len(what) > _NAMED else ""
        click.echo(f"Left out: {clean(', '.join(what[:_NAMED]))}{more}: {clean(reason)}.")
    for note in found.notes:
        click.echo(f"Note: {note}.")
    if not found.compared:
        click.echo(f"Nothing could be compared: {_why(found)}.")
        if not found.left_out:
            listing.say_what_is_elsewhere()
    else:
        click.echo(f"{plural(len(found.changes), 'change')} in {plural(len(found.compared), 'network')}.")

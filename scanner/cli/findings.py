"""`hiksweep findings`: every device under every measure, and what has become of it."""

from __future__ import annotations

from collections import Counter

import click

from scanner.cli import listing
from scanner.cli.help import HELP
from scanner.inventory.words import FindingState
from scanner.reporter.text import plural


@click.command("findings", context_settings=HELP, short_help="Devices under measures: open, waived, closed.")
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice([str(state) for state in FindingState]),
    help="In this state only. Repeatable.",
)
@click.option("--measure", metavar="ID", help="Of this measure only.")
@listing.site_option
@listing.page_options
@listing.format_option
@listing.store_option
def command(
    states: tuple[str, ...],
    measure: str | None,
    site: str | None,
    limit: int | None,
    after: str,
    form: str,
    store: str | None,
) -> None:
    """List every finding: a device under a measure, its state, and whether the device is there.

    \b
    open       nothing was decided, or a waiver has ended
    waived     until a day, by a person; it stays in this list
    closed     the removal of the device is verified
    declared   its network is out of service by a person's word; not verified
    retracted  it never was one: reclassified, or the measure does not reach it

    \b
    Example:  hiksweep findings --state open --site head-office

    Exit codes: 0 whatever it shows, 2 usage.
    """
    from scanner.inventory.lists import Page, list_findings
    from scanner.inventory.profiles import unjudged

    today = listing.now().date()
    with listing.reading(store) as connection:
        part = Page(limit, after)
        found = list_findings(connection, today, site=site, states=states, measure=measure, page=part)
        undecided = unjudged(connection, site)
    if form == "json":
        listing.print_json("findings", found)
        return
    heads = ("FINDING", "STATE", "SINCE", "UNTIL", "DEVICE IS", "SITE", "ADDRESS")
    rows = [
        (
            one.id,
            one.state,
            one.since[:10],
            one.until or "",
            one.device.presence,
            one.device.site,
            ", ".join(one.device.addresses),
        )
        for one in found
    ]
    counts = Counter(one.state for one in found)
    by_state = ", ".join(f"{counts[state]} {state}" for state in FindingState if counts[state])
    said = plural(len(found), "finding") + (f": {by_state}" if by_state else "")
    listing.print_page(heads, rows, said, limit)
    if undecided:
        click.echo(
            f"No profile was chosen for {plural(undecided, 'device')}: which measures apply there is not "
            "decided, and none opened a finding. --profile of 'scan', or profile in hiksweep.toml, says "
            "whose mandate it is ('hiksweep mandates profiles'); 'hiksweep reclassify --profile' judges "
            "earlier runs by it."
        )

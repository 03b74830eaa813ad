"""`hiksweep devices`: every device of the inventory, and whether it is there."""

from __future__ import annotations

import click

from scanner.cli import listing
from scanner.cli.help import HELP
from scanner.inventory.words import Presence
from scanner.reporter.text import plural


@click.command(
    "devices", context_settings=HELP, short_help="The devices of the inventory: there, missing, removed."
)
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice([str(state) for state in Presence]),
    help="In this state only. Repeatable.",
)
@listing.site_option
@listing.page_options
@listing.format_option
@listing.store_option
def command(
    states: tuple[str, ...], site: str | None, limit: int | None, after: str, form: str, store: str | None
) -> None:
    """List every device that a run ever saw, as it was last seen, with its state and since when.

    \b
    new, present        seen by one run, by several
    missing             3 sweeps over a week covered its address and heard silence
    removed-unverified  missing for 30 days
    removed-verified    missing, and a switch port or a person proves the removal
    stale               nothing can cover it; a person has to look
    retracted           none of the maker's by what is known today; listed only by --state retracted

    \b
    Example:  hiksweep devices --state missing --state removed-unverified

    Exit codes: 0 whatever it shows, 2 usage.
    """
    from scanner.inventory.lists import Page, list_devices

    with listing.reading(store) as connection:
        found = list_devices(connection, site=site, presence=states, page=Page(limit, after))
    if form == "json":
        listing.print_json("devices", found)
        return
    heads = ("ID", "STATE", "SINCE", "LAST SEEN", "SITE", "ADDRESS", "MODEL")
    rows = [
        (
            one.id,
            one.presence,
            one.since[:10],
            listing.short_time(one.last_at),
            one.site,
            ", ".join(one.addresses),
            one.fields.get("model", ""),
        )
        for one in found
    ]
    listing.print_page(heads, rows, plural(len(found), "device"), limit)

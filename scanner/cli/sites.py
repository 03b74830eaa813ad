"""`hiksweep sites`: the places that the inventory knows, and who answers for them."""

from __future__ import annotations

import click

from scanner.cli import listing
from scanner.cli.help import HELP
from scanner.model.errors import UsageError

OWNERS = ("agency", "landlord", "integrator")


@click.group(
    "sites",
    context_settings=HELP,
    invoke_without_command=True,
    short_help="The places, and who answers for them.",
)
@listing.format_option
@listing.store_option
@click.pass_context
def command(context: click.Context, form: str, store: str | None) -> None:
    """List the sites with their owners and how many devices are there.

    \b
    Example:  hiksweep sites
              hiksweep sites set head-office --owner "Facilities" --owner-kind agency --by "J. Doe"

    An address means something only within its site: two sites may use the same prefix. The site 'rehearsal'
    is loopback, and counts nowhere. A run of which nobody says the site belongs to that whose networks hold
    all its targets, else to 'default'.
    """
    if context.invoked_subcommand is None:
        _show(form, store)


def _show(form: str, store: str | None) -> None:
    from scanner.inventory.lists import list_devices
    from scanner.inventory.sites import sites

    with listing.reading(store) as connection:
        found = sites(connection)
        here = [len(list_devices(connection, site=one.name)) for one in found]
    if form == "json":
        data = [listing.plain(one) | {"devices": count} for one, count in zip(found, here, strict=True)]
        listing.print_json("sites", data)
        return
    rows = [
        (one.name, str(count), one.owner, one.owner_kind, one.label)
        for one, count in zip(found, here, strict=True)
    ]
    for line in listing.columns(("SITE", "DEVICES", "OWNER", "KIND", "LABEL"), rows):
        click.echo(line)


@command.command("set", context_settings=HELP)
@click.argument("name", metavar="SITE")
@click.option("--owner", default="", metavar="NAME", help="Who answers for the equipment there.")
@click.option("--owner-kind", default="", type=click.Choice([*OWNERS, ""]), help="What the owner is.")
@click.option("--label", default="", metavar="TEXT", help="A name for people.")
@listing.by_option
@listing.store_option
def set_(name: str, owner: str, owner_kind: str, label: str, by: str, store: str | None) -> None:
    """Say what a site is; what was said before stays in the records.

    \b
    Example:  hiksweep sites set annex --owner "ACME Estates" --owner-kind landlord --by "J. Doe"
    """
    from scanner.inventory.sites import Site, set_site

    if owner_kind and not owner:
        raise UsageError("--owner-kind without --owner: name the owner too")
    set_site(listing.opened(store, make=True), listing.now(), by, Site(name, label, owner, owner_kind))
    click.echo(f"{name}: kept.")

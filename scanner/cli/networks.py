"""`hiksweep networks`: who answers for a network, and what became of one that fell silent or is retired."""

from __future__ import annotations

import ipaddress

import click

from scanner.cli import listing
from scanner.cli.help import HELP
from scanner.cli.sites import OWNERS
from scanner.inventory.hosts import OUTAGE, REMOVED
from scanner.model.errors import UsageError
from scanner.reporter.text import plural
from scanner.scope import Network


@click.group(
    "networks",
    context_settings=HELP,
    invoke_without_command=True,
    short_help="Who answers for a network; what became of a silent one.",
)
@listing.site_option
@listing.format_option
@listing.store_option
@click.pass_context
def command(context: click.Context, site: str | None, form: str, store: str | None) -> None:
    """List the networks with their owners, and those that wait for an answer.

    \b
    Example:  hiksweep networks
              hiksweep networks set 10.4.0.0/16 --site annex --owner "ACME Estates" --by "J. Doe"
              hiksweep networks confirm 10.4.2.0/24 --removed --by "J. Doe"

    'hiksweep coverage' says when each of them was covered whole last.
    """
    if context.invoked_subcommand is None:
        _show(site, form, store)


def _show(site: str | None, form: str, store: str | None) -> None:
    from scanner.inventory.lists import open_questions
    from scanner.inventory.sites import networks

    with listing.reading(store) as connection:
        known = networks(connection, site)
        asked = [one for one in open_questions(connection) if site in (None, one[0].rpartition(" ")[0])]
    if form == "json":
        questions = [{"network": name, "since": at, "heard": heard} for name, at, heard in asked]
        listing.print_json("networks", {"networks": listing.plain(known), "questions": questions})
        return
    rows = [(one.site, one.prefix, one.owner, one.owner_kind, one.label) for one in known]
    for line in listing.columns(("SITE", "NETWORK", "OWNER", "KIND", "LABEL"), rows):
        click.echo(line)
    for name, at, heard in asked:
        place, _, prefix = name.rpartition(" ")
        click.echo(f"{prefix} (site {place}) fell silent on {at[:10]}: {heard}")


@command.command("set", context_settings=HELP)
@click.argument("prefix", metavar="PREFIX")
@click.option("--site", required=True, metavar="NAME", help="Where it is.")
@click.option("--owner", default="", metavar="NAME", help="Who answers for it, if not who does for the site.")
@click.option("--owner-kind", default="", type=click.Choice([*OWNERS, ""]), help="What the owner is.")
@click.option("--label", default="", metavar="TEXT", help="A name for people.")
@listing.by_option
@listing.store_option
def set_(prefix: str, site: str, owner: str, owner_kind: str, label: str, by: str, store: str | None) -> None:
    """Say what a network is, and to which site it belongs.

    \b
    Example:  hiksweep networks set 10.4.2.0/24 --site annex --label "Cameras" --by "J. Doe"

    Runs that are taken from now on belong to the site whose networks hold all their targets.
    """
    from scanner.inventory.sites import SiteNetwork, prefix_of, set_network

    if owner_kind and not owner:
        raise UsageError("--owner-kind without --owner: name the owner too")
    network = SiteNetwork(site, str(prefix_of(prefix)), label, owner, owner_kind)
    set_network(listing.opened(store, make=True), listing.now(), by, network)
    click.echo(f"{network.prefix} (site {site}): kept.")


@command.command("confirm", context_settings=HELP)
@click.argument("prefix", metavar="PREFIX")
@click.option("--removed", "said", flag_value=REMOVED, help="The hosts are gone: the silence counts.")
@click.option(
    "--outage", "said", flag_value=OUTAGE, help="The sensor or the network failed: it does not count."
)
@click.option("--site", metavar="NAME", help="Where it is.  [default: where the question is open]")
@listing.by_option
@listing.store_option
def confirm(prefix: str, said: str | None, site: str | None, by: str, store: str | None) -> None:
    """Say why a network fell silent: fewer than half of its known hosts answered.

    \b
    Example:  hiksweep networks confirm 10.4.2.0/24 --removed --by "J. Doe"

    A PREFIX around several such networks answers for all of them, one inside such a network for itself alone:
    of the rest the question stays, unless most of its hosts answered. Until somebody says so, nothing counts
    from such a sweep. Exit codes: 0 kept, 2 no such question.
    """
    from scanner.inventory.cover import holds
    from scanner.inventory.lists import open_questions
    from scanner.inventory.sites import prefix_of

    if said is None:
        raise UsageError("say which: --removed or --outage")
    network = prefix_of(prefix)
    target = listing.current(store)
    with target.reading() as connection:
        asked = [name for name, _, _ in open_questions(connection)]
    fitting = [
        name
        for name in asked
        if site in (None, name.rpartition(" ")[0]) and _about(name.rpartition(" ")[2], network)
    ]
    if not fitting:
        raise UsageError(f"{network}: no question is open there; open are: {', '.join(asked) or 'none'}")
    places = {name.rpartition(" ")[0] for name in fitting}
    if len(places) > 1:
        raise UsageError(f"{network}: {', '.join(fitting)} wait for an answer; say --site")
    listing.decided(target, by, "confirm", f"{places.pop()} {network}", {"answer": said})
    with target.reading() as connection:
        left = {name: heard for name, _, heard in open_questions(connection)}
    for name in fitting:
        part = "" if holds(network, ipaddress.ip_network(name.rpartition(" ")[2])) else f" in {network} alone"
        more = f" Of the rest nothing is said yet: {left[name]}" if part and name in left else ""
        click.echo(f"{name}: {said}{part}.{more}")


def _about(asked: str, network: Network) -> bool:
    """Whether the question about a prefix is one about a network in it, or around it."""
    from scanner.inventory.cover import holds

    wide = ipaddress.ip_network(asked)
    return holds(wide, network) or holds(network, wide)


@command.command("retire", context_settings=HELP)
@click.argument("prefix", metavar="PREFIX")
@click.option("--site", required=True, metavar="NAME", help="Where it is.")
@click.option("--reason", required=True, metavar="TEXT", help="Why it cannot be swept any more.")
@listing.by_option
@listing.store_option
def retire(prefix: str, site: str, reason: str, by: str, store: str | None) -> None:
    """Say that a network is out of service and can't be swept: its findings are closed as declared.

    \b
    Example:  hiksweep networks retire 10.4.2.0/24 --site annex --reason "building sold" --by "J. Doe"

    They are counted apart everywhere from those that were verified. What answers again is open again.
    """
    from scanner.inventory.lists import list_findings
    from scanner.inventory.sites import check_name, prefix_of

    network = str(prefix_of(prefix))
    target = listing.current(store)
    today = listing.now().date()
    with target.reading() as connection:
        before = {one.id for one in list_findings(connection, today) if one.state == "declared"}
    listing.decided(target, by, "retire", f"{check_name(site)} {network}", {"reason": reason})
    with target.reading() as connection:
        after = {one.id for one in list_findings(connection, today) if one.state == "declared"}
    click.echo(f"{network} (site {site}): {plural(len(after - before), 'finding')} declared.")

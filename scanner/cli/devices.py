"""`hiksweep devices`: every device of the inventory, and whether it is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from scanner.cli import listing
from scanner.cli.help import HELP
from scanner.inventory.words import Presence
from scanner.model.errors import UsageError
from scanner.reporter.text import plural

if TYPE_CHECKING:
    from scanner.inventory.engine import Reading
    from scanner.inventory.hints import Hint


@click.group(
    "devices",
    context_settings=HELP,
    invoke_without_command=True,
    short_help="The devices of the inventory: there, missing, removed.",
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
@click.pass_context
def command(
    context: click.Context,
    states: tuple[str, ...],
    site: str | None,
    limit: int | None,
    after: str,
    form: str,
    store: str | None,
) -> None:
    """List every device that a run ever saw, as it was last seen, with its state and since when.

    \b
    new, present        seen by one run, by several
    missing             3 sweeps over a week covered its address and heard silence
    removed-unverified  missing for 30 days
    removed-verified    missing, and a switch port or a person proves the removal
    stale               nothing can cover it; a person has to look
    retracted           none of the maker's by what is known today; listed only by --state retracted

    A new device at the address of an earlier one that has not been seen since 'may be' that one.

    \b
    Example:  hiksweep devices --state missing --state removed-unverified
              hiksweep devices merge 10.1.0.64 inv-3f0a --by "J. Doe" --reason "new main board"

    Exit codes: 0 whatever it shows, 2 usage.
    """
    if context.invoked_subcommand is None:
        _list(states, site, (limit, after), form, store)


def _list(
    states: tuple[str, ...], site: str | None, part: tuple[int | None, str], form: str, store: str | None
) -> None:
    from scanner.inventory.hints import may_be
    from scanner.inventory.lists import Page, list_devices

    with listing.reading(store) as connection:
        found = list_devices(connection, site=site, presence=states, page=Page(*part))
        hints = may_be(connection, [one.id for one in found if one.presence == Presence.NEW])
    if form == "json":
        told = [listing.plain(one) | _hint(hints.get(one.id)) for one in found]
        listing.print_json("devices", told)
        return
    heads = ("ID", "STATE", "SINCE", "LAST SEEN", "SITE", "ADDRESS", "MODEL", *(("",) if hints else ()))
    rows = [
        (
            one.id,
            one.presence,
            one.since[:10],
            listing.short_time(one.last_at),
            one.site,
            ", ".join(one.addresses),
            one.fields.get("model", ""),
            *([f"may be {hints[one.id].device}" if one.id in hints else ""] if hints else []),
        )
        for one in found
    ]
    listing.print_page(heads, rows, plural(len(found), "device"), part[0])


def _hint(found: Hint | None) -> dict[str, object]:
    return {} if found is None else {"may_be": listing.plain(found)}


@command.command("merge", context_settings=HELP)
@click.argument("first", metavar="DEVICE")
@click.argument("second", metavar="OTHER")
@listing.by_option
@click.option("--reason", required=True, metavar="TEXT", help="How it is known.")
@listing.store_option
def merge(first: str, second: str, by: str, reason: str, store: str | None) -> None:
    """Say that two rows are one device: it has the history of both, and the names of both mean it.

    \b
    Example:  hiksweep devices merge 10.1.0.64 inv-3f0a --by "J. Doe" --reason "new main board"

    'hiksweep undo' takes it back. Exit codes: 0 kept, 2 no such device, or they are one already.
    """
    from scanner.inventory.lists import anchor, find_device, list_devices

    target = listing.current(store)
    with target.reading() as connection:
        one, other = listing.meant(connection, first), listing.meant(connection, second)
        _check_pair(connection, one, other)
        data = {"with": other, "with_seen": anchor(connection, other), "note": _reason(reason)}
    said = listing.decided(target, by, "merge", one, data)
    with target.reading() as connection:
        name = find_device(connection, one)
        if find_device(connection, other) != name:
            raise UsageError(f"{one} and {other} stay two: {said} fits no device of today")
        (row,) = list_devices(connection, ids=(name,))
    where = f" at {', '.join(row.addresses)}" if row.addresses else ""
    click.echo(f"{name}: one device{where}, with all that was known of both ({said}).")


def _check_pair(connection: Reading, one: str, other: str) -> None:
    """Refuse what cannot be one.

    Raises:
        UsageError: they are one already, or what is known forbids it.
    """
    from scanner.inventory.lists import list_devices
    from scanner.inventory.sites import REHEARSAL

    if one == other:
        raise UsageError(f"{one}: both names mean this device already")
    rows = list_devices(connection, ids=(one, other))
    if len(rows) < 2 or any(row.site == REHEARSAL for row in rows):
        raise UsageError("a device of the rehearsal is none of the inventory's")
    if gone := [row.id for row in rows if row.presence == Presence.RETRACTED]:
        raise UsageError(f"{gone[0]} is retracted: none of the maker's by what is known today")


def _reason(text: str) -> str:
    if not text.strip():
        raise UsageError("--reason is empty; say how it is known")
    return text.strip()


@command.command("split", context_settings=HELP)
@click.argument("device", metavar="DEVICE")
@click.argument("names", nargs=-1, metavar="[NAME...]")
@click.option(
    "--run", "run", metavar="RUN", help="What RUN saw without a name at its address is another device."
)
@listing.by_option
@click.option("--reason", required=True, metavar="TEXT", help="How it is known.")
@listing.store_option
def split(
    device: str, names: tuple[str, ...], run: str | None, by: str, reason: str, store: str | None
) -> None:
    """Say that one row is two devices: NAMEs join nothing from now on, in whatever run they were seen.

    \b
    NAME  a name of the device that 'hiksweep history' shows, such as mac:44:19:b6:00:00:01; several differing
          things carried it

    \b
    Example:  hiksweep devices split 10.1.0.64 mac:44:19:b6:00:00:01 --by "J. Doe" --reason "cloned MAC"
              hiksweep devices split 10.1.0.64 --run 20260105T02 --by "J. Doe" --reason "other housing"

    'hiksweep undo' takes it back, and a merge. Exit codes: 0 kept, 2 no such device or name.
    """
    from scanner.inventory.lists import run_id
    from scanner.inventory.naming import bearers, called_so, names_meant, sights_of
    from scanner.parsers.mac import canonical_mac

    if bool(names) == (run is not None):
        raise UsageError("say which names are not this device's alone, or in which --run another was seen")
    target = listing.current(store)
    data: dict[str, Any] = {"note": _reason(reason)}
    with target.reading() as connection:
        name = listing.meant(connection, device)
        if run is None:
            data["names"] = names_meant(connection, name, names, canonical_mac)
        else:
            data["sights"] = sights_of(connection, name, run_id(connection, run))
        called = called_so(connection, name)
    said = listing.decided(target, by, "split", name, data)
    with target.reading() as connection:
        parts = bearers(connection, called, data.get("sights", ()))
    if len(parts) < 2:
        click.echo(f"{name} is still one device: its other names join it, or one run alone saw it ({said}).")
        return
    click.echo(f"{name}: {len(parts)} devices now: {', '.join(parts)} ({said}).")

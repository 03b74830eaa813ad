"""`hiksweep verify-removed`: a person states that a device was taken away."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scanner.cli import listing
from scanner.cli.help import HELP
from scanner.inventory.transitions import PRESENCE, Trigger, row
from scanner.model.errors import UsageError

if TYPE_CHECKING:
    from scanner.inventory.lists import DeviceRow


@click.command("verify-removed", context_settings=HELP, short_help="State that a device was taken away.")
@click.argument("device", metavar="DEVICE")
@listing.by_option
@click.option("--date", "day", required=True, metavar="DATE", help="The day on which it was taken away.")
@click.option("--note", required=True, metavar="TEXT", help="How it is known: work order, who saw it.")
@click.option(
    "--photo",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="A photo of its label: its SHA-256 is kept, the photo is not.",
)
@listing.store_option
def command(device: str, by: str, day: str, note: str, photo: Path | None, store: str | None) -> None:
    """State that a device was taken away: the second fact beside its silence, which closes its findings.

    It needs a device that is missing or later, or stale: one that still answers cannot be verified.

    \b
    Example:  hiksweep verify-removed 10.1.0.64 --by "J. Doe" --date 2026-11-20 --note "order 4711"

    Exit codes: 0 verified, 2 no such device, or it is not missing, or a run saw it after that day.
    """
    from scanner.inventory.lists import day_of, list_devices

    when = day_of(day, listing.now())
    if not note.strip():
        raise UsageError("--note is empty; say how the removal is known")
    target = listing.current(store)
    with target.reading() as connection:
        name = listing.meant(connection, device)
        found = list_devices(connection, ids=(name,))
    if not found:
        raise UsageError(f"{name} is a device of the rehearsal; there is nothing to remove")
    _check(found[0], when)
    data: dict[str, Any] = {"date": str(when), "note": note.strip()}
    if photo is not None:
        data["photo"] = listing.digest_of(photo)
    listing.decided(target, by, "verify-removed", name, data)
    click.echo(f"{name}: removed-verified.")


def _check(found: DeviceRow, when: date) -> None:
    """Refuse a statement that what is known contradicts.

    Raises:
        UsageError: with what is known.
    """
    if row(PRESENCE, found.presence, Trigger.STATED) is None:
        raise UsageError(
            f"{found.id} is {found.presence} (last seen {found.last_at[:10]}); only what is missing, later "
            "or stale can be verified as removed"
        )
    if when < date.fromisoformat(found.last_at[:10]):
        raise UsageError(f"{found.last_run} saw {found.id} on {found.last_at[:10]}, after {when}")

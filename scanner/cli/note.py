"""`hiksweep note`: what a person knows of a device, kept in its history."""

from __future__ import annotations

import click

from scanner.cli import listing
from scanner.cli.help import HELP
from scanner.model.errors import UsageError


@click.command("note", context_settings=HELP, short_help="Write a remark into a device's history.")
@click.argument("device", metavar="DEVICE")
@click.argument("text", metavar="TEXT")
@listing.by_option
@listing.store_option
def command(device: str, text: str, by: str, store: str | None) -> None:
    """Write a remark into the history of a device. It changes no state.

    \b
    Example:  hiksweep note 10.1.0.64 "behind the lift, needs a ladder" --by "J. Doe"

    Exit codes: 0 written, 2 no such device, or several.
    """
    if not text.strip():
        raise UsageError("TEXT is empty; say what should be known")
    target = listing.current(store)
    with target.reading() as connection:
        name = listing.meant(connection, device)
    listing.decided(target, by, "note", name, {"note": text.strip()})
    click.echo(f"{name}: noted.")

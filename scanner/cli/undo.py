"""`hiksweep undo`: a merge or split of devices is taken back."""

from __future__ import annotations

import click

from scanner.cli import listing
from scanner.cli.help import HELP
from scanner.model.errors import UsageError

_CAN = ("merge", "split")


@click.command("undo", context_settings=HELP, short_help="Take a merge or split of devices back.")
@click.argument("decision", metavar="DECISION")
@listing.by_option
@click.option("--reason", required=True, metavar="TEXT", help="Why it was wrong.")
@listing.store_option
def command(decision: str, by: str, reason: str, store: str | None) -> None:
    """Take back that two rows are one device, or one is two. The decision stays in the history.

    \b
    DECISION  its id or the beginning of it, as 'merge' and 'split' print it and 'history' shows it

    \b
    Example:  hiksweep undo dec-3f0a --by "J. Doe" --reason "two cameras in one dome"

    Exit codes: 0 taken back, 2 no such merge or split, or it was taken back already.
    """
    from scanner.inventory.decisions import UNDO, decisions, in_force

    if not reason.strip():
        raise UsageError("--reason is empty; say why it was wrong")
    target = listing.current(store)
    with target.reading() as connection:
        told = decisions(connection)
    found = [one for one in told if one.id.startswith(decision)]
    if len(found) != 1:
        raise UsageError(f"{decision}: {'fits several decisions' if found else 'there is no such decision'}")
    (one,) = found
    if one.kind not in _CAN:
        raise UsageError(f"{one.id} is a {one.kind}; only a merge or split can be taken back")
    if one not in in_force(told):
        raise UsageError(f"{one.id} was taken back already")
    said = listing.decided(target, by, UNDO, one.id, {"note": reason.strip()})
    click.echo(f"{one.id}: taken back ({said}).")

"""`hiksweep waive`: a finding stays for now, by somebody's word, until a day."""

from __future__ import annotations

import click

from scanner.cli import listing
from scanner.cli.help import HELP
from scanner.inventory.findings import waiver_end
from scanner.inventory.transitions import FINDINGS, Patience, Trigger, row
from scanner.model.errors import UsageError


@click.command("waive", context_settings=HELP, short_help="Let a finding stay until a day, with a reason.")
@click.argument("what", metavar="FINDING|DEVICE")
@listing.by_option
@click.option("--reason", required=True, metavar="TEXT", help="Why it may stay.")
@click.option("--until", required=True, metavar="DATE", help="Its last day, at most a year ahead.")
@listing.store_option
def command(what: str, by: str, reason: str, until: str, store: str | None) -> None:
    """Waive a finding, or all findings of a device, until the end of a day (UTC).

    Nothing is hidden: it stays in every list as waived, and is open again when the day is over.

    \b
    Example:  hiksweep waive 10.1.0.64 --by "J. Doe" --reason "replaced in May" --until 2027-05-31

    Exit codes: 0 waived, 2 no such finding, or it is not open, or the waiver has no end.
    """
    from scanner.inventory.lists import list_findings

    now = listing.now()
    data = {"reason": reason, "until": until}
    if isinstance(why := waiver_end(data, now, Patience()), str):
        raise UsageError(why)
    target = listing.current(store)
    named, slash, measure = what.partition("/")
    with target.reading() as connection:
        device = listing.meant(connection, named)
        known = list_findings(connection, now.date(), of=device)
    found = [one for one in known if not slash or one.measure == measure]
    if not found:
        measures = ", ".join(one.measure for one in known) or "none"
        raise UsageError(f"{what}: no such finding; those of {device}: {measures}")
    able = [one for one in found if row(FINDINGS, one.state, Trigger.WAIVED)]
    if not able:
        raise UsageError(f"{what}: {', '.join(one.state for one in found)}; only what is open can be waived")
    listing.decided(target, by, "waive", f"{device}/{measure}" if slash else device, data)
    what = able[0].id if len(able) == 1 else f"{device}: {len(able)} findings"
    click.echo(f"{what} waived until {until}.")

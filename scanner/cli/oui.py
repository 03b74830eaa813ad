"""`hiksweep oui`: the table of MAC blocks, how old it is, and a newer public list beside it."""

from __future__ import annotations

import hashlib
import io
import re
from datetime import UTC, datetime
from pathlib import Path

import click

from scanner.cli import options, output
from scanner.cli.help import HELP
from scanner.knowledge import load
from scanner.knowledge.age import age_in_days, old_blocks
from scanner.knowledge.location import fingerprints_root
from scanner.knowledge.oui import OuiTable, load_oui
from scanner.knowledge.oui_lists import HEAD, date_in, read_list, recognise
from scanner.knowledge.oui_update import additions, table_text
from scanner.model.errors import UsageError, unreadable
from scanner.model.report import KnowledgeVersion
from scanner.parsers.text import printable

_FILE_LIMIT = 64 << 20
_NAMES_SHOWN = 10
_DAY = re.compile(r"20\d{2}-\d{2}-\d{2}")


@click.group(
    "oui",
    context_settings=HELP,
    invoke_without_command=True,
    short_help="The table of MAC blocks: its age, and a newer list.",
)
@click.pass_context
def command(context: click.Context) -> None:
    """Show which MAC blocks are known, and of when.

    \b
    Example:  hiksweep oui
              hiksweep oui update --from manuf

    A table that is older than 180 days is warned of by scan, listen, report and doctor.
    """
    if context.invoked_subcommand is None:
        table = load(blocks=options.updated_blocks()).oui
        for line in _versions(table):
            click.echo(line)


@command.command("update", context_settings=HELP)
@click.option(
    "--from",
    "file",
    required=True,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="IEEE CSV (oui.csv, mam.csv, oui36.csv), Wireshark manuf, nmap-mac-prefixes or arp-scan's list.",
)
@click.option(
    "--date",
    "day",
    metavar="YYYY-MM-DD",
    help="Day of the list.  [default: as it says itself, else the file's]",
)
def update(file: Path, day: str | None) -> None:
    """Take over newer blocks of registrants that matter from a public list that you have. No packet is sent.

    \b
    Example:  hiksweep oui update --from /usr/share/wireshark/manuf

    The list is recognised by its content. Rows that came with the program stay as they are; taken are blocks
    of the registrants that they name, and of new registrants that bear the name of a brand of the family.
    The result is kept in the data folder and used from then on; another update takes its place.

    Exit codes: 0 taken over, 2 no such list, or one that is older than what is known.
    """
    raw = _bytes(file)
    kind = recognise(raw[:HEAD])
    if kind is None:
        raise UsageError(
            f"{file}: none of the known lists; give the IEEE's CSV, Wireshark's manuf, nmap-mac-prefixes or "
            "arp-scan's ieee-oui.txt"
        )
    own = load_oui(fingerprints_root())
    date = _date(day, raw, file)
    if date < own.version.date:
        raise UsageError(
            f"{file}: of {date}, older than the built-in table of {own.version.date}; --date corrects it"
        )
    found = additions(own, (one for _, one in read_list(io.BytesIO(raw), kind)))
    digest = hashlib.sha256(raw).hexdigest()
    source = f"{kind.title}, {printable(file.name)}, sha256 {digest}, {found.read} blocks"
    place = options.updated_blocks()
    place.parent.mkdir(parents=True, exist_ok=True)
    output.write_whole(place, table_text(found.rows, date, source))
    load_oui(fingerprints_root(), place)
    click.echo(
        f"{kind.title} of {date}: {found.read:,} blocks read, {found.broken:,} lines not readable; "
        f"{found.known:,} known, {len(found.rows):,} new ones taken."
    )
    for name in found.named[:_NAMES_SHOWN]:
        click.echo(f"  new registrant with the name of a brand: {printable(name)}")
    if len(found.named) > _NAMES_SHOWN:
        click.echo(f"  and {len(found.named) - _NAMES_SHOWN} more")
    click.echo(f"Kept: {place}")


def _bytes(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            raw = stream.read(_FILE_LIMIT + 1)
    except OSError as error:
        raise UsageError(unreadable(file, error)) from None
    if len(raw) > _FILE_LIMIT:
        raise UsageError(f"{file}: larger than {_FILE_LIMIT >> 20} MiB, which no such list is")
    return raw


def _date(day: str | None, raw: bytes, file: Path) -> str:
    """The day of a list: as told, as it says itself, or of the file."""
    if day is not None:
        try:
            if not _DAY.fullmatch(day):
                raise ValueError(day)
            datetime.fromisoformat(day)
        except ValueError:
            raise UsageError(f"--date {day}: not a day; write 2026-11-25") from None
        return day
    stated = date_in(raw[:HEAD])
    return stated or datetime.fromtimestamp(file.stat().st_mtime, UTC).date().isoformat()


def _versions(table: OuiTable) -> list[str]:
    today = datetime.now(UTC).date().isoformat()
    lines = [_version("built in", table.built_in, today)]
    if table.updated is None:
        lines.append("updated   never; 'hiksweep oui update --from FILE' takes a newer public list")
    else:
        lines.append(_version("updated", table.updated, today))
        if table.version == table.built_in:
            lines.append("          older than the built-in table, so it is not used")
    family = sum(row.family for row in table.rows.values())
    relabels = sum(row.kind == "relabel" for row in table.rows.values())
    others = len(table.rows) - family - relabels
    lines.append(
        f"in use    {len(table.rows):,} blocks: {family} of the family, {relabels} of brands that relabel, "
        f"{others} of other makers"
    )
    if warning := old_blocks(table.version.date, today):
        lines.append(f"Warning: {warning}.")
    return lines


def _version(name: str, version: KnowledgeVersion, today: str) -> str:
    days = age_in_days(version.date, today)
    return f"{name:<9} {version.date}, {days:,} days old, {version.version} blocks"

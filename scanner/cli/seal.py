"""`hiksweep seal`: a run as one file that proves itself."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from scanner import __version__
from scanner.cli import listing
from scanner.cli.help import HELP
from scanner.evidence.keys import private_key
from scanner.evidence.seal import seal
from scanner.journal import is_written
from scanner.model.errors import Locked, StoreUnusable, UsageError, unreadable
from scanner.run.machine import data_folder

_LIMIT = 64 << 10


@click.command("seal", context_settings=HELP, short_help="Make a run one file that proves itself.")
@click.argument("run", metavar="RUN|JOURNAL")
@click.option(
    "--key",
    "key_file",
    required=True,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The organisation's private key, as 'hiksweep keys new' makes it.",
)
@click.option(
    "--output", metavar="FILE", type=click.Path(path_type=Path), help="The bundle.  [default: RUN.sealed]"
)
@listing.store_option
def command(run: str, key_file: Path, output: Path | None, store: str | None) -> int:
    """Make one file of a run that shows if a single byte of it is changed, and who sealed it.

    \b
    Example:  hiksweep seal 20261124T120000Z-1f2e3d --key seal.key

    It holds all that the run recorded, as it is stored: secrets were cut before. Exit codes: 0 sealed, 1 the
    run is still going on, 2 no such run or key, or the bundle exists.
    """
    try:
        with key_file.open("rb") as file:
            text = file.read(_LIMIT).decode("utf-8", "replace")
    except OSError as error:
        raise UsageError(unreadable(key_file, error)) from None
    key = private_key(text, str(key_file))
    journal = _journal(run, store)
    if is_written(journal):
        raise Locked(f"{journal}: its run is still going on; wait for it or end it")
    made = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    place = output or Path(f"{journal.stem}.sealed")
    sealed = seal(journal, place, key, made=made, version=__version__)
    told = sealed.manifest
    click.echo(f"{sealed.path}: run {told.run}, {told.entries:,} entries, {sealed.size:,} bytes.")
    click.echo(f"SHA-256   {sealed.digest}")
    click.echo(f"Signed by {told.signer}")
    if not told.finished:
        click.echo(
            "The run did not come to its end: it holds what was recorded by then, and says so.", err=True
        )
    if told.unread:
        click.echo(f"{told.unread} lines of the journal are damaged; they are in it as they are.", err=True)
    return 0


def _journal(name: str, given: str | None) -> Path:
    """The journal of a run: a file, one in the data folder, or one made again from the inventory.

    Raises:
        UsageError: there is none of this name.
    """
    from scanner.cli.store import opened
    from scanner.inventory.restore import holds, write_journal

    place = data_folder() / "journals" / f"{name}.jsonl"
    if Path(name).is_file():
        return Path(name)
    if "/" in name:
        raise UsageError(f"{name}: no journal is there")
    if place.is_file():
        return place
    try:
        store = opened(given)
    except StoreUnusable:
        raise UsageError(f"{name}: no journal, and no inventory here that holds such a run") from None
    try:
        if not holds(store, name):
            raise UsageError(f"{name}: no journal, and no run of that name in the inventory")
        return write_journal(store, name, place)
    finally:
        store.close()

"""`hiksweep store`: the inventory's database, made, filled, checked and copied."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from scanner.cli.help import HELP
from scanner.model.errors import UsageError
from scanner.reporter.text import plural
from scanner.run.machine import data_folder

if TYPE_CHECKING:
    from scanner.inventory.engine import Store

_PASSWORD = "HIKSWEEP_STORE_PASSWORD"  # noqa: S105 - the name of a variable
Command = TypeVar("Command", bound=Callable[..., Any])


def store_option(command: Command) -> Command:
    """Where the store lies."""
    return click.option(
        "--store",
        envvar="HIKSWEEP_STORE",
        metavar="FILE|URL",
        default=_configured,
        help="The inventory: a file, or postgresql://…  [default: that of hiksweep.toml, else a file in the "
        "data folder]",
    )(command)


def _configured() -> str | None:
    """The store that hiksweep.toml names, with its password where the store looks for it."""
    from scanner.config.location import named_store

    found = named_store()
    if found is None:
        return None
    if found.password is not None and _PASSWORD not in os.environ:
        os.environ[_PASSWORD] = found.password.read(found.folder)
    return found.place


def opened(given: str | None, *, make: bool = False) -> Store:
    """The store that the options name.

    Raises:
        StoreUnusable: it cannot be used.
    """
    from scanner.inventory.engine import open_store

    return open_store(given, data_folder(), make=make)


@click.group("store", context_settings=HELP, short_help="The database of the inventory.")
def command() -> None:
    """Make, fill, check and copy the store, in which the inventory keeps what every run saw.

    \b
    Example:  hiksweep store info
              hiksweep store ingest ~/.local/share/hiksweep/journals/*.jsonl

    'scan' takes its run into the store by itself. A store is one SQLite file, or a PostgreSQL database for
    several machines. The password of a database comes from $HIKSWEEP_STORE_PASSWORD or ~/.pgpass.
    """


@command.command("init", context_settings=HELP)
@store_option
def init(store: str | None) -> None:
    """Make the store, if there is none yet.

    \b
    Example:  hiksweep store init
              hiksweep store init --store postgresql://hiksweep@db.example.org/hiksweep
    """
    made = opened(store, make=True)
    click.echo(f"{made.name}: ready.")


@command.command("migrate", context_settings=HELP)
@store_option
def migrate(store: str | None) -> None:
    """Bring a store of an earlier release to this one; its records stay as they are.

    \b
    Example:  hiksweep store migrate
    """
    from scanner.inventory.engine import Store, place

    url = place(store, data_folder())
    if url.get_backend_name() == "sqlite" and not Path(str(url.database)).exists():
        opened(store)
    before, after = Store(url).migrate()
    click.echo(f"From {before or 'nothing'} to {after}." if before != after else "Nothing to do.")


@command.command("ingest", context_settings=HELP)
@click.argument("journals", nargs=-1, required=True, metavar="JOURNAL...", type=click.Path(path_type=Path))
@click.option("--site", metavar="NAME", help="Whose addresses these are.  [default: by their targets]")
@store_option
def ingest(journals: tuple[Path, ...], site: str | None, store: str | None) -> int:
    """Take journals into the store. What it holds already changes nothing, and no order is wrong.

    \b
    Example:  hiksweep store ingest scan.jsonl --site head-office

    Exit codes: 0 all taken, 1 at least one was not.
    """
    from scanner.cli import options
    from scanner.inventory.ingest import take
    from scanner.inventory.rebuild import refresh
    from scanner.inventory.sites import check_name

    if site is not None:
        check_name(site)
    target = opened(store, make=True)
    failures = 0
    for journal in journals:
        try:
            taken = take(target, journal, site)
        except UsageError as error:
            click.echo(f"hiksweep: {error}", err=True)
            failures += 1
            continue
        what = f"{taken.records:,} records" if taken.records else "nothing new"
        end = "" if taken.finished or not taken.records else "; the run has no end yet"
        click.echo(f"{taken.run}: {what} (site {taken.site}){end}.")
        if taken.records and _is_late(target, taken.run):
            click.echo(
                f"{taken.run}: older than what was pruned; it counts on its own day, among runs of which "
                "only what they amounted to is kept."
            )
    refresh(target, options.load_knowledge())
    return 1 if failures else 0


def _is_late(target: Store, name: str) -> bool:
    """Whether a run is older than one of which records were pruned."""
    from scanner.inventory.prune import is_before_edge

    with target.reading() as connection:
        return is_before_edge(connection, name)


@command.command("rebuild", context_settings=HELP)
@store_option
def rebuild(store: str | None) -> None:
    """Drop what was computed from the records, and compute it anew.

    \b
    Example:  hiksweep store rebuild

    Records and decisions stay as they are. Devices, findings, states and events come out the same in whatever
    order the runs came in. What other signatures and mandates than today's had concluded from a run stays:
    'hiksweep reclassify' shows what today's would change, and changes it.
    """
    from scanner.cli import options
    from scanner.inventory.rebuild import refresh

    done = refresh(opened(store), options.load_knowledge(), anew=True)
    click.echo(f"{done.devices:,} devices of {done.runs:,} runs.")
    if done.kept:
        click.echo(
            f"{done.kept:,} of the runs stay as earlier signatures and mandates had judged them; "
            "'hiksweep reclassify --all' shows what today's would change."
        )


@command.command("info", context_settings=HELP)
@store_option
def show(store: str | None) -> None:
    """Say where the store is and what it holds.

    \b
    Example:  hiksweep store info
    """
    from scanner.inventory.upkeep import info

    found = info(opened(store))
    unfinished = f", {found.unfinished:,} of them without an end" if found.unfinished else ""
    rows = {
        "Store": found.name,
        "Revision": found.revision,
        "Runs": f"{found.runs:,}{unfinished}",
        "Rehearsals": f"{found.rehearsals:,} (loopback; they count nowhere else)",
        "From": f"{found.first} to {found.last}" if found.first else "no run yet",
        "Records": f"{found.records:,}" + (f"; {found.pruned:,} runs were pruned" if found.pruned else ""),
        "Bodies": f"{found.bodies:,} ({_bytes(found.body_bytes)} before they were compressed)",
        "Decisions": f"{found.decisions:,}",
        "On disk": _bytes(found.size),
    }
    for name, value in rows.items():
        click.echo(f"{name:<11} {value}")


def _bytes(count: int) -> str:
    size = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"


@command.command("check", context_settings=HELP)
@store_option
def check(store: str | None) -> int:
    """Read everything and compare it with its digests.

    \b
    Example:  hiksweep store check

    Exit codes: 0 whole, 1 something is wrong, a line each.
    """
    from scanner.inventory.upkeep import check as faults

    count = 0
    for fault in faults(opened(store)):
        click.echo(fault)
        count += 1
    if not count:
        click.echo("The store is whole.")
    return 1 if count else 0


@command.command("prune", context_settings=HELP)
@click.option(
    "--keep", required=True, metavar="TIME", help="All of so many days, weeks or years stays: 90d, 52w, 2y."
)
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@click.option("--yes", is_flag=True, help="Let it go, without asking.")
@store_option
def prune(keep: str, store: str | None, *, dry_run: bool, yes: bool) -> int:
    """Let old records go on which nothing rests, and give the room back.

    \b
    Example:  hiksweep store prune --keep 2y --dry-run

    What a run amounts to and covered stays, and so do all states, events and decisions: lists, coverage and
    'store rebuild' say the same as before. The records at the addresses of a device stay too, in every run
    that a state of it or of a finding of it rests on, unless all its findings are retracted. What went can't
    be judged anew by 'reclassify', and no journal can be made of it. 'store backup' keeps a copy.

    Exit codes: 0 done, or nothing to do; 2 usage; 3 something would go, and did not.
    """
    from scanner.cli import listing
    from scanner.inventory import prune as pruning

    before = pruning.before(keep, listing.now())
    target = listing.current(store)
    with target.reading() as connection:
        found = pruning.plan(connection, before)
    for one in found.runs:
        click.echo(f"{one.run}  {one.started[:10]}: {one.records:,} records go, {one.left:,} stay.")
    if found.skipped:
        click.echo(f"{found.skipped:,} older runs have no end and stay whole.")
    if not found.runs:
        click.echo(f"Nothing to let go before {before.date()}.")
        return 0
    click.echo(
        f"{plural(found.records, 'record')} of {plural(len(found.runs), 'run')} before {before.date()} and "
        f"{plural(found.bodies, 'body', 'bodies')}, {_bytes(found.bytes)}."
    )
    if dry_run:
        return 0
    if not yes and not (sys.stdin.isatty() and click.confirm("Let them go?", err=True)):
        click.echo("Nothing was pruned; --yes does it.", err=True)
        return 3
    pruning.prune(target, found, listing.now())
    click.echo("Pruned.")
    return 0


@command.command("backup", context_settings=HELP)
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@store_option
def backup(file: Path, store: str | None) -> None:
    """Copy the store as it is at one moment into FILE, a store by itself; scans may go on meanwhile.

    \b
    Example:  hiksweep store backup inventory-2026-11-25.sqlite
    """
    from scanner.inventory.upkeep import backup as copy

    copy(opened(store), file)
    click.echo(f"{file}: written; use it with --store {file}.")

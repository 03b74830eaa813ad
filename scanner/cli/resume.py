"""`hiksweep resume`: go on with a scan that was cut."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from scanner.cli import options, output, saving
from scanner.cli.help import HELP
from scanner.cli.interrupt import interruptible
from scanner.cli.scan import community_of, credentials_of, watch
from scanner.journal import is_written
from scanner.model.errors import Locked, StoreUnusable, UsageError
from scanner.policy.tenure import Tenure
from scanner.run.machine import data_folder
from scanner.run.request import parse_time
from scanner.run.resume import Unfinished, resume_scan, unfinished


@click.command(name="resume", context_settings=HELP)
@click.argument("name", metavar="RUN|JOURNAL")
@click.option(
    "--snmp-community-file",
    envvar="HIKSWEEP_SNMP_COMMUNITY_FILE",
    metavar="FILE",
    help="As for 'scan', where it had one: no journal holds it (or $HIKSWEEP_SNMP_COMMUNITY).",
)
@click.option(
    "--snmp-credentials", metavar="FILE", help="As for 'scan', where it had one: no journal holds them."
)
@click.option(
    "--time-limit",
    metavar="TIME",
    help="Stop after 90 (seconds), 30m or 4h from now.  [default: as the scan was given, from now]",
)
@output.report_options
@click.option("--quiet", is_flag=True, help="No progress and no notes; the result alone.")
@saving.saving_options
def command(**given: Any) -> int:
    """Go on with a scan that was killed, interrupted, or ended by its window or a full disk.

    \b
    RUN|JOURNAL  the run's name, its --reference, or its journal. A journal that is not on
                 this machine is made again from the inventory.

    \b
    Example:  hiksweep resume 20261124T120000Z-1f2e3d
              hiksweep resume scan.jsonl --format html --output report.html

    It asks only what the journal does not hold, with the scan's own targets, exclusions, rate and limits, and
    counts what each host has had in all sittings together. The report is that of a scan never cut. Exit codes
    are those of 'scan'.
    """
    saving.check_site(given)
    outputs = output.pair(given["formats"], given["outputs"])
    found = _find(given)
    output.keep_apart(outputs, [found.path])
    knowledge = options.load_knowledge()
    options.warn_of_age(knowledge, quiet=given["quiet"])
    options.check_profiles(found.started_record.profiles, knowledge)
    tenure = Tenure()
    scan = resume_scan(
        found.path,
        knowledge,
        tenure=tenure,
        community=community_of(given["snmp_community_file"]),
        credentials=credentials_of(given["snmp_credentials"]),
        time_limit=parse_time(given["time_limit"]) if given["time_limit"] else None,
    )
    if not given["quiet"]:
        click.echo(_told(found), err=True)
    follower = saving.follower_of(given, scan.journal_path)
    keeps = follower is not None
    held = saving.leased(given["store"], given["site"], found.scope, scan, tenure, make=keeps)
    with interruptible(scan) as pressed:
        with held, saving.following(follower):
            finished = watch(scan, scan.plan, pressed, quiet=given["quiet"])
        code = output.deliver(finished, outputs, given)
    saving.finish(follower, knowledge, scan.journal_path)
    return code


def _told(found: Unfinished) -> str:
    """What is said of a run before it goes on."""
    size = found.scope.size
    why = f" ({found.reason})" if found.reason else ""
    return (
        f"Going on with {found.run} of {found.started}{why}: {found.steps:,} of {size:,} addresses are done."
    )


def _find(given: dict[str, Any]) -> Unfinished:
    """The run that the user means.

    Raises:
        UsageError: there is none, or it is finished.
        Locked: it is still going on.
    """
    path = _journal_of(given["name"])
    store = None if given["no_save"] else given["store"]
    if not given["no_save"] or path is None:
        path = _made_up(given["name"], path, store)
    if path is None:
        raise UsageError(f"{given['name']}: no journal, and no run of that name here{_others()}")
    if is_written(path):
        raise Locked(f"{path}: its run is still going on; wait for it or end it")
    found = unfinished(path)
    if found is None:
        raise UsageError(
            f"{given['name']}: the run is finished; 'hiksweep report {path}' tells what it found"
        )
    return found


def _folder() -> Path:
    return data_folder() / "journals"


def _journal_of(name: str) -> Path | None:
    """The journal of a name: a file, the run of that name, or the newest run of that reference."""
    if Path(name).is_file():
        return Path(name)
    place = _folder() / f"{name}.jsonl"
    if "/" not in name and place.is_file():
        return place
    for path in sorted(_folder().glob("*.jsonl"), reverse=True):
        found = _unfinished(path)
        if found is not None and found.reference == name:
            return path
    return None


def _made_up(name: str, path: Path | None, given: str | None) -> Path | None:
    """The journal, with what the inventory holds of the run beyond it; made where it is not here."""
    from scanner.cli.store import opened
    from scanner.inventory.restore import holds, write_journal
    from scanner.run.peek import peek

    try:
        store = opened(given)
    except StoreUnusable:
        return path
    started = peek(path) if path is not None else None
    run = started.started.id if started is not None else name if path is None else path.stem
    try:
        if "/" in run or not holds(store, run):
            return path
        return write_journal(store, run, path or _folder() / f"{run}.jsonl")
    except StoreUnusable:
        if path is None:
            raise
        return path
    finally:
        store.close()


def _unfinished(path: Path) -> Unfinished | None:
    try:
        return unfinished(path)
    except UsageError:
        return None


def _others() -> str:
    """The newest runs that could be gone on with, to choose from."""
    paths = sorted(_folder().glob("*.jsonl"), reverse=True)[:20]
    names = [path.stem for path in paths if _unfinished(path) is not None and not is_written(path)]
    return f"; not finished here: {', '.join(names[:3])}" if names else ""

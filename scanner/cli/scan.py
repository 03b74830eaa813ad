"""`hiksweep scan`: sweep, identify, report."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import click

from scanner.cli import options, output
from scanner.cli.help import HELP
from scanner.cli.progress import Display
from scanner.model.errors import UsageError
from scanner.run.credentials import Credentials, load_credentials
from scanner.run.events import Finished
from scanner.run.machine import this_machine
from scanner.run.plan import Plan, make_plan
from scanner.run.request import ScanRequest, Secret, parse_time, read_lines
from scanner.run.scan import Scan


@click.command(name="scan", context_settings=HELP)
@options.what_to_scan
@options.whose_mandate
@output.report_options
@click.option(
    "--time-limit", metavar="TIME", help="Stop after 90 (seconds), 30m or 4h; the rest is said to be stopped."
)
@click.option("--reference", metavar="TEXT", help="A change or ticket number, shown in every report.")
@click.option("--journal", metavar="FILE", type=click.Path(path_type=Path), help="Keep the journal here.")
@click.option("--quiet", is_flag=True, help="No progress and no notes; the result alone.")
def command(**given: Any) -> int:
    """Sweep networks and name every Hikvision device on them.

    \b
    TARGET  an address, a prefix, a range (10.0.0.5-40), a host name, @FILE, or
            'local' for every directly connected network; IPv4 and IPv6.

    \b
    Example:  hiksweep scan 10.1.0.0/24 --exclude 10.1.0.9 --profile ca-federal-institution
              hiksweep scan local --format html --output report.html

    \b
    Exit codes:  0 none found, coverage complete    3 found
                 4 none found, coverage incomplete  2 usage
                 1 no result could be produced      130 interrupted
    """
    outputs = output.pair(given["formats"], given["outputs"])
    output.keep_apart(outputs, [given["journal"]] if given["journal"] else [])
    knowledge = options.load_knowledge()
    options.check_profiles(given["profiles"], knowledge)
    facts = options.facts_text(given["facts_file"], given["facts"])
    plan = make_plan(scan_request(given, facts), this_machine())
    scan = Scan(plan, knowledge)
    with _interruptible(scan) as pressed:
        finished = _watch(scan, plan, pressed, quiet=given["quiet"])
        failures = output.write(finished.report, outputs, show_all=given["show_all"], raw=given["csv_raw"])
        for failure in failures:
            click.echo(f"hiksweep: {failure}", err=True)
        if not given["quiet"]:
            click.echo(f"{finished.report.headline}.", err=True)
            for written in outputs:
                if written.path is not None and not any(str(written.path) in failure for failure in failures):
                    click.echo(f"Report: {written.path}", err=True)
            click.echo(f"Journal: {finished.journal}", err=True)
    if finished.interrupted:
        return 130
    return 1 if failures else output.exit_code(finished.report)


def scan_request(given: dict[str, Any], facts: str) -> ScanRequest:
    """The request that the command's options amount to.

    Raises:
        UsageError: a list, a time or the community file is not usable.
    """
    listed = [f"@{name}" for name in given["exclude_file"]]
    return ScanRequest(
        targets=tuple(read_lines(given["targets"], options.read_text)),
        exclude=tuple(read_lines([*given["exclude"], *listed], options.read_text)),
        ports=given["ports"],
        rate=given["rate"],
        profiles=given.get("profiles", ()),
        facts=facts,
        engine=given["engine"],
        multicast=not given["no_multicast"],
        interfaces=given["interfaces"],
        community=_community(given["snmp_community_file"]),
        routers=given["snmp_routers"],
        credentials=_credentials(given["snmp_credentials"]),
        time_limit=parse_time(given["time_limit"]) if given.get("time_limit") else None,
        reference=given.get("reference"),
        yes=given["yes"],
        journal=given.get("journal"),
    )


def _community(file: str | None) -> Secret | None:
    """The site's SNMP read community, from a file or from the environment."""
    if file is None:
        value = os.environ.get("HIKSWEEP_SNMP_COMMUNITY")
        return Secret(value) if value else None
    lines = options.read_text(file).splitlines()
    if not lines or not lines[0].strip():
        raise UsageError(f"--snmp-community-file {file}: its first line is empty; put the community there")
    return Secret(lines[0].strip())


def _credentials(file: str | None) -> Credentials | None:
    """The site's credentials for its routers; says who else can read them."""
    if file is None:
        return None
    credentials, warning = load_credentials(Path(file))
    if warning:
        click.echo(f"hiksweep: {warning}", err=True)
    return credentials


def _watch(scan: Scan, plan: Plan, pressed: Callable[[], Iterator[str]], *, quiet: bool) -> Finished:
    """Show what happens until the scan is over; Ctrl-C ends it and keeps what was gathered."""
    with Display(plan, quiet=quiet, terminal=output.is_terminal(sys.stderr)) as display:
        for event in scan.events():
            display.show(event)
            for note in pressed():
                display.note(note)
            if isinstance(event, Finished):
                return event
    raise UsageError("the scan ended without a result")


@contextmanager
def _interruptible(scan: Scan) -> Iterator[Callable[[], Iterator[str]]]:
    """A first Ctrl-C (or SIGTERM) stops the scan; a second one is told that it is being stopped.

    Gives a function that yields what is to be said of them. The handler itself writes nothing: it may have
    come in the middle of a write to the same stream, which cannot be entered twice.
    """
    times = said = 0

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        nonlocal times
        times += 1
        scan.stop()

    def pressed() -> Iterator[str]:
        nonlocal said
        while said < times:
            said += 1
            again = f"still stopping; the journal is {scan.journal_path}"
            yield "stopping; what was gathered is kept" if said == 1 else again

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield pressed
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

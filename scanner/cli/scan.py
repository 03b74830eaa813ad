"""`hiksweep scan`: sweep, identify, report."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from scanner.cli import import_, options, output, saving
from scanner.cli.help import HELP
from scanner.cli.interrupt import interruptible
from scanner.cli.progress import Display
from scanner.model.errors import UsageError
from scanner.policy.tenure import Tenure
from scanner.run.credentials import Credentials, load_credentials
from scanner.run.events import Finished
from scanner.run.foreign_file import open_inputs
from scanner.run.machine import data_folder, this_machine
from scanner.run.plan import Plan, make_plan
from scanner.run.request import ScanRequest, Secret, parse_time, read_lines
from scanner.run.resume import overlapping
from scanner.run.scan import Scan
from scanner.scope import ranges_text

_NAMED = 8
"""Addresses and ranges that are never touched, named one by one."""


@click.command(name="scan", context_settings=HELP)
@options.what_to_scan
@options.whose_mandate
@output.report_options
@click.option(
    "--time-limit", metavar="TIME", help="Stop after 90 (seconds), 30m or 4h; the rest is said to be stopped."
)
@click.option(
    "--from",
    "files",
    multiple=True,
    metavar="FILE",
    help="Read a file of another tool too; see 'hiksweep import --help'. Without TARGET nothing is "
    "sent; with it, nothing is sent anywhere else. Repeatable.",
)
@import_.file_options
@output.run_options
@saving.saving_options
def command(**given: Any) -> int:
    """Sweep networks and name every Hikvision device on them.

    \b
    TARGET  an address, a prefix, a range (10.0.0.5-40), a host name, @FILE, or
            'local' for every directly connected network; IPv4 and IPv6.

    \b
    Example:  hiksweep scan 10.1.0.0/24 --exclude 10.1.0.9 --profile ca-federal-institution
              hiksweep scan local --format html --output report.html
              hiksweep scan 10.1.0.0/24 --from leases.txt --from nmap.xml

    \b
    Exit codes:  0 none found, coverage complete    3 found
                 4 none found, coverage incomplete  2 usage
                 1 no result could be produced      130 interrupted
    """
    if given["files"] and not given["targets"]:
        if given["snmp_routers"]:
            raise UsageError("--snmp-router: without a TARGET nothing is sent; name one, or leave it out")
        return import_.read_files(given["files"], given)
    if given["within"]:
        raise UsageError("--within: with a TARGET, the targets are the scope; leave it out")
    saving.check_site(given)
    outputs = output.pair(given["formats"], given["outputs"])
    output.keep_apart(outputs, [given["journal"]] if given["journal"] else [], given["files"])
    knowledge = options.load_knowledge()
    options.warn_of_age(knowledge, quiet=given["quiet"])
    options.check_profiles(given["profiles"], knowledge)
    facts = options.facts_text(given["facts_file"], given["facts"])
    plan = make_plan(scan_request(given, facts), this_machine())
    if not given["quiet"]:
        _tell_of_unfinished(plan)
    tenure = Tenure()
    scan = Scan(plan, knowledge, open_inputs(given["files"], given["read_as"]), tenure)
    follower = saving.follower_of(given, scan.journal_path)
    keeps = follower is not None
    held = saving.leased(given["store"], given["site"], plan.scope, scan, tenure, make=keeps)
    with interruptible(scan) as pressed:
        with held, saving.following(follower):
            finished = watch(scan, plan, pressed, quiet=given["quiet"])
        code = output.deliver(finished, outputs, given)
    saving.finish(follower, knowledge, scan.journal_path)
    return code


def _tell_of_unfinished(plan: Plan) -> None:
    """Say that a scan of some of the same addresses was cut and can be gone on with."""
    for left in overlapping(data_folder() / "journals", plan.scope)[:1]:
        click.echo(
            f"A scan of some of these addresses was never finished, {left.run}: "
            f"'hiksweep resume {left.run}' goes on with it.",
            err=True,
        )


def scan_request(given: dict[str, Any], facts: str) -> ScanRequest:
    """The request that the command's options amount to.

    Raises:
        UsageError: a list, a time or the community file is not usable.
    """
    listed = [f"@{name}" for name in given["exclude_file"]]
    return ScanRequest(
        targets=tuple(read_lines(given["targets"], options.read_text)),
        exclude=(*read_lines([*given["exclude"], *listed], options.read_text), *_never_touched(given)),
        ports=given["ports"],
        rate=given["rate"],
        profiles=given.get("profiles", ()),
        facts=facts,
        engine=given["engine"],
        multicast=not given["no_multicast"],
        interfaces=given["interfaces"],
        community=community_of(given["snmp_community_file"]),
        routers=given["snmp_routers"],
        credentials=credentials_of(given["snmp_credentials"]),
        time_limit=parse_time(given["time_limit"]) if given.get("time_limit") else None,
        reference=given.get("reference"),
        yes=given["yes"],
        journal=given.get("journal"),
    )


def _never_touched(given: dict[str, Any]) -> tuple[str, ...]:
    """What hiksweep.toml leaves out; that it does is said.

    Raises:
        UsageError: it cannot be read; to sweep what it may forbid would be worse than to sweep nothing.
    """
    if given["no_config"]:
        return ()
    from scanner.config.location import left_out

    found = left_out(given.get("site"))
    if found is None or not found.ranges:
        return ()
    texts = ranges_text(found.ranges)
    if not given.get("quiet"):
        named = ", ".join(texts[:_NAMED]) + (
            f" and {len(texts) - _NAMED} more" if len(texts) > _NAMED else ""
        )
        click.echo(f"Never touched, by {found.path}: {named}; --no-config would touch it.", err=True)
    return texts


def community_of(file: str | None) -> Secret | None:
    """The site's SNMP read community, from a file or from the environment."""
    if file is None:
        value = os.environ.get("HIKSWEEP_SNMP_COMMUNITY")
        return Secret(value) if value else None
    lines = options.read_text(file).splitlines()
    if not lines or not lines[0].strip():
        raise UsageError(f"--snmp-community-file {file}: its first line is empty; put the community there")
    return Secret(lines[0].strip())


def credentials_of(file: str | None) -> Credentials | None:
    """The site's credentials for its routers; says who else can read them."""
    if file is None:
        return None
    credentials, warning = load_credentials(Path(file))
    if warning:
        click.echo(f"hiksweep: {warning}", err=True)
    return credentials


def watch(scan: Scan, plan: Plan, pressed: Callable[[], Iterator[str]], *, quiet: bool) -> Finished:
    """Show what happens until the scan is over; Ctrl-C ends it and keeps what was gathered."""
    with Display(plan, quiet=quiet, terminal=output.is_terminal(sys.stderr)) as display:
        for event in scan.events():
            display.show(event)
            for note in pressed():
                display.note(note)
            if isinstance(event, Finished):
                return event
    raise UsageError("the scan ended without a result")

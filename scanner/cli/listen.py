"""`hiksweep listen`: hear what devices say by themselves, and ask nobody."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import click

from scanner.cli import options, output, saving
from scanner.cli.help import HELP
from scanner.cli.progress import row
from scanner.model.errors import UsageError
from scanner.model.evidence import Maker
from scanner.parsers.text import printable
from scanner.run.events import DeviceFound, Event, Finished, Note, Started
from scanner.run.listen import Listening, ListenRequest
from scanner.run.machine import this_machine
from scanner.run.request import parse_time

_NOTE = 400


@click.command("listen", context_settings=HELP, short_help="Hear what devices announce, and send nothing.")
@click.option(
    "--interface",
    "interfaces",
    multiple=True,
    metavar="NAME",
    help="Listen here. Repeatable.  [default: every interface that is up]",
)
@click.option(
    "--for",
    "limit",
    metavar="TIME",
    help="Stop after 90 (seconds), 30m or 4h; without it, at Ctrl-C.",
)
@click.option(
    "--join",
    is_flag=True,
    help="Also join the discovery groups, since a switch that snoops keeps them from a capture. The kernel's "
    "IGMP and MLD reports are then sent, and nothing else.",
)
@options.whose_mandate
@output.report_options
@click.option("--reference", metavar="TEXT", help="A change or ticket number, shown in every report.")
@click.option("--journal", metavar="FILE", type=click.Path(path_type=Path), help="Keep the journal here.")
@click.option("--quiet", is_flag=True, help="No devices as they are heard and no notes; the result alone.")
@saving.saving_options
def command(**given: Any) -> int:
    """Hear SADP, WS-Discovery, SSDP, mDNS, DHCP, ARP and IPv6 neighbours, and say who made what spoke.

    With root or CAP_NET_RAW a capture behind a kernel filter hears them and sends not one packet. Without,
    the discovery groups are joined, which the kernel reports to the network (IGMP, MLD). Whoever keeps
    silent is not heard: the coverage is never complete.

    \b
    Example:  hiksweep listen --interface eth1 --for 24h --format html --output heard.html

    The inventory learns who was heard; that somebody was not counts there for nothing.

    \b
    Exit codes:  3 found    4 none found, coverage incomplete (it always is)    2 usage
                 1 no result could be produced    130 ended before the time of --for
    """
    saving.check_site(given)
    outputs = output.pair(given["formats"], given["outputs"])
    output.keep_apart(outputs, [given["journal"]] if given["journal"] else [])
    knowledge = options.load_knowledge()
    options.warn_of_age(knowledge, quiet=given["quiet"])
    options.check_profiles(given["profiles"], knowledge)
    request = ListenRequest(
        interfaces=given["interfaces"],
        join=given["join"],
        time_limit=parse_time(given["limit"]) if given["limit"] else None,
        profiles=given["profiles"],
        facts=options.facts_text(given["facts_file"], given["facts"]),
        reference=given["reference"],
        journal=given["journal"],
    )
    listening = Listening(request, this_machine(), knowledge)
    follower = saving.follower_of(given, listening.journal_path)
    with _stopping(listening):
        with saving.following(follower):
            finished = _watch(listening, given)
        failures = output.write(finished.report, outputs, show_all=given["show_all"], raw=given["csv_raw"])
    for failure in failures:
        click.echo(f"hiksweep: {failure}", err=True)
    if not given["quiet"]:
        click.echo(f"{finished.report.headline}.", err=True)
        click.echo(f"Journal: {finished.journal}", err=True)
    saving.finish(follower, knowledge, listening.journal_path)
    if finished.interrupted:
        return 130
    return 1 if failures else output.exit_code(finished.report)


def _watch(listening: Listening, given: dict[str, Any]) -> Finished:
    """Show what is heard until it is over."""
    for event in listening.events():
        if isinstance(event, Finished):
            return event
        if not given["quiet"] and (line := _line(event, show_all=given["show_all"])):
            click.echo(line, err=True)
    raise UsageError("the listening ended without a result")


def _line(event: Event, *, show_all: bool) -> str:
    match event:
        case Started(run):
            return f"Listening as {run}; Ctrl-C ends it."
        case Note(text):
            return printable(text, _NOTE)
        case DeviceFound(device) if show_all or device.evidenced_maker is Maker.HIKVISION:
            return row(device)
    return ""


@contextmanager
def _stopping(listening: Listening) -> Iterator[None]:
    """Ctrl-C or SIGTERM ends the listening, and what was heard is reported. The handler writes nothing."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        listening.stop()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

"""Options that several commands share, so that they mean the same everywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click
import yaml

from scanner.knowledge import Knowledge, load
from scanner.knowledge.age import old_blocks
from scanner.mandates import read_facts
from scanner.model.errors import UsageError, unreadable
from scanner.reporter import Format
from scanner.run.machine import data_folder

Command = TypeVar("Command", bound=Callable[..., Any])
_FILE_LIMIT = 16 * 1024 * 1024


def what_to_scan(command: Command) -> Command:
    """Targets, exclusions, ports, rate, engine: what `scan` and `plan` both need."""
    for option in reversed(
        (
            click.argument("targets", nargs=-1, metavar="TARGET..."),
            click.option("--exclude", multiple=True, metavar="TARGET", help="Leave this out. Repeatable."),
            click.option("--exclude-file", multiple=True, metavar="FILE", help="Leave out what FILE lists."),
            click.option(
                "--no-config",
                is_flag=True,
                help="Do not leave out what hiksweep.toml says is never touched.",
            ),
            click.option(
                "--ports",
                multiple=True,
                metavar="[http:|https:|rtsp:]N,...",
                help="More TCP ports; without a protocol they are connected to and listened to only.",
            ),
            click.option(
                "--rate", default=500.0, show_default=True, metavar="N", help="Packets a second over all."
            ),
            click.option(
                "--engine",
                type=click.Choice(["auto", "connect", "nmap"]),
                default="auto",
                show_default=True,
                help="Who tries the ports; auto is connect, the built-in one.",
            ),
            click.option("--no-multicast", is_flag=True, help="Ask no group and no broadcast address."),
            click.option(
                "--interface",
                "interfaces",
                multiple=True,
                metavar="NAME",
                help="Use link-local discovery on NAME whatever the targets say. Repeatable.",
            ),
            *_snmp(),
            click.option("--yes", is_flag=True, help="Public addresses, or more than 2^24, are meant."),
        )
    ):
        command = option(command)
    return command


def _snmp() -> tuple[Callable[[Command], Command], ...]:
    """What is read by SNMP, and with which right."""
    return (
        click.option(
            "--snmp-community-file",
            envvar="HIKSWEEP_SNMP_COMMUNITY_FILE",
            metavar="FILE",
            help="Read SNMP with the site's own read community, the first line of FILE "
            "(or $HIKSWEEP_SNMP_COMMUNITY). Never guessed, never recorded.",
        ),
        click.option(
            "--snmp-router",
            "snmp_routers",
            multiple=True,
            metavar="HOST",
            help="Read the address, forwarding and LLDP tables of this router or switch: which MAC a "
            "routed address has, and its switch port. Only its UDP 161 is asked. Repeatable.",
        ),
        click.option(
            "--snmp-credentials",
            metavar="FILE",
            help="For --snmp-router: SNMP v2c or v3, by router or 'default', as YAML or INI. Only you "
            "may be able to read FILE. Never recorded.",
        ),
    )


def whose_mandate(command: Command) -> Command:
    """Profile and facts of the site."""
    for option in reversed(
        (
            click.option(
                "--profile",
                "profiles",
                multiple=True,
                metavar="ID",
                help="Whose mandate applies; see 'hiksweep mandates profiles'. Repeatable.",
            ),
            click.option(
                "--facts",
                "facts_file",
                metavar="FILE",
                help="Facts of the site: a YAML file or https:// address, by address, prefix or serial.",
            ),
            click.option(
                "--fact",
                "facts",
                multiple=True,
                metavar="K=V",
                help="One fact for every device, such as acquired_on=2024-03-01. Repeatable.",
            ),
        )
    ):
        command = option(command)
    return command


def read_text(place: str) -> str:
    """The text of a file, or of an ``https://`` address of the organisation's own systems.

    Raises:
        UsageError: it cannot be read, is too large or is not UTF-8.
    """
    if place.startswith(("https://", "http://")):
        from scanner.transports.services import Service

        return Service().text(place)
    path = Path(place)
    try:
        with path.open("rb") as file:
            data = file.read(_FILE_LIMIT + 1)  # a device or a pipe does not say how long it is
        if len(data) > _FILE_LIMIT:
            raise UsageError(f"{place}: larger than {_FILE_LIMIT // 1024 // 1024} MiB, which is no such file")
        return data.decode("utf-8-sig")
    except OSError as error:
        raise UsageError(unreadable(place, error)) from None
    except UnicodeDecodeError:
        raise UsageError(f"{place}: not a text file in UTF-8") from None


def facts_text(facts_file: str | None, facts: Sequence[str]) -> str:
    """The site's facts as one YAML text, checked.

    Raises:
        UsageError: a fact that is not known or a value that does not fit.
    """
    text = read_text(facts_file) if facts_file else ""
    merged = read_facts(text, facts_file or "--facts")
    for fact in facts:
        merged = merged.with_fact(fact)
    return yaml.safe_dump(merged.as_data(), sort_keys=True, allow_unicode=True) if (text or facts) else ""


def check_profiles(profiles: Sequence[str], knowledge: Knowledge) -> None:
    """Refuse a profile that is not known.

    Raises:
        UsageError: with near matches.
    """
    for name in profiles:
        knowledge.mandates.profile(name)


def load_knowledge() -> Knowledge:
    """Everything that is known; a fault in the data ends the command with its file and line."""
    return load(blocks=updated_blocks())


def warn_of_age(knowledge: Knowledge, *, quiet: bool) -> None:
    """Say on standard error that the table of MAC blocks is old, if it is."""
    warning = old_blocks(knowledge.oui.version.date, datetime.now(UTC).date().isoformat())
    if warning and not quiet:
        click.echo(f"Warning: {warning}.", err=True)


def updated_blocks() -> Path:
    """Where `hiksweep oui update` keeps the newer MAC blocks; the file need not be there."""
    return data_folder() / "oui.csv"


def all_formats() -> click.Choice[str]:
    """The formats of a report as a choice."""
    return click.Choice([str(name) for name in Format])

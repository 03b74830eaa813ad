"""``hiksweep config``: an example to begin with, a check that sends nothing, and what holds in the end."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click

from scanner.cli.help import HELP
from scanner.model.errors import UsageError

if TYPE_CHECKING:
    from scanner.config.faults import Fault
    from scanner.config.network import Network
    from scanner.config.settings import Configuration

Command = TypeVar("Command", bound=Callable[..., Any])


def config_argument(command: Command) -> Command:
    """The configuration, where a command is all about it."""
    return click.argument("file", required=False, metavar="[FILE]")(command)


@click.group("config", context_settings=HELP, short_help="hiksweep.toml: an example, a check, what holds.")
def command() -> None:
    """Sites, networks, windows, rates and profiles in one file, hiksweep.toml.

    \b
    Example:  hiksweep config example > hiksweep.toml    then edit its two marked lines
              hiksweep config check

    FILE is $HIKSWEEP_CONFIG if it is not named, else hiksweep.toml here, in ~/.config/hiksweep or in
    /etc/hiksweep, whichever is there first.
    """


@command.command("example")
def example() -> None:
    """Print a configuration with every key in it; two marked lines are yours to edit.

    Example: hiksweep config example > hiksweep.toml
    """
    from scanner.config.settings import example as text

    click.echo(text(), nl=False)


@command.command("check")
@config_argument
def check(file: str | None) -> int:
    """Say whether a configuration is right, and when each network is swept next. Sends nothing.

    Example: hiksweep config check

    Every fault is one line with its file, line, key and what to write instead.

    Exit code: 0 right, whatever is warned of; 2 a fault.
    """
    found = load_configuration(file)
    for line in check_lines(found, datetime.now(UTC)):
        click.echo(line)
    return 0


@command.command("show")
@config_argument
@click.option("--network", "wanted", metavar="SITE/NAME", help="This network only.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def show(file: str | None, wanted: str | None, form: str) -> int:
    """Show what holds for each network in the end, and which line or variable says so.

    Example: hiksweep config show --network main/cameras

    A secret is shown by where it is, never itself.

    Exit code: 0; 2 a fault in the configuration, or no such network.
    """
    from scanner.config.show import as_data, common_values

    found = load_configuration(file)
    networks = chosen(found, [wanted] if wanted else [])
    if form == "json":
        common = {value.key: {"value": value.text, "from": value.origin} for value in common_values(found)}
        data = {
            "file": str(found.path),
            "common": common,
            "networks": [as_data(found, network) for network in networks],
        }
        click.echo(json.dumps(data, ensure_ascii=False, indent=2))
        return 0
    for line in show_lines(found, networks):
        click.echo(line)
    return 0


def load_configuration(file: str | None, *, quiet: bool = False) -> Configuration:
    """The configuration, checked with the files that it names; what is odd in it is said on standard error.

    Args:
        file: as the user named it.
        quiet: what is odd is not said.

    Raises:
        UsageError: there is none, or it holds a fault; a line for each.
    """
    from scanner.config.location import find
    from scanner.config.settings import load
    from scanner.knowledge.location import fingerprints_root
    from scanner.knowledge.mandates import load_mandates

    profiles = load_mandates(fingerprints_root()).profiles
    found = load(find(file), tuple(profiles))
    _check_files(found)
    if not quiet:
        for warning in (*found.warnings, *_odd_files(found)):
            click.echo(f"Warning: {warning}.", err=True)
    return found


def chosen(found: Configuration, wanted: list[str] | tuple[str, ...]) -> list[Network]:
    """The networks of these names, or all.

    Raises:
        UsageError: there is no network of a name.
    """
    from scanner.config.words import near

    known = {network.id: network for network in found.networks}
    for name in wanted:
        if name not in known:
            hint = near(name, known) or f"known are {', '.join(known)}"
            raise UsageError(f"{name}: no network is called so; {hint}")
    return [known[name] for name in wanted] if wanted else list(found.networks)


def facts_of(network: Network) -> str:
    """The facts of a network as text, checked; empty where it names none.

    Raises:
        UsageError: the file cannot be read or holds a fault.
    """
    from scanner.cli.options import facts_text

    return facts_text(network.facts, ()) if network.facts is not None else ""


def check_lines(found: Configuration, now: datetime) -> Iterator[str]:
    """The good news, network by network."""
    from scanner.config.checks import scope_of

    addresses = sum(scope_of(network).size for network in found.networks)
    sites = len({network.site for network in found.networks})
    parts = [_count(sites, "site"), _count(len(found.networks), "network"), _count(addresses, "address")]
    yield f"{found.path} is right: {', '.join(parts)}. Nothing was sent."
    for network in found.networks:
        yield ""
        yield from _network_lines(network, found, now)


def _network_lines(network: Network, found: Configuration, now: datetime) -> Iterator[str]:
    from scanner.cli.progress import duration
    from scanner.config.checks import scope_of
    from scanner.config.show import value_text
    from scanner.run.machine import this_machine
    from scanner.run.plan import make_plan
    from scanner.schedule.due import due
    from scanner.schedule.request import request_of

    plan = make_plan(request_of(network, found.folder, secrets=False), this_machine(), resolver=lambda _: ())
    name = f"{network.id} ({network.label})" if network.label else network.id
    yield f"{name}: {_count(scope_of(network).size, 'address')}, {value_text(network.targets[:4])}"
    windows = f"{value_text(network.windows)} ({network.time_zone.key})" if network.windows else "at any time"
    yield f"  {network.every}, {windows}"
    yield f"  profile {value_text(network.profile) or 'none, so every measure is told as information'}"
    took = f"about {duration(plan.estimate.seconds)} at {network.rate:g} packets a second"
    yield f"  next {when(due(network, None, now).at, network, now)}, {took}"
    longest = max((window.minutes for window in network.windows), default=0) * 60
    if longest and plan.estimate.seconds > longest:
        yield "  its longest window is shorter than that: a sweep goes on in the next one"


def when(at: datetime | None, network: Network, now: datetime) -> str:
    """A moment on the wall clock of a network."""
    if at is None:
        return "never"
    return "now" if at <= now else f"{at.astimezone(network.time_zone):%a %Y-%m-%d %H:%M}"


def show_lines(found: Configuration, networks: list[Network]) -> Iterator[str]:
    """Every value with where it was said."""
    from scanner.config.show import Value, common_values, values

    def rows(shown: list[Value]) -> Iterator[str]:
        width = max((len(value.text) for value in shown if len(value.text) <= 40), default=0)
        for value in shown:
            yield f"  {value.key:<17} {value.text:<{width}}  {value.origin}"

    yield str(found.path)
    yield from rows(list(common_values(found)))
    for network in networks:
        yield ""
        yield f"{network.id}{f' ({network.label})' if network.label else ''}"
        yield from rows(list(values(found, network)))


def _count(number: int, noun: str) -> str:
    plural = f"{noun}es" if noun.endswith("s") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"


def _check_files(found: Configuration) -> None:
    """Read the files that networks name, so that a fault shows now and not at night.

    Raises:
        ConfigError: one cannot be read or holds a fault.
    """
    from scanner.config.faults import ConfigError
    from scanner.run.credentials import load_credentials

    faults = {}
    for network in found.networks:
        for key in ("facts", "snmp_credentials"):
            path = getattr(network, key)
            if path is None or (key, path) in faults or str(path).startswith("https://"):
                continue
            try:
                facts_of(network) if key == "facts" else load_credentials(path)
            except UsageError as error:
                message = str(error).removeprefix("--snmp-credentials ")
                faults[key, path] = _fault(found, network, key, message)
    if faults:
        raise ConfigError(tuple(faults.values()))


def _odd_files(found: Configuration) -> Iterator[Fault]:
    """What is not as it should be around the file, and may be meant for another machine."""
    from scanner.config.faults import Fault

    if found.path.stat().st_mode & 0o002:
        message = f"everybody can write it, and so decide what is swept; chmod o-w {found.path}"
        yield Fault(0, str(found.path), "", message)
    odd = {}
    for network in found.networks:
        secret = network.snmp_community
        if secret is not None and secret.kind == "file":
            try:
                secret.read(found.folder)
            except UsageError as error:
                odd[secret] = _fault(found, network, "snmp_community", str(error))
    yield from odd.values()


def _fault(found: Configuration, network: Network, key: str, message: str) -> Fault:
    """A fault at the line that gives a network its value of a key."""
    from scanner.config.faults import Fault, key_text, line_of

    seat = ("sites", network.site, "networks", network.name)
    places = [(*seat, key), (*seat[:2], key), (key,)]
    said = next((place for place in places if place in found.lines), (key,))
    return Fault(line_of(said, found.lines), str(found.path), key_text(said), message)

"""``hiksweep lab``: the rehearsal network, up, listed, and what it truly is."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from scanner.cli.help import HELP
from scanner.lab import NETWORK, Card, Lab
from scanner.lab.companion import run_beside, wait_until_ended
from scanner.lab.station import Station
from scanner.model.errors import UsageError

_base = click.option("--base", default=NETWORK, show_default=True, metavar="CIDR", help="Network of the lab.")


@click.group(
    "lab", context_settings=HELP, short_help="A rehearsal network of about forty devices on this machine."
)
def command() -> None:
    """Play a network to train with: cameras of several makers, bystanders, and hostile peers.

    Everything stands on loopback addresses and needs no privilege; nothing leaves this machine.
    """


@command.command("up", context_settings={"ignore_unknown_options": True})
@click.option("--only", multiple=True, metavar="NAME...", help="Start these only, comma between.")
@click.option(
    "--record", type=click.Path(dir_okay=False), metavar="FILE", help="Write what the devices receive."
)
@_base
@click.option(
    "--address", "given", multiple=True, metavar="NAME=ADDRESS", help="Address of one device; repeatable."
)
@click.argument("run", nargs=-1, type=click.UNPROCESSED, metavar="[-- COMMAND...]")
@click.pass_context
def up(
    context: click.Context,
    only: tuple[str, ...],
    record: str | None,
    base: str,
    given: tuple[str, ...],
    run: tuple[str, ...],
) -> None:
    """Start the devices; run COMMAND and take them down, or stay up until Ctrl-C.

    Inside 127.0.0.0/8 the ports 80, 443 and 554 are 10080, 10443 and 10554. On any other network the
    addresses must exist on this machine, the true ports are used and multicast groups are joined.

    Example: hiksweep lab up

    Example: hiksweep lab up -- hiksweep scan 127.77.0.0/24 --ports http:10080,https:10443,rtsp:10554

    Exit code: that of COMMAND; 1 if a port is taken or COMMAND cannot run; 2 usage.
    """
    names = [name for text in only for name in text.split(",")]
    lab = Lab(names, Path(record) if record else None, base, dict(_pairs(given)))
    with _writable(record), lab:
        code = 0
        if run:
            code = run_beside(run)
        else:
            wait_until_ended(lambda: _say_how(lab))
    if any(card.name == "printer" for card in lab.cards):
        click.echo(f"lab: the printer received {len(lab.printed)} bytes on port 9100", err=True)
    context.exit(code)


@command.command("list")
@_base
def list_devices(base: str) -> None:
    """Name every device with its address and ports.

    Example: hiksweep lab list
    """
    lab = Lab(base=base)
    for card in lab.cards:
        station = lab.station(card)
        click.echo(f"{card.name:<20} {station.address:<15} {_ports(card, station):<28} {card.title}")


@command.command("truth")
@_base
@click.option("--format", "shape", type=click.Choice(["table", "json"]), default="table", show_default=True)
def truth(base: str, shape: str) -> None:
    """Print what each device is and what a scan should say of it.

    Example: hiksweep lab truth --format json
    """
    lab = Lab(base=base)
    if shape == "json":
        rows = [
            {"name": card.name, "address": lab.addresses[card.name], "hostile": card.hostile}
            | card.truth.as_json()
            | {"title": card.title, "origin": list(card.origin)}
            for card in lab.cards
        ]
        click.echo(json.dumps(rows, ensure_ascii=True, indent=2))
        return
    table = Table(box=None, pad_edge=False, show_lines=False)
    for heading in ("address", "name", "maker", "confidence", "relation", "brand", "class", "model"):
        table.add_column(heading, no_wrap=True)
    for card in lab.cards:
        said = card.truth
        cells = (said.confidence, said.relation, said.presented_brand, said.device_class, said.model)
        maker = said.maker_name or said.evidenced_maker
        table.add_row(lab.addresses[card.name], card.name, str(maker), *(str(cell or "-") for cell in cells))
    Console(width=140, highlight=False).print(table)


def _ports(card: Card, station: Station) -> str:
    tcp = sorted(station.port(server.port) for server in card.tcp)
    udp = sorted(server.port for server in card.udp if server.unicast)
    return ",".join([*map(str, tcp), *(f"udp/{port}" for port in udp)])


def _pairs(given: Sequence[str]) -> Iterator[tuple[str, str]]:
    for pair in given:
        name, sign, address = pair.partition("=")
        if not sign:
            raise UsageError(f"lab: --address wants NAME=ADDRESS, not {pair!r}")
        yield name, address


@contextmanager
def _writable(record: str | None) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if record and error.filename == record:
            raise UsageError(f"lab: cannot write {record} ({error.strerror})") from error
        raise


def _say_how(lab: Lab) -> None:
    ports = f" --ports {lab.ports_option}" if lab.ports_option else ""
    click.echo(f"lab: {len(lab.cards)} devices are up on {lab.network}; Ctrl-C takes them down", err=True)
    click.echo(f"lab: try  hiksweep scan {lab.network}{ports}", err=True)

"""``hiksweep doctor``: what this machine can do, and what the lack of each thing costs."""

from __future__ import annotations

import ctypes
import json
import os
import platform
import re
import resource
import shutil
import subprocess
import textwrap
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

import scanner
from scanner import __version__
from scanner.cli.help import HELP
from scanner.cli.options import updated_blocks
from scanner.knowledge.age import BLOCKS_DAYS, age_in_days
from scanner.knowledge.location import fingerprints_root
from scanner.knowledge.oui import load_oui
from scanner.model.errors import KnowledgeError
from scanner.policy.rules import SADP_PORT
from scanner.run.machine import data_folder
from scanner.transports.capabilities import device_binding_problem, ipv6_problem, port_problem
from scanner.transports.interfaces import Interface, interfaces
from scanner.transports.neighbours import neighbours
from scanner.transports.privileges import raw_sockets

YES, PARTLY, NO = "yes", "partly", "no"
_FILES_WANTED = 4096
"""Connect attempts that a sweep keeps open at its best."""
_CLOCK_UNSYNCHRONISED = 5  # TIME_ERROR of adjtimex(2)
_ROOM_WANTED = 50 << 20


@dataclass(frozen=True, slots=True)
class Capability:
    """One thing that this machine can or cannot do."""

    name: str
    state: str
    """``yes``, ``partly`` or ``no``."""
    detail: str
    cost: str = ""
    """What is lost without it; empty when nothing is."""


@click.command(
    "doctor", context_settings=HELP, short_help="Say what this machine can do, and what a lack costs."
)
@click.option(
    "--format", "form", type=click.Choice(("table", "json")), default="table", show_default=True,
    help="How the result is written.",
)  # fmt: skip
def command(form: str) -> None:
    """Look at this machine: privileges, interfaces, programs, folders, clock. No packet is sent.

    \b
    Example:  hiksweep doctor

    Exit code: 0 whatever is found.
    """
    found = list(examine())
    if form == "json":
        fields = {"version": __version__, "capabilities": [asdict(one) for one in found]}
        click.echo(json.dumps(fields, ensure_ascii=False, indent=2))
        return
    width = min(shutil.get_terminal_size((100, 40)).columns, 120)
    click.echo("\n".join(table(found, width)))


def examine() -> Iterator[Capability]:
    """Every capability, in the order of the table. One that cannot be examined is told and not left out."""
    for name, check in CHECKS:
        try:
            yield from check()
        except (OSError, ValueError, KnowledgeError, subprocess.SubprocessError) as error:
            yield Capability(name, NO, f"could not be examined: {error}")


def table(found: Iterable[Capability], width: int) -> Iterator[str]:
    """The lines of the table: a mark, the name, what was found; below it what a lack costs."""
    marks = {YES: "yes ", PARTLY: "part", NO: "no  "}
    for one in found:
        head = f"{marks[one.state]}  {one.name:<24}  "
        yield from textwrap.wrap(head + one.detail, width, subsequent_indent=" " * 32)
        if one.cost:
            indent = " " * 32
            yield from textwrap.wrap(
                one.cost, width, initial_indent=indent + "→ ", subsequent_indent=indent + "  "
            )


def _raw_sockets() -> Iterator[Capability]:
    if raw_sockets():
        yield Capability("raw sockets", YES, "frames can be sent and read")
        return
    yield Capability(
        "raw sockets",
        NO,
        "neither root nor CAP_NET_RAW",
        "no ARP sweep and no IPv6 all-nodes echo: neighbours come from the kernel's table alone, and "
        "listen joins the discovery groups in place of a capture. Everything else works the same.",
    )


def _multicast() -> Iterator[Capability]:
    for interface in interfaces():
        if interface.loopback or not (interface.up or interface.addresses):
            continue
        name = f"multicast on {interface.name}"
        reason = _why_no_multicast(interface)
        if reason:
            cost = "devices on this wire are found by their address alone; those with a foreign one are not"
            yield Capability(name, NO, reason, cost)
            continue
        shown = ", ".join(str(network) for network in interface.networks)
        problem = device_binding_problem(interface.name)
        if problem is not None:
            cost = "answers are told apart by where they arrive instead; nothing is lost"
            yield Capability(name, PARTLY, f"{shown}; sockets cannot be tied to it: {problem}", cost)
        else:
            yield Capability(name, YES, f"{shown} (a firewall on the way would not show here)")


def _why_no_multicast(interface: Interface) -> str:
    if not interface.up:
        return "the interface is down, or no cable is in it"
    if not interface.multicast:
        return "the interface carries no multicast"
    return "" if interface.ipv4 else "the interface has no IPv4 address"


def _port() -> Iterator[Capability]:
    name = f"UDP port {SADP_PORT}"
    problem = port_problem(SADP_PORT)
    if problem is None:
        yield Capability(name, YES, "free")
        return
    cost = (
        "devices that answer only to this port or to the group stay unheard, and so do announcements; "
        "end the other program (often the vendor's own search tool) while scanning"
    )
    yield Capability(name, NO, problem, cost)


def _nmap() -> Iterator[Capability]:
    path = shutil.which("nmap")
    if path is None:
        cost = "--engine nmap cannot be chosen; the built-in engine needs nothing. Debian package: nmap"
        yield Capability("nmap", NO, "not installed", cost)
        return
    done = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=10, check=False)  # noqa: S603
    version = re.search(r"Nmap version (\S+)", done.stdout)
    if version is None:
        yield Capability("nmap", NO, f"{path} does not say its version", "--engine nmap may not work")
        return
    yield Capability("nmap", YES, f"{version[1]} ({path})")


def _ipv6() -> Iterator[Capability]:
    problem = ipv6_problem()
    if problem is not None:
        yield Capability("IPv6", NO, problem, "IPv6 targets are not asked")
        return
    with_address = [one.name for one in interfaces() if one.ipv6 and not one.loopback]
    if not with_address:
        yield Capability("IPv6", PARTLY, "on loopback only", "IPv6 neighbours are not found")
        return
    yield Capability("IPv6", YES, "on " + ", ".join(with_address))


def _surroundings() -> Iterator[Capability]:
    release = platform.release().lower()
    if "microsoft" in release or "wsl" in release:
        yield Capability(
            "own network",
            PARTLY,
            "inside WSL: behind the address translation of the host",
            "multicast and ARP do not reach the real network; scan by address, or from a machine on the wire",
        )
    elif (container := _container()) is not None:
        yield Capability(
            "own network",
            PARTLY,
            f"inside a container ({container})",
            "unless it uses the host's network, multicast and ARP stay inside; with Docker: --network host",
        )
    else:
        yield Capability("own network", YES, "neither a container nor WSL")


def _container(root: Path = Path("/")) -> str | None:
    """What kind of container this is; None outside of one."""
    for mark, kind in ((".dockerenv", "docker"), ("run/.containerenv", "podman")):
        if (root / mark).exists():
            return kind
    manager = root / "run/systemd/container"
    if manager.exists():
        return manager.read_text(errors="replace").strip() or "unknown"
    return os.environ.get("container") or None  # noqa: SIM112 - systemd and podman write it in lower case


def _neighbours() -> Iterator[Capability]:
    try:
        known = neighbours()
    except OSError as error:
        cost = "that nobody has an address on the own wire cannot be told from silence"
        yield Capability("neighbour table", NO, str(error), cost)
        return
    yield Capability("neighbour table", YES, f"readable, {len(known)} entries")


def _blocks() -> Iterator[Capability]:
    name = "MAC blocks"
    table = load_oui(fingerprints_root(), updated_blocks())
    days = age_in_days(table.version.date, datetime.now(UTC).date().isoformat())
    detail = f"of {table.version.date}, {days:,} days old, {len(table.rows):,} blocks"
    if days > BLOCKS_DAYS:
        cost = "blocks registered since are not known; 'hiksweep oui update --from FILE' brings a newer list"
        yield Capability(name, PARTLY, detail, cost)
        return
    yield Capability(name, YES, detail)


def _folder() -> Iterator[Capability]:
    folder = data_folder()
    name = "data folder"
    there = next(place for place in (folder, *folder.parents) if place.exists())
    if not os.access(there, os.W_OK | os.X_OK) or not there.is_dir():
        cost = "no journal can be kept there; set HIKSWEEP_DATA or use --journal FILE"
        yield Capability(name, NO, f"{folder} cannot be written", cost)
        return
    free = shutil.disk_usage(there).free
    if free < _ROOM_WANTED:
        cost = "a scan may have to end when the disk is full"
        yield Capability(name, PARTLY, f"{folder}, {free >> 20} MiB free", cost)
        return
    yield Capability(name, YES, f"{folder}, {free >> 30} GiB free")


def _files() -> Iterator[Capability]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    reach = max(soft, hard) if resource.RLIM_INFINITY not in {soft, hard} else _FILES_WANTED
    if reach >= _FILES_WANTED:
        yield Capability("open files", YES, f"{soft} now, {hard} at most")
        return
    cost = "fewer connects are in flight at a time; high rates are not reached"
    yield Capability("open files", PARTLY, f"{soft} now, {hard} at most", cost)


def _clock() -> Iterator[Capability]:
    now = datetime.now(UTC)
    built = datetime.fromtimestamp(Path(scanner.__file__).stat().st_mtime, UTC)
    shown = now.isoformat(timespec="seconds")
    cost = "deadlines and the times in the report are only as good as the clock"
    if now < built:
        yield Capability("clock", NO, f"{shown}, before this program was installed", cost)
    elif _synchronised() is False:
        yield Capability("clock", PARTLY, f"{shown}, not synchronised with a time server", cost)
    else:
        yield Capability("clock", YES, shown)


def _synchronised() -> bool | None:
    """Whether the kernel calls its clock synchronised; None when it does not say. Only reads."""
    try:
        state = int(ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(512)))
    except (OSError, AttributeError):
        return None
    return None if state < 0 else state != _CLOCK_UNSYNCHRONISED


CHECKS: tuple[tuple[str, Callable[[], Iterator[Capability]]], ...] = (
    ("raw sockets", _raw_sockets),
    ("multicast", _multicast),
    (f"UDP port {SADP_PORT}", _port),
    ("nmap", _nmap),
    ("IPv6", _ipv6),
    ("own network", _surroundings),
    ("neighbour table", _neighbours),
    ("MAC blocks", _blocks),
    ("data folder", _folder),
    ("open files", _files),
    ("clock", _clock),
)
"""Each check and the name that stands for it when it cannot be made."""

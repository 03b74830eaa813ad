"""``hiksweep schedule``: what is due, sweep it, and let systemd or cron do so from now on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from scanner.cli.config import chosen, load_configuration, when
from scanner.cli.help import HELP
from scanner.model.errors import UsageError

if TYPE_CHECKING:
    from scanner.config.network import Network
    from scanner.schedule.due import Due, LastRun

Command = TypeVar("Command", bound=Callable[..., Any])


def _config(command: Command) -> Command:
    return click.option(
        "--config", "file", metavar="FILE", help="The configuration; see 'hiksweep config --help'."
    )(command)


def _managers(command: Command) -> Command:
    for option in (
        click.option("--cron", "manager", flag_value="cron", help="A table in /etc/cron.d."),
        click.option("--systemd", "manager", flag_value="systemd", help="A service and a timer."),
    ):
        command = option(command)
    return command


@click.group("schedule", context_settings=HELP, short_help="What is due when; sweep it; systemd and cron.")
def command() -> None:
    """Sweep every network of hiksweep.toml in its windows, as often as it says.

    \b
    Example:  hiksweep schedule list
              sudo hiksweep schedule install --systemd --start
    """


@command.command("list")
@_config
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
def list_command(file: str | None, form: str) -> int:
    """List every network: its period, its windows, its last sweep and its next. Sends nothing.

    Example: hiksweep schedule list
    """
    found = load_configuration(file)
    now = datetime.now(UTC)
    rows = list(_due(found.networks, now))
    if form == "json":
        click.echo(json.dumps([_row_data(*row) for row in rows], ensure_ascii=False, indent=2))
        return 0
    for line in _table(rows, now):
        click.echo(line)
    return 0


@command.command("run-now")
@click.argument("networks", nargs=-1, metavar="[SITE/NAME...]")
@click.option("--due", "only_due", is_flag=True, help="Only what is due, and only inside its windows.")
@click.option("--outside-windows", "outside", is_flag=True, help="Whatever the windows say.")
@click.option("--quiet", is_flag=True, help="Log nothing but news: found, incomplete, faults.")
@_config
def run_now(networks: tuple[str, ...], only_due: bool, outside: bool, quiet: bool, file: str | None) -> int:
    """Sweep these networks now, or with --due those that are due; small ones first.

    \b
    Example:  hiksweep schedule run-now main/cameras
              hiksweep schedule run-now --due --quiet

    Nothing is sent outside a window, and a sweep ends when its window closes; what it did not reach is
    swept in the next one. With --due, a network that is being swept already is passed over.

    Exit codes: 0 none found, coverage complete, or nothing due; 3 found; 4 incomplete; 1 a sweep failed; 2
    usage; 130 interrupted.
    """
    from scanner.cli.scheduled import sweep_all

    if only_due and outside:
        raise UsageError("--outside-windows: what is due is so inside its windows; leave out one of both")
    if not networks and not only_due:
        raise UsageError("name a network, or say --due; 'hiksweep schedule list' lists them")
    found = load_configuration(file, quiet=only_due)
    wanted, now = chosen(found, networks), datetime.now(UTC)
    if only_due:
        wanted = [network for network, _, due in _due(wanted, now) if due.is_now(now)]
    elif not outside:
        _check_open(wanted, now)
    return sweep_all(found, wanted, windows=not outside, due=only_due, quiet=quiet)


@command.command("pause")
@click.argument("networks", nargs=-1, metavar="[SITE/NAME...]")
@click.option("--all", "every", is_flag=True, help="Every network.")
@click.option("--until", metavar="DAY", help="End by itself: 2026-12-01, or '2026-12-01 08:00'.")
@click.option("--reason", default="", metavar="TEXT", help="Why; 'schedule list' says it.")
@click.option("--off", is_flag=True, help="End the pause.")
@_config
def pause(
    networks: tuple[str, ...], every: bool, until: str | None, reason: str, off: bool, file: str | None
) -> int:
    """Let the schedule pass over networks for a while. What the daemon sweeps of them goes on afterwards.

    \b
    Example:  hiksweep schedule pause main/cameras --until 2026-12-01 --reason CHG-1207
              hiksweep schedule pause --off main/cameras

    Exit code: 0; 2 usage, or a fault in the configuration.
    """
    from scanner.run.machine import data_folder
    from scanner.schedule.pauses import Pause, parse_until, read_pauses, write_pauses

    if bool(networks) == every:
        raise UsageError("name networks, or say --all")
    now = datetime.now(UTC)
    wanted = chosen(load_configuration(file), networks)
    held = dict(read_pauses(data_folder(), now))
    for network in wanted:
        if off:
            was = held.pop(network.id, None)
            click.echo(f"{network.id}: {'goes on' if was else 'was not paused'}.")
            continue
        end = parse_until(until, network.time_zone) if until else None
        if end is not None and end <= now:
            raise UsageError(f"--until {until}: lies in the past")
        held[network.id] = Pause(now.isoformat(), end.isoformat() if end else None, reason)
        click.echo(f"{network.id}: paused{f' until {when(end, network, now)}' if end else ''}.")
    write_pauses(data_folder(), held)
    return 0


@command.command("install")
@_managers
@_config
@click.option("--user", metavar="NAME", help="Run as NAME.  [systemd: a user made for it; cron: hiksweep]")
@click.option("--minutes", type=click.IntRange(1, 60), default=10, show_default=True, help="Between looks.")
@click.option("--folder", metavar="DIR", type=click.Path(path_type=Path), help="Write to DIR instead.")
@click.option("--print", "shown", is_flag=True, help="Print what would be written, and write nothing.")
@click.option("--start", is_flag=True, help="With systemd: start it too.")
@click.option("--daemon", is_flag=True, help="With systemd: 'hiksweep daemon' as a service, without a timer.")
def install(
    manager: str | None, file: str | None, user: str | None, minutes: int, folder: Path | None, shown: bool,
    start: bool, daemon: bool,
) -> int:  # fmt: skip
    """Let systemd or cron look every few minutes what is due, and sweep it, or let systemd keep the daemon.

    \b
    Example:  hiksweep schedule install --systemd --print
              sudo hiksweep schedule install --systemd --daemon --start

    Windows and periods stay in hiksweep.toml: change them there, and nothing is to be installed again.

    Exit code: 0; 1 a file cannot be written; 2 usage or a fault in the configuration.
    """
    from scanner.cli import installing
    from scanner.schedule import install as files

    manager = manager or installing.this_manager()
    found = load_configuration(file)
    if daemon and manager != "systemd":
        raise UsageError(
            "--daemon: only systemd keeps a daemon; without it, start 'hiksweep daemon' yourself"
        )
    job = installing.job_of(found, manager, user, minutes, daemon=daemon)
    texts = files.systemd_units(job) if manager == "systemd" else files.cron_table(job)
    place = folder or (files.SYSTEMD if manager == "systemd" else files.CRON)
    try:
        installing.check_job(found, job)
    except UsageError as error:
        if not shown:
            raise
        click.echo(f"Warning: {error}", err=True)
    if shown:
        for name, text in texts.items():
            click.echo(f"# {place / name}\n{text}")
        return 0
    for name in texts:
        installing.check_ours(place / name)
    for name, text in texts.items():
        installing.write_file(place / name, text)
        click.echo(f"Written: {place / name}")
    if manager == "systemd":
        unit = f"{files.DAEMON}.service" if daemon else f"{files.NAME}.timer"
        installing.after_systemd(start=start and folder is None, unit=unit)
    return 0


@command.command("uninstall")
@_managers
@click.option("--folder", metavar="DIR", type=click.Path(path_type=Path), help="Look in DIR instead.")
def uninstall(manager: str | None, folder: Path | None) -> int:
    """Remove what 'install' wrote; without --systemd and --cron both. Journals and reports stay.

    Example: sudo hiksweep schedule uninstall
    """
    from scanner.cli import installing
    from scanner.schedule.install import CRON, DAEMON, NAME, SYSTEMD

    units = (f"{NAME}.timer", f"{NAME}.service", f"{DAEMON}.service")
    wanted = {"systemd": (SYSTEMD, units), "cron": (CRON, (NAME,))}
    removed = False
    for kind, (usual, names) in wanted.items():
        there = [path for name in names if (path := (folder or usual) / name).exists()]
        if manager not in (None, kind) or not there:
            continue
        for path in there:
            installing.check_ours(path)
        if kind == "systemd" and folder is None:
            installed = {path.name for path in there} - {f"{NAME}.service"}
            for unit in sorted(installed):
                installing.systemctl("disable", "--now", unit)
        for path in there:
            path.unlink()
            click.echo(f"Removed: {path}")
        if kind == "systemd" and folder is None:
            installing.systemctl("daemon-reload")
        removed = True
    if not removed:
        click.echo("Nothing is installed.")
    return 0


def _due(networks: Sequence[Network], now: datetime) -> Iterator[tuple[Network, LastRun | None, Due]]:
    from scanner.run.machine import data_folder
    from scanner.schedule.due import due
    from scanner.schedule.last_runs import last_runs
    from scanner.schedule.pauses import read_pauses

    runs = last_runs(data_folder() / "journals", [network.id for network in networks])
    pauses = read_pauses(data_folder(), now)
    for network in networks:
        last = runs.get(network.id)
        yield network, last, due(network, last, now, pauses.get(network.id))


def _check_open(networks: Sequence[Network], now: datetime) -> None:
    """Refuse what may not be swept now.

    Raises:
        UsageError: a network's window is closed.
    """
    from scanner.schedule.due import calendar_of

    for network in networks:
        calendar = calendar_of(network)
        if not calendar.is_open(now):
            opening = calendar.next_opening(now)
            opens = when(opening.begins if opening else None, network, now)
            raise UsageError(
                f"{network.id}: its window is closed, and opens {opens}; --outside-windows sweeps it anyway"
            )


def _table(rows: list[tuple[Network, LastRun | None, Due]], now: datetime) -> Iterator[str]:
    from scanner.config.show import value_text

    cells = [("network", "how often", "windows", "last", "next", "why")]
    for network, last, due in rows:
        ran = "never" if last is None else f"{last.started.astimezone(network.time_zone):%a %Y-%m-%d %H:%M}"
        ran += "" if last is None or last.finished else ", not finished"
        why = due.words + (f"; {due.missed} missed" if due.missed else "")
        windows = value_text(network.windows) or "any time"
        cells.append((network.id, str(network.every), windows, ran, when(due.at, network, now), why))
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    for row in cells:
        yield "  ".join(f"{text:<{width}}" for text, width in zip(row, widths, strict=True)).rstrip()


def _row_data(network: Network, last: LastRun | None, due: Due) -> dict[str, Any]:
    return {
        "network": network.id,
        "every": str(network.every),
        "windows": [str(window) for window in network.windows],
        "time_zone": network.time_zone.key,
        "last_started": last.started.isoformat() if last else None,
        "last_finished": last.finished if last else None,
        "next": due.at.isoformat() if due.at else None,
        "why": due.words,
        "missed_windows": due.missed,
    }

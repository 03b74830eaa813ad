"""What a running scan shows: a bar and rows in a terminal, single lines in a pipe."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Self

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.text import Text

from scanner.model.device import Device
from scanner.model.evidence import Maker
from scanner.parsers.text import printable
from scanner.run.events import DeviceFound, Event, Note, Started
from scanner.run.events import Progress as Told
from scanner.run.plan import Plan

_CELL = 40


class Display:
    """Shows events on standard error; standard output belongs to the result.

    Args:
        plan: the run's plan, for what is said at the start.
        quiet: show nothing.
        terminal: whether a bar can be drawn.
    """

    def __init__(self, plan: Plan, *, quiet: bool, terminal: bool) -> None:
        self._plan = plan
        self._quiet = quiet
        self._terminal = terminal and not quiet
        self._console = Console(file=sys.stderr, highlight=False)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%"),
            TextColumn("{task.fields[told]}"),
            TimeRemainingColumn(compact=True),
            console=self._console,
            transient=True,
        )
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        if self._terminal:
            self._bar.start()
            self._task = self._bar.add_task("Sweeping", total=None, told="")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._terminal:
            self._bar.stop()

    def show(self, event: Event) -> None:
        """Show one event."""
        match event:
            case Started():
                self._start()
            case Told():
                self._progress(event)
            case DeviceFound(device):
                self._row(device)
            case Note(text):
                self.note(text)
            case _:
                pass

    def note(self, text: str) -> None:
        """A line for the user, in a pipe too."""
        if self._quiet:
            return
        if self._terminal:
            self._console.print(Text(printable(text, 400)))
        else:
            click.echo(printable(text, 400), err=True)

    def _start(self) -> None:
        plan = self._plan
        seconds = plan.estimate.seconds
        self.note(
            f"Sweeping {plan.scope.size:,} addresses on {len(plan.ports)} ports "
            f"at {plan.limits.rate:g} packets/s; about {duration(seconds)}"
        )
        if plan.links and not plan.machine.raw_sockets:
            self.note("Without root: no ARP and no IPv6 neighbour frames; everything else works.")
        for gap in plan.gaps:
            if gap.method != "arp":
                self.note(f"Not covered: {gap.targets}: {gap.reason}")

    def _progress(self, told: Told) -> None:
        if self._task is None:
            return
        sweeping = told.done < told.total
        words = f"{told.rate:,.0f} packets/s · {told.alive} alive · {told.found} found"
        if told.looking:
            words += f" · talking to {told.looking}"
        self._bar.update(
            self._task,
            description="Sweeping" if sweeping else "Identifying",
            total=told.total or None,
            completed=told.done,
            told=words,
        )

    def _row(self, device: Device) -> None:
        if self._terminal and device.evidenced_maker is Maker.HIKVISION:
            self._console.print(Text(row(device)))


def row(device: Device) -> str:
    """One line about a device that was just looked at; every text of the device is made harmless."""
    cells = (
        device.addresses[0] if device.addresses else device.mac or "?",
        str(device.confidence),
        device.device_class or "device",
        printable(device.model or "model not told", _CELL),
    )
    shown = f"  shown as {printable(device.presented_brand, _CELL)}" if device.presented_brand else ""
    return f"  {cells[0]:<16} {cells[1]:<10} {cells[2]:<9} {cells[3]}{shown}"


def duration(seconds: float) -> str:
    """Seconds in words: 45 s, 3 min 20 s, 2 h 5 min."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"

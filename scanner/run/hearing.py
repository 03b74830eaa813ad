"""Carries what the sweep says from its thread into the loop of the run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from scanner.model.ending import Ending
from scanner.model.probe import Probe
from scanner.sweep.interface import SweepListener
from scanner.transports.udp import Datagram

if TYPE_CHECKING:
    from scanner.run.running import Running


class Listener(SweepListener):
    """Hands each word of the sweep to the run.

    Args:
        loop: of the run.
        running: the run.
        whole: whether the sweep is that of the whole scope.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, running: Running, *, whole: bool) -> None:
        self._loop = loop
        self._running = running
        self._whole = whole
        self._counted = 0

    def _say(self, method: Callable[..., None], *arguments: object) -> None:
        self._loop.call_soon_threadsafe(method, *arguments)

    def port(self, address: str, port: int, ending: Ending, detail: str) -> None:
        """See `SweepListener`."""
        self._say(self._running.port, address, port, ending, detail)

    def unsent(self, probe: Probe, address: str, ending: Ending, detail: str) -> None:
        """See `SweepListener`."""
        self._say(self._running.unsent, probe, address, ending, detail)

    def datagram(self, probe: Probe, datagram: Datagram) -> None:
        """See `SweepListener`."""
        self._say(self._running.datagram, probe, datagram)

    def closed_port(self, address: str, port: int) -> None:
        """See `SweepListener`."""
        self._say(self._running.closed_port, address, port)

    def reduced(self, method: str, reason: str) -> None:
        """See `SweepListener`."""
        self._say(self._running.reduced, method, reason)

    def sign_of_life(self, address: str) -> None:
        """See `SweepListener`."""
        self._say(self._running.sign_of_life, address)

    def looked_for(self, address: str) -> None:
        """See `SweepListener`."""
        self._say(self._running.looked_for, address)

    def rejected(self, address: str, router: str) -> None:
        """See `SweepListener`."""
        self._say(self._running.rejected, address, router)

    def round_over(self, step: int, port: int, *, again: bool, silent: int) -> None:
        """See `SweepListener`."""
        if self._whole:
            self._say(self._running.round_over, step, port, again, silent)

    def tried(self, address: str) -> None:
        """See `SweepListener`."""
        self._say(self._running.tried, address)

    def passed(self, addresses: list[str]) -> None:
        """See `SweepListener`."""
        self._say(self._running.passed, addresses)

    def done(self, steps: int) -> None:
        """See `SweepListener`."""
        if self._whole:
            self._say(self._running.done, steps)

    def progress(self, attempts: int) -> None:
        """See `SweepListener`."""
        self._counted += attempts
        if self._counted >= 16:
            self._say(self._running.progress, self._counted)
            self._counted = 0

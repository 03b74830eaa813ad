"""Ctrl-C for commands that gather: a first one ends the run and keeps what was gathered."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Protocol


class Stoppable(Protocol):
    """A run that can be ended early and keeps a journal."""

    journal_path: Path

    def stop(self) -> None:
        """End soon; called from a signal handler."""


@contextmanager
def interruptible(run: Stoppable) -> Iterator[Callable[[], Iterator[str]]]:
    """A first Ctrl-C (or SIGTERM) stops the run; a second one is told that it is being stopped.

    Gives a function that yields what is to be said of them. The handler itself writes nothing: it may have
    come in the middle of a write to the same stream, which cannot be entered twice.
    """
    times = said = 0

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        nonlocal times
        times += 1
        run.stop()

    def pressed() -> Iterator[str]:
        nonlocal said
        while said < times:
            said += 1
            again = f"still stopping; the journal is {run.journal_path}"
            yield "stopping; what was gathered is kept" if said == 1 else again

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield pressed
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

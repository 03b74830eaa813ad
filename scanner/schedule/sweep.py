"""A sweep of a configured network that ends when its window closes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Protocol

from scanner.schedule.windows import Calendar, Watch

LOOK = 0.5
"""Seconds between two looks at the clocks."""


class Stoppable(Protocol):
    """A run that can be ended early."""

    def stop(self, reason: str = ...) -> None:
        """End soon; may be called from any thread."""


def utc_now() -> datetime:
    """The clock on the wall, in UTC."""
    return datetime.now(UTC)


def uptime() -> float:
    """Seconds by a clock that nobody sets, and that goes on while the machine sleeps where there is one."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


@contextmanager
def within(
    calendar: Calendar,
    run: Stoppable,
    *,
    wall: Callable[[], datetime] = utc_now,
    ticks: Callable[[], float] = uptime,
    look: float = LOOK,
) -> Iterator[None]:
    """Stop a run when its window closes, whatever it waits for at that time.

    Args:
        calendar: of the network.
        run: the run; `stop` is called once.
        wall: the clock on the wall, in UTC.
        ticks: a clock that nobody sets, in seconds.
        look: seconds between two looks at both.
    """
    watch = Watch(calendar, wall(), ticks())
    done = threading.Event()

    def watching() -> None:
        while not done.wait(look):
            if watch.over(wall(), ticks()):
                run.stop("its window closed")
                return

    thread = threading.Thread(target=watching, name="hiksweep-window", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()

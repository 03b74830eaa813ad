"""One network's turn: a sweep that others may end, whether or not it has begun to send."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum

from scanner.schedule.sweep import Stoppable


class Outcome(StrEnum):
    """What became of a turn."""

    SWEPT = "swept"
    """To its end, or until it was stopped."""
    ELSEWHERE = "being swept elsewhere"
    FAILED = "failed"
    """Nothing was swept, and it is no use to try again at once."""


class Turn:
    """Ends a sweep for whoever wants it. May be used from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._run: Stoppable | None = None
        self._reason = ""

    @property
    def reason(self) -> str:
        """Why it was stopped; empty while nobody wanted that."""
        return self._reason

    def stop(self, reason: str) -> None:
        """End the sweep soon; the first reason stays."""
        with self._lock:
            self._reason = self._reason or reason
            if self._run is not None:
                self._run.stop(self._reason)

    @contextmanager
    def attend(self, run: Stoppable) -> Iterator[Callable[[], Iterator[str]]]:
        """Let this turn stop a run while it is under way; gives what is to be said of that: nothing."""
        with self._lock:
            self._run = run
            if self._reason:
                run.stop(self._reason)
        try:
            yield lambda: iter(())
        finally:
            with self._lock:
                self._run = None

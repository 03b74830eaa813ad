"""How long a run may go on sending before somebody has to say so again."""

from __future__ import annotations

import math
import time
from collections.abc import Callable


def clock() -> float:
    """Seconds that go on while this process is stopped and while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class Tenure:
    """A right to send that ends by itself, and does not come back. May be used from several threads.

    A process that was stopped, or a machine that slept, finds it over at its next step and sends nothing,
    whoever may have taken over meanwhile. What finds it over is told first, so that the run ends there: what
    was not asked must not pass for silence.

    Args:
        until: by `clock`; without it the right does not end.
        reason: what is said when it is over.
    """

    def __init__(
        self, until: float = math.inf, reason: str = "the right to scan here was not renewed"
    ) -> None:
        self._until = until
        self._reason = reason
        self._is_over = False
        self.when_over: Callable[[str], None] = lambda _: None
        """Told the reason before anybody else."""

    @property
    def until(self) -> float:
        """When it ends, by `clock`; 0 if it has been found over, infinite if it does not end."""
        return 0.0 if self._is_over else self._until

    def prolong(self, until: float) -> None:
        """It lasts until then, unless it was found over before."""
        self._until = until

    def over(self) -> str:
        """Why nothing may be sent any more; empty while it may be."""
        if not self._is_over and clock() >= self._until:
            self._is_over = True
            self.when_over(self._reason)
        return self._reason if self._is_over else ""

"""Which sweeps count against a device, and when they are enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from scanner.inventory.transitions import Patience


@dataclass(frozen=True, slots=True)
class Check:
    """A sweep that could count: it covered the device's last address by a method that had found it."""

    run: str
    at: datetime
    against: bool
    """False: it saw the device, or something that may be the device answered."""
    doubted: tuple[str, ...] = ()
    """Networks of which a person has to say whether it saw them rightly; until then it does not count."""

    def believed(self, prefix: str) -> Check:
        """The same, after a person said that it saw this network rightly."""
        return replace(self, doubted=tuple(name for name in self.doubted if name != prefix))


def enough(checks: Sequence[Check], patience: Patience) -> tuple[Check, ...]:
    """The sweeps that make a device missing; none: they are not enough yet.

    The window reaches back until it holds both the wanted number of sweeps and the wanted number of days, so
    that a network which is swept every day needs as many days as one that is swept each week.
    """
    window = _window([check for check in checks if not check.doubted], patience)
    against = tuple(check for check in window if check.against)
    if not window or not window[-1].against or len(against) * patience.of < len(window) * patience.against:
        return ()
    if against[-1].at - against[0].at < timedelta(days=patience.missing_days):
        return ()
    return against


def _window(checks: Sequence[Check], patience: Patience) -> Sequence[Check]:
    """The last sweeps that are enough in number and days; empty if there are not so many."""
    for first in range(len(checks) - patience.of, -1, -1):
        if checks[-1].at - checks[first].at >= timedelta(days=patience.missing_days):
            return checks[first:]
    return ()


def kept(checks: Sequence[Check], patience: Patience) -> tuple[Check, ...]:
    """The sweeps that later ones may need: what lies before the window tells nothing any more.

    Sweeps in doubt are kept beside those that count, since either may become the window.
    """
    counting = [check for check in checks if not check.doubted]
    window = _window(counting, patience) or counting
    doubted = [check for check in (_window(checks, patience) or checks) if check.doubted]
    return tuple(sorted((*window, *doubted), key=lambda check: (check.at, check.run)))

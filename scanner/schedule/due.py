"""Which network is due when: by its period, its windows and its last run. No clock is read here."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum

from scanner.config.network import Network
from scanner.schedule.pauses import Pause
from scanner.schedule.windows import Calendar, Opening

FUTURE = timedelta(hours=26)
"""A run recorded further ahead than this was recorded by a wrong clock; less is one that was set back."""
AGAIN = timedelta(hours=1)
"""After a run that did not finish, where no window says when to go on."""
_MOST_MISSED = 1000
_NIGHT = timedelta(hours=25)
"""A window lasts a day at most, which has 25 hours where the clocks go back."""


class Why(StrEnum):
    """Why a network is swept when it is."""

    FIRST = "never swept yet"
    PERIOD = "its period is over"
    UNFINISHED = "its last run did not finish"
    LEFT = "whoever swept it was stopped or is gone"
    DOUBTED = "its last run is recorded in the future"
    DISABLED = "not enabled"
    PAUSED = "paused"
    NEVER = "its windows never open"


@dataclass(frozen=True, slots=True)
class LastRun:
    """The last run of a network."""

    started: datetime
    finished: bool = True
    """Whether it came to its end: not cut by its window, a limit, a signal or a crash."""
    left: bool = False
    """Whoever swept was stopped, lost its lease or died, so anybody may go on at once."""
    run: str = ""
    """Its name."""


@dataclass(frozen=True, slots=True)
class Due:
    """When a network is swept next."""

    at: datetime | None
    """None = never."""
    why: Why
    missed: int = 0
    """Windows that passed since it became due, in which nothing ran; they are made up for once, together."""

    note: str = ""
    """What a person said of it."""

    @property
    def words(self) -> str:
        """Why, with what a person said of it."""
        return f"{self.why}: {self.note}" if self.note else str(self.why)

    def is_now(self, now: datetime) -> bool:
        """Whether it is due at a moment."""
        return self.at is not None and self.at <= now


def calendar_of(network: Network) -> Calendar:
    """The calendar of a network."""
    return Calendar(network.time_zone, network.windows, network.blackout)


def due(network: Network, last: LastRun | None, now: datetime, pause: Pause | None = None) -> Due:
    """When a network is swept next, seen from a moment.

    Args:
        network: with its period, windows and black-out days.
        last: its last run, by whomever it was begun; None = there was none.
        now: the moment, in UTC.
        pause: by a person; one that ends by itself moves the next sweep behind its end.
    """
    if not network.enabled:
        return Due(None, Why.DISABLED)
    if pause is not None and pause.holds(now):
        if pause.until is None:
            return Due(None, Why.PAUSED, note=pause.reason)
        after = due(network, last, datetime.fromisoformat(pause.until))
        return Due(after.at, Why.PAUSED, note=pause.reason)
    calendar = calendar_of(network)
    wait = _wait(network, calendar, last, now)
    begin = max(wait.earliest, now)
    for opening in calendar.openings(begin):
        at = _begin(network, opening, begin) if wait.admits(opening) else None
        if at is not None:
            return Due(at, wait.why, _missed(calendar, wait, now))
    return Due(None, Why.NEVER)


@dataclass(frozen=True, slots=True)
class _Wait:
    """The first moment at which a network may be swept again, whatever its windows say, and why."""

    earliest: datetime
    why: Why
    night: bool = False
    """Whether that is a midnight, so that a night which began before it is the one before."""

    def admits(self, opening: Opening) -> bool:
        """Whether an opening that has not ended by then counts."""
        if not self.night or opening.begins is None or opening.begins >= self.earliest:
            return True
        return not _is_a_night(opening)


def _wait(network: Network, calendar: Calendar, last: LastRun | None, now: datetime) -> _Wait:
    if last is None:
        return _Wait(now, Why.FIRST)
    if last.started > now + FUTURE:
        return _Wait(now, Why.DOUBTED)
    opening = calendar.opening_at(last.started)
    if not last.finished and last.left:
        return _Wait(now, Why.LEFT)
    if not last.finished:
        ends = opening.ends if opening is not None else None
        return _Wait(ends or last.started + AGAIN, Why.UNFINISHED)
    if network.every.hours:
        return _Wait(last.started + timedelta(hours=network.every.hours), Why.PERIOD)
    # A day may have 23 or 25 hours: days are counted by the calendar, from that on which the window opened.
    zone, days = network.time_zone, timedelta(days=network.every.days)
    if not network.windows:
        wall = last.started.astimezone(zone).replace(tzinfo=None) + days
        return _Wait(wall.replace(tzinfo=zone).astimezone(UTC), Why.PERIOD)
    anchor = opening.begins if opening is not None and _is_a_night(opening) else None
    day = (anchor or last.started).astimezone(zone).date() + days
    return _Wait(datetime.combine(day, time(), zone).astimezone(UTC), Why.PERIOD, night=True)


def _is_a_night(opening: Opening) -> bool:
    """Whether an opening is one window, and not several days that run into each other."""
    return opening.begins is not None and opening.ends is not None and opening.ends - opening.begins <= _NIGHT


def _begin(network: Network, opening: Opening, earliest: datetime) -> datetime | None:
    """When to begin in an opening; None = its delay leaves no time in it."""
    if opening.begins is None:
        return earliest
    at = max(opening.begins + _delay(network, opening.begins), earliest)
    return at if opening.ends is None or at < opening.ends else None


def _delay(network: Network, begins: datetime) -> timedelta:
    """A delay up to the network's jitter: the same whenever it is asked, another in each window."""
    digest = hashlib.sha256(f"{network.id} {begins.isoformat()}".encode()).hexdigest()
    return network.jitter * (int(digest[:8], 16) / 2**32)


def _missed(calendar: Calendar, wait: _Wait, now: datetime) -> int:
    """Openings that ended before a moment and in which the network was due."""
    missed = 0
    for opening in calendar.openings(wait.earliest) if wait.earliest < now else ():
        if opening.ends is None or opening.ends > now or missed == _MOST_MISSED:
            break
        missed += wait.admits(opening)
    return missed

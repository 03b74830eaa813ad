"""When a network may be swept: windows of the wall clock, less black-out days. No clock is read here.

The clock on the wall decides: a moment lies in a window if, and only if, a correct clock in the network's
time zone shows a time inside it on a day that is not blacked out. So an hour that the change to summer time
skips is no part of any window, and an hour that the change back repeats counts both times. Moments go in and
come out in UTC, where none is skipped and none comes twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from scanner.config.words import MINUTES_OF_A_DAY, Days, Window

HORIZON = 800
"""Days that are searched for an opening: two years, which outlasts a long black-out."""
_LOOK_BACK = timedelta(days=2)
_ALWAYS = Window(0, MINUTES_OF_A_DAY)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Opening:
    """A stretch of time, unbroken, in which sweeping is allowed."""

    begins: datetime | None
    """None = it was open for as long as was looked back."""
    ends: datetime | None
    """Not included. None = it stays open for as long as was looked ahead."""

    def holds(self, at: datetime) -> bool:
        """Whether a moment lies in it."""
        return (self.begins is None or self.begins <= at) and (self.ends is None or at < self.ends)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The windows and black-out days of a network, in its time zone."""

    zone: ZoneInfo
    windows: tuple[Window, ...] = ()
    """Empty = at any time."""
    blackout: tuple[Days, ...] = ()

    def is_open(self, at: datetime) -> bool:
        """Whether sweeping is allowed at a moment."""
        wall = at.astimezone(self.zone)
        day, minute = wall.date(), wall.hour * 60 + wall.minute
        if any(day in days for days in self.blackout):
            return False
        return any(_within(window, day.weekday(), minute) for window in self.windows or (_ALWAYS,))

    def openings(self, after: datetime) -> Iterator[Opening]:
        """The opening that holds a moment, if one does, and those that follow; none that ended before it.

        Ends after the last one that begins within `HORIZON` days.
        """
        if not self.windows and not self.blackout:
            yield Opening(None, None)
            return
        begins: datetime | None = None
        was_open = self.is_open(after - _LOOK_BACK)
        for at in self._edges(after - _LOOK_BACK, after + timedelta(days=HORIZON)):
            now_open = self.is_open(at)
            if was_open and not now_open:
                if at > after:
                    yield Opening(begins, at)
                begins = None
            elif now_open and not was_open:
                begins = at
            was_open = now_open
        if was_open:
            yield Opening(begins, None)

    def next_opening(self, after: datetime) -> Opening | None:
        """The opening that holds a moment, else the next one; None = there is none within `HORIZON` days."""
        return next(self.openings(after), None)

    def opening_at(self, at: datetime) -> Opening | None:
        """The opening that holds a moment; None = it lies in none."""
        found = self.next_opening(at) if self.is_open(at) else None
        return found if found is not None and found.holds(at) else None

    def _edges(self, begin: datetime, end: datetime) -> Iterator[datetime]:
        """Every moment at which openness can change, in order; at others it may not."""
        last = begin
        day = begin.astimezone(self.zone).date() - timedelta(days=1)
        while True:
            for at in self._edges_of(day):
                if last < at <= end:
                    yield at
                    last = at
            day += timedelta(days=1)
            if datetime.combine(day, time(), UTC) > end + timedelta(days=1):
                return

    def _edges_of(self, day: date) -> tuple[datetime, ...]:
        minutes = frozenset(minute for window in self.windows for minute in (window.opens, window.closes))
        return _edges_of(self.zone, minutes, day)


class Watch:
    """Says when a sweep must end: its window closed, or the time that it had at its beginning is over.

    Two clocks are asked. The wall clock alone would give an hour away when it is set back, and the other may
    not count the time in which the machine slept.

    Args:
        calendar: of the network.
        wall: the moment at which the sweep begins.
        ticks: of a clock that nobody sets, at that moment, in seconds.
    """

    def __init__(self, calendar: Calendar, wall: datetime, ticks: float) -> None:
        self._calendar = calendar
        opening = calendar.opening_at(wall)
        closes = opening.ends if opening is not None else wall
        self.left = None if closes is None else (closes - wall).total_seconds()
        """Seconds from the beginning until the window closes; None = it does not."""
        self._closes = closes
        self._ends = None if self.left is None else ticks + self.left

    def over(self, wall: datetime, ticks: float) -> bool:
        """Whether the sweep must end now."""
        if self._closes is not None and wall >= self._closes:
            return True
        return (self._ends is not None and ticks >= self._ends) or not self._calendar.is_open(wall)


def _within(window: Window, weekday: int, minute: int) -> bool:
    """Whether a minute of a day of the week lies in a window."""
    if window.opens < window.closes:
        return weekday in window.days and window.opens <= minute < window.closes
    evening = weekday in window.days and minute >= window.opens
    morning = (weekday - 1) % 7 in window.days and minute < window.closes
    return evening or morning


@lru_cache(maxsize=4 * HORIZON)
def _edges_of(zone: ZoneInfo, minutes: frozenset[int], day: date) -> tuple[datetime, ...]:
    """The edges of a day of the calendar: midnight, these minutes, and where the clocks change."""
    midnight = datetime.combine(day, time())
    found = {
        (midnight + timedelta(minutes=minute)).replace(tzinfo=zone, fold=fold).astimezone(UTC)
        for minute in {0, *minutes}
        for fold in (0, 1)
    }
    first = datetime.combine(day, time(), UTC)
    for hour in range(24):
        at = first + hour * _HOUR
        if _offset(zone, at) != _offset(zone, at + _HOUR):
            found.add(_change(zone, at, at + _HOUR))
    return tuple(sorted(found))


def _offset(zone: ZoneInfo, at: datetime) -> timedelta | None:
    return at.astimezone(zone).utcoffset()


def _change(zone: ZoneInfo, low: datetime, high: datetime) -> datetime:
    """The moment between two at which the clocks change."""
    before = _offset(zone, low)
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        if _offset(zone, middle) == before:
            low = middle
        else:
            high = middle
    return high

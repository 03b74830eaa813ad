"""The small languages of the configuration: windows, days, periods, names. Text in, frozen words out."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTES_OF_A_DAY = 24 * 60
LONGEST_PERIOD = timedelta(days=366)
LONGEST_JITTER = timedelta(hours=12)

_WINDOW = re.compile(
    r"(?:(?P<days>[a-z]+(?:-[a-z]+)?(?:,[a-z]+(?:-[a-z]+)?)*) +)?"
    r"(?P<opens>\d{1,2}:\d{2}) *(?:-|–|to) *(?P<closes>\d{1,2}:\d{2})",
    re.IGNORECASE,
)
_PERIOD = re.compile(r"(?:(?P<number>[0-9]{1,4}) *)?(?P<unit>h|hour|d|day|w|week)s?", re.IGNORECASE)
_DURATION = re.compile(r"(?:([0-9]{1,4})h)?(?:([0-9]{1,5})m)?(?:([0-9]{1,6})s)?", re.IGNORECASE)
_HOW_A_WINDOW = "write 22:00-05:00, or with days: mon-fri 22:00-05:00"


@dataclass(frozen=True, slots=True)
class Window:
    """Hours of the wall clock in which a network may be swept, on certain days of the week.

    One whose end is not later than its beginning runs past midnight; it belongs to the day on which it opens.
    """

    opens: int
    """Minutes after midnight."""
    closes: int
    """Minutes after midnight, 1 to 1440; not later than ``opens`` = on the next day."""
    days: frozenset[int] = frozenset(range(7))
    """0 is Monday."""

    @property
    def minutes(self) -> int:
        """How long it is open, where no clock changes."""
        return (self.closes - self.opens - 1) % MINUTES_OF_A_DAY + 1

    def __str__(self) -> str:
        hours = f"{_clock(self.opens)}-{_clock(self.closes)}"
        return hours if len(self.days) == 7 else f"{_days_text(self.days)} {hours}"


@dataclass(frozen=True, slots=True)
class Days:
    """Days of the calendar, both ends included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}..{self.last}"


@dataclass(frozen=True, slots=True)
class Period:
    """How often: a number of hours, which are counted, or of days, which the calendar says."""

    hours: int = 0
    days: int = 0

    def __str__(self) -> str:
        if self.hours:
            return "every hour" if self.hours == 1 else f"every {self.hours} hours"
        number, unit = (self.days // 7, "week") if self.days % 7 == 0 else (self.days, "day")
        return f"every {unit}" if number == 1 else f"every {number} {unit}s"


def parse_window(text: str) -> Window:
    """Read ``22:00-05:00`` or ``sat-sun 08:00-20:00``.

    Raises:
        ValueError: not a window; the message says how one is written.
    """
    match = _WINDOW.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a window; {_HOW_A_WINDOW}")
    opens, closes = (_minutes(match[name], text) for name in ("opens", "closes"))
    if opens == MINUTES_OF_A_DAY:
        raise ValueError(f"{text!r}: no window opens at 24:00; write 00:00")
    if opens == closes:
        raise ValueError(f"{text!r} opens and closes at the same time; the whole day is 00:00-24:00")
    if closes == 0:
        closes = MINUTES_OF_A_DAY
    days = _days(match["days"], text) if match["days"] else frozenset(range(7))
    return Window(opens, closes, days)


def parse_days(text: str) -> Days:
    """Read ``2026-12-25`` or ``2026-12-24..2027-01-02``.

    Raises:
        ValueError: not a day, or the end lies before the beginning.
    """
    left, dots, right = (part.strip() for part in text.partition(".."))
    try:
        first = date.fromisoformat(left)
        last = date.fromisoformat(right) if dots else first
    except ValueError:
        raise ValueError(
            f"{text!r} is not a day of the calendar; write 2026-12-25 or 2026-12-24..2027-01-02"
        ) from None
    if last < first:
        raise ValueError(f"{text!r} ends before it begins; did you mean {last}..{first}?")
    return Days(first, last)


def parse_period(text: str) -> Period:
    """Read ``day``, ``week``, ``2 weeks``, ``10 days`` or ``12 hours``.

    Raises:
        ValueError: not a period between an hour and a year.
    """
    match = _PERIOD.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a period; write day, week, 2 weeks, 10 days or 12 hours")
    number, unit = int(match["number"] or 1), match["unit"][0].lower()
    period = Period(hours=number) if unit == "h" else Period(days=number * (7 if unit == "w" else 1))
    if not timedelta(0) < timedelta(days=period.days, hours=period.hours) <= LONGEST_PERIOD:
        raise ValueError(f"{text!r}: between 1 hour and 52 weeks")
    return period


def parse_duration(text: str) -> timedelta:
    """Read ``90s``, ``30m``, ``4h`` or ``1h30m``.

    Raises:
        ValueError: not a time, or none at all.
    """
    match = _DURATION.fullmatch(text.strip())
    if match is None or not any(match.groups()):
        raise ValueError(f"{text!r} is not a length of time; write 30m, 4h or 1h30m")
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)


@lru_cache(maxsize=64)
def parse_zone(text: str) -> ZoneInfo:
    """Read the name of a time zone.

    Raises:
        ValueError: there is none of that name; the message names near ones.
    """
    try:
        return ZoneInfo(text)
    except (OSError, ValueError, LookupError):
        hint = near(text, available_timezones()) or "for example America/Toronto, Europe/London or UTC"
        raise ValueError(f"{text!r} is not a time zone; {hint}") from None


def near(text: str, known: Iterable[str]) -> str:
    """``did you mean …?`` for a word that is close to a known one, else nothing."""
    by_lower = {word.lower(): word for word in sorted(known)}
    found = difflib.get_close_matches(text.lower(), by_lower, n=1)
    return f"did you mean {by_lower[found[0]]}?" if found else ""


def duration_text(length: timedelta) -> str:
    """A length of time as the configuration writes it."""
    seconds = int(length.total_seconds())
    parts = ((seconds // 3600, "h"), (seconds % 3600 // 60, "m"), (seconds % 60, "s"))
    return "".join(f"{number}{unit}" for number, unit in parts if number) or "0m"


def _minutes(text: str, whole: str) -> int:
    hours, minutes = (int(part) for part in text.split(":"))
    if minutes > 59 or hours * 60 + minutes > MINUTES_OF_A_DAY:
        raise ValueError(f"{whole!r}: {text} is no time of the day; {_HOW_A_WINDOW}")
    return hours * 60 + minutes


def _days(text: str, whole: str) -> frozenset[int]:
    found: set[int] = set()
    for part in text.lower().split(","):
        names = [name[:3] for name in part.split("-")]
        for name, short in zip(part.split("-"), names, strict=True):
            if short not in WEEKDAYS or name not in _spellings(short):
                raise ValueError(f"{whole!r}: {name!r} is no day; write mon tue wed thu fri sat sun")
        first, last = WEEKDAYS.index(names[0]), WEEKDAYS.index(names[-1])
        found |= {(first + step) % 7 for step in range((last - first) % 7 + 1)}
    return frozenset(found)


def _spellings(short: str) -> tuple[str, ...]:
    full = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    return (short, full[WEEKDAYS.index(short)])


def _days_text(days: frozenset[int]) -> str:
    """Days in the shortest spelling, runs of three and more as ``mon-fri``."""
    parts: list[str] = []
    for first in range(7):
        if first not in days or first - 1 in days:
            continue
        last = first
        while last + 1 in days:
            last += 1
        names = WEEKDAYS[first : last + 1]
        parts += [f"{names[0]}-{names[-1]}"] if len(names) > 2 else names
    return ",".join(parts)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"

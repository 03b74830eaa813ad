"""Business days: Monday to Friday without the holidays of the United States government.

The holidays are those of 5 U.S.C. 6103(a); one on a Saturday is kept on the Friday before (6103(b)), one on
a Sunday on the Monday after (Executive Order 11582). The clause that counts them does not define business
days: the rule is ours, and the report prints it.
"""

from __future__ import annotations

from datetime import date, timedelta

RULE = (
    "Monday to Friday without the federal holidays of 5 U.S.C. 6103, counted from the day after; the clause "
    "itself does not define business days."
)
_MONDAY, _THURSDAY, _SATURDAY, _SUNDAY = 0, 3, 5, 6


def after(day: date, count: int) -> date:
    """The day that lies so many business days after another."""
    while count > 0:
        day += timedelta(days=1)
        if is_one(day):
            count -= 1
    return day


def is_one(day: date) -> bool:
    """Whether a day is a business day."""
    return day.weekday() < _SATURDAY and day not in holidays(day.year) | holidays(day.year + 1)


def holidays(year: int) -> frozenset[date]:
    """The days on which the holidays of a year are kept; that of New Year may lie in the year before."""
    fixed = [(1, 1), (6, 19), (7, 4), (11, 11), (12, 25)]
    kept = [_kept(date(year, month, day)) for month, day in fixed]
    moving = [
        _nth(year, 1, _MONDAY, 3),
        _nth(year, 2, _MONDAY, 3),
        _last_monday_of_may(year),
        _nth(year, 9, _MONDAY, 1),
        _nth(year, 10, _MONDAY, 2),
        _nth(year, 11, _THURSDAY, 4),
    ]
    return frozenset((*kept, *moving))


def _kept(day: date) -> date:
    if day.weekday() == _SATURDAY:
        return day - timedelta(days=1)
    return day + timedelta(days=1) if day.weekday() == _SUNDAY else day


def _nth(year: int, month: int, weekday: int, number: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (number - 1))


def _last_monday_of_may(year: int) -> date:
    last = date(year, 5, 31)
    return last - timedelta(days=last.weekday())

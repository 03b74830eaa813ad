"""Business days, held against the holidays that the Office of Personnel Management published."""

from __future__ import annotations

from datetime import date

import pytest

from scanner.reporter.export.business_days import after, holidays, is_one

PUBLISHED = {
    2026: "01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25",
    2027: "01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24",
}
"""https://www.opm.gov/policy-data-oversight/pay-leave/federal-holidays/"""


@pytest.mark.parametrize("year", PUBLISHED)
def test_holidays_are_kept_on_the_published_days(year):
    assert holidays(year) == {date.fromisoformat(f"{year}-{day}") for day in PUBLISHED[year].split()}


def test_new_year_on_a_saturday_is_kept_in_the_old_year():
    assert not is_one(date(2027, 12, 31))
    assert date(2027, 12, 31) in holidays(2028)


@pytest.mark.parametrize(
    ("begins", "count", "ends"),
    [
        ("2026-11-24", 1, "2026-11-25"),
        ("2026-11-25", 1, "2026-11-27"),  # Thanksgiving between
        ("2026-11-27", 1, "2026-11-30"),  # a weekend
        ("2026-11-25", 10, "2026-12-10"),
        ("2026-12-24", 1, "2026-12-28"),
        ("2026-11-28", 0, "2026-11-28"),
    ],
)
def test_weekends_and_holidays_do_not_count(begins, count, ends):
    assert after(date.fromisoformat(begins), count) == date.fromisoformat(ends)

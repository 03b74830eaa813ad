"""Dates in words: as precise as they were published."""

from __future__ import annotations

from datetime import date

import pytest

from scanner.knowledge.mandate_words import PublishedDate, Sure
from scanner.mandates.dates import has_passed, in_words


@pytest.mark.parametrize(
    ("value", "english", "french"),
    [
        ("2025-06-27", "27 June 2025", "27 juin 2025"),
        ("2026-07-01", "1 July 2026", "1er juillet 2026"),
        ("2025-04", "April 2025", "avril 2025"),
        ("2021", "2021", "2021"),
    ],
)
def test_a_date_is_said_in_its_own_precision(value: str, english: str, french: str) -> None:
    assert (in_words(value, "en"), in_words(value, "fr")) == (english, french)


@pytest.mark.parametrize(
    ("value", "last"),
    [("2025-04", date(2025, 4, 30)), ("2021", date(2021, 12, 31)), ("2021-12-31", date(2021, 12, 31))],
)
def test_a_date_has_passed_when_its_last_day_has(value: str, last: date) -> None:
    published = PublishedDate(value, None, Sure.READ)
    assert not has_passed(published, last)
    assert has_passed(published, date.fromordinal(last.toordinal() + 1))


def test_a_date_that_is_not_known_never_passes() -> None:
    assert not has_passed(PublishedDate(None, None, None), date(2099, 1, 1))

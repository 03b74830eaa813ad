"""Dates in words, as precise as they were published and never more."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from scanner.knowledge.mandate_words import PublishedDate

_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
}


def in_words(value: str, language: str) -> str:
    """``2025-06-27`` → ``27 June 2025``; ``2025-04`` → ``April 2025``; ``2021`` → ``2021``."""
    year, month, day = [*value.split("-"), "", ""][:3]
    if not month:
        return year
    name = _MONTHS[language].split()[int(month) - 1]
    if not day:
        return f"{name} {year}"
    first = "1er" if language == "fr" and int(day) == 1 else str(int(day))
    return f"{first} {name} {year}"


def has_passed(published: PublishedDate, on: date) -> bool:
    """Whether a published date lies before a day; a month or a year has passed when its last day has."""
    if published.value is None:
        return False
    parts = [int(part) for part in published.value.split("-")]
    if len(parts) == 1:
        parts.append(12)
    if len(parts) == 2:
        parts.append(monthrange(parts[0], parts[1])[1])
    return date(*parts) < on

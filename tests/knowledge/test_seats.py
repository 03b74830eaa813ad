"""Makers and where they have their seat."""

from __future__ import annotations

from scanner.knowledge.location import fingerprints_root
from scanner.knowledge.seats import load_seats


def test_makers_are_found_by_lower_case_words() -> None:
    seats = {seat.name: seat for seat in load_seats(fingerprints_root())}
    assert seats["Dahua"].country == "CN"
    assert seats["Axis"].country == "SE"
    assert all(word == word.casefold() for seat in seats.values() for word in seat.words)

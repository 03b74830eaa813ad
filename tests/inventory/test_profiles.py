"""A run without a profile decides nothing, and is told from one with."""

from __future__ import annotations

from datetime import UTC, datetime

from scanner.inventory.concluding import KIND
from scanner.inventory.decisions import decide
from scanner.inventory.engine import open_store
from scanner.inventory.ingest import take
from scanner.inventory.profiles import without_profile


def test_a_profile_of_the_run_or_one_given_afterwards_counts(store_url, tmp_path, journal_of):
    store = open_store(store_url, tmp_path, make=True)
    plain = take(store, journal_of("2026-01-05", profiles=())).run
    judged = take(store, journal_of("2026-01-12", profiles=("generic",))).run
    later = take(store, journal_of("2026-01-19", profiles=())).run
    terms = {"profiles": ["generic"], "facts": None, "more": []}
    at = datetime(2026, 2, 1, tzinfo=UTC)
    decide(store, at, "A", KIND, "runs", {"runs": [later], "terms": terms})

    with store.reading() as connection:
        assert without_profile(connection, [plain, judged, later]) == {plain}
        assert without_profile(connection, [judged]) == frozenset()

"""The reference page says of every measure and profile what the data holds."""

from __future__ import annotations

from scanner.knowledge.location import fingerprints_root
from scanner.knowledge.mandate_words import PublishedDate, Sure
from scanner.knowledge.mandates import load_mandates
from scanner.mandates.page import date_words, decision_table, mandates_page

LIBRARY = load_mandates(fingerprints_root())
PAGE = mandates_page(LIBRARY)


def test_every_measure_profile_fact_and_source_is_on_the_page() -> None:
    for measure in LIBRARY.measures.values():
        assert f"### `{measure.id}`" in PAGE
        assert measure.does_not_say.en in PAGE
        assert all(source.what in PAGE for source in measure.sources)
        assert all(clause.says in PAGE for clause in measure.clauses)
    assert all(f"`{name}`" in PAGE for name in (*LIBRARY.profiles, *LIBRARY.facts))


def test_the_page_is_the_same_each_time_and_ends_with_one_line_end() -> None:
    assert mandates_page(LIBRARY) == PAGE
    assert PAGE.endswith(".\n")
    assert not PAGE.endswith("\n\n")


def test_a_date_says_how_it_is_known_and_what_was_computed() -> None:
    assert date_words(PublishedDate(None, None, None)) == "no date known."
    assert date_words(PublishedDate("2025-04", "month", Sure.PRESS, note="A month.")) == (
        "April 2025 (stated only by the press report of 28 June 2025). A month."
    )
    assert date_words(PublishedDate("2025-10-25", "day", Sure.READ, computed=True)) == (
        "25 October 2025, computed by us (read in a source)."
    )


def test_the_table_shows_a_decision_for_every_kind() -> None:
    rows = list(decision_table(LIBRARY))
    assert len(rows) == 2 + len(LIBRARY.profiles)
    assert all(row.count("|") == 8 for row in rows)
    quebec = next(row for row in rows if "quebec" in row)
    assert "| remove required / review | remove required / review |" in quebec


def test_measures_that_reach_others_say_so() -> None:
    part = PAGE[PAGE.index("### `tw-ict-ban-2020`") :]
    assert "**Reaches other makers too.**" in part[: part.index("### `tw-indictment-2024`")]

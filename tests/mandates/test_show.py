"""Measures and profiles at a terminal."""

from __future__ import annotations

import pytest

from scanner.knowledge.location import fingerprints_root
from scanner.knowledge.mandate_words import Decision, Kind
from scanner.knowledge.mandates import load_mandates
from scanner.mandates.show import decisions, list_lines, measure_lines, pick, profile_lines, profiles_lines
from scanner.model.finding import Text

LIBRARY = load_mandates(fingerprints_root())


def test_french_is_picked_where_it_exists() -> None:
    assert pick(Text("one", "un"), "fr") == "un"
    assert pick(Text("one"), "fr") == "one"
    assert pick(Text("one", "un"), "en") == "one"


def test_the_list_names_every_measure_and_says_a_month_as_a_month() -> None:
    text = "\n".join(list_lines(LIBRARY, "en", 200))
    assert all(name in text for name in LIBRARY.measures)
    assert "removal by April 2025" in text
    assert "in-navy                   -  " in text
    assert "Québec" in "\n".join(list_lines(LIBRARY, "fr", 200))


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("name", list(LIBRARY.measures))
def test_every_measure_is_shown_whole_within_the_width(name: str, language: str) -> None:
    measure = LIBRARY.measures[name]
    lines = list(measure_lines(measure, language, 100))
    text = " ".join(" ".join(lines).split())
    for words in (
        pick(measure.title, language),
        pick(measure.does_not_say, language),
        pick(measure.citation, language),
        *(clause.says for clause in measure.clauses),
        *(source.url for source in measure.sources if source.url),
        *(date.note for date in measure.dates.values() if date.note),
    ):
        assert " ".join(words.split()) in text
    assert all(len(line) <= 100 or "://" in line for line in lines)
    assert "{" not in text


def test_labels_are_in_the_language_that_was_asked_for() -> None:
    text = "\n".join(measure_lines(LIBRARY.measures["ca-qc-2023"], "fr", 100))
    assert "autorité" in text
    assert "22 décembre 2023, calculée par nous (lue dans une source)" in text
    assert "aucune date connue" in text


def test_a_profile_shows_what_it_asks_for_each_kind() -> None:
    quebec = LIBRARY.profiles["ca-quebec-public-body"]
    text = "\n".join(profile_lines(quebec, LIBRARY, "en", 100))
    assert "recorder           remove it / review it" in text
    assert "acquired_on: On which day was the device acquired" in text
    generic = "\n".join(profile_lines(LIBRARY.profiles["generic"], LIBRARY, "fr", 100))
    assert "toutes les mesures" in generic
    note = "\n".join(profile_lines(LIBRARY.profiles["ca-private"], LIBRARY, "en", 100))
    assert "ask their contract authority" in " ".join(note.split())


def test_the_list_of_profiles_names_their_facts() -> None:
    text = "\n".join(profiles_lines(LIBRARY, "en", 200))
    assert all(name in text for name in LIBRARY.profiles)
    assert "[facts: acquired_on]" in text
    assert "faits: acquired_on" in "\n".join(profiles_lines(LIBRARY, "fr", 200))


def test_the_strictest_measure_of_a_profile_speaks_for_it() -> None:
    contractor = LIBRARY.profiles["us-federal-contractor"]
    assert decisions(contractor, Kind.OWN_BRAND_CAMERA) == [Decision.STOP_USING]
    assert decisions(contractor, Kind.UNKNOWN_MAKER) == [Decision.REVIEW]

"""The removal list: by profile and site, in the profile's languages, the certain apart from the open."""

from __future__ import annotations

from dataclasses import replace

from scanner.reporter.export.to_removal_list import render


def part(text: str, title: str) -> str:
    return text.partition(title)[2].partition("\n### ")[0]


def test_canada_is_in_both_languages(lived):
    text = render(lived("french")).decode()

    assert text.startswith("# Removal list / Liste de retrait\n")
    assert "Federal institution of Canada" in text
    assert "Institution fédérale du Canada" in text
    assert "Quebec public body" in text
    assert "#### north (en)" in text
    assert "#### north (fr)" in text
    assert "Mettez cet appareil hors service" in text
    assert "ne fixe aucune date de retrait" in text


def test_the_united_kingdom_is_in_english_and_its_month_stays_a_month(lived):
    text = render(lived("one-confirmed")).decode()

    assert "(fr)" not in text
    assert "Liste de retrait" not in text
    assert "April 2025 (no day published)" in text
    assert "commitment to Parliament" in text


def test_what_is_certain_is_apart_from_what_a_person_has_to_decide(lived):
    text = render(lived("french")).decode()
    federal = text.partition("## Federal institution")[2].partition("\n## ")[0]

    assert "### To remove or to use no longer: 1 /" in federal
    assert "10.1.0.64" in part(federal, "### To remove or to use no longer: 1")
    assert "10.1.0.30" in part(federal, "### A person decides first")


def test_without_a_published_date_none_is_set(lived):
    text = render(lived("french")).decode()

    assert "none published" in text
    assert "aucune publiée" in text


def test_devices_stand_under_their_site(lived):
    known = lived("french")
    lives = dict(known.lives)
    lives["dev-1c7a90e2b4d6f801"] = replace(lives["dev-1c7a90e2b4d6f801"], site="west")
    text = render(replace(known, lives=lives)).decode()

    assert "10.1.0.64" in text.partition("#### west (en)")[2].partition("####")[0]
    assert "10.1.0.64" not in text.partition("#### north (en)")[2].partition("####")[0]


def test_without_a_profile_nobody_is_bound(export):
    assert "No profile was chosen" in render(export("no-profile")).decode()

"""What stands once in a report."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from scanner.knowledge.location import fingerprints_root
from scanner.knowledge.mandates import load_mandates
from scanner.mandates import disclaimer, report_notes
from scanner.model.errors import UsageError

LIBRARY = load_mandates(fingerprints_root())
KNOWN = date.fromisoformat(LIBRARY.as_of)


def test_the_disclaimer_carries_the_day_of_the_knowledge_in_both_languages() -> None:
    said = disclaimer(LIBRARY)
    assert "as known on 23 November 2026. It is not legal advice" in said.en
    assert "en date du 23 novembre 2026" in (said.fr or "")
    assert disclaimer(replace(LIBRARY, as_of="2026-07-01")).fr != said.fr


@pytest.mark.parametrize(
    "profile", ["uk-central-government-sensitive-site", "tw-government", "ca-quebec-public-body"]
)
def test_measures_that_reach_other_makers_are_named_once(profile: str) -> None:
    (note,) = report_notes(LIBRARY, [profile], KNOWN)
    assert "reach other makers too" in note.en
    assert "This scan names only those it can recognise" in note.en
    assert note.fr
    assert "{" not in note.en + note.fr


def test_a_profile_that_only_hikvision_concerns_has_no_such_note() -> None:
    assert report_notes(LIBRARY, ["ca-federal-institution"], KNOWN) == ()
    assert report_notes(LIBRARY, ["us-state-or-private"], KNOWN) == ()


def test_no_profile_is_said() -> None:
    (note,) = report_notes(LIBRARY, [], KNOWN)
    assert "no decision was made" in note.en


def test_old_knowledge_is_said_after_180_days() -> None:
    assert report_notes(LIBRARY, ["ca-private"], KNOWN + timedelta(days=180)) == ()
    (note,) = report_notes(LIBRARY, ["ca-private"], KNOWN + timedelta(days=181))
    assert "23 November 2026, 181 days before this scan" in note.en
    assert "soit 181 jours avant" in (note.fr or "")


def test_an_unknown_profile_is_a_fault_of_the_user() -> None:
    with pytest.raises(UsageError):
        report_notes(LIBRARY, ["nobody"], KNOWN)

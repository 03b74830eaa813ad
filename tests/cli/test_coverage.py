"""`hiksweep coverage`: which networks were covered whole lately, on a day, and which wait for an answer."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from scanner.cli import listing
from scanner.inventory.decisions import decide


@pytest.mark.usefixtures("year_begins")
def test_networks_stand_with_the_last_run_that_covered_them_whole(hiksweep):
    said = hiksweep("coverage")

    assert said.code == 0
    assert "10.1.0.0/28  2026-01-26 02:00  1" in said.out
    assert "1 in the last 7 days, 1 in the last 14 days, 1 in the last 30 days" in said.out


@pytest.mark.usefixtures("year_begins")
@pytest.mark.parametrize(("day", "code", "last"), [("2026-01-13", 0, "2026-01-12"), ("2026-01-04", 4, "")])
def test_on_the_evidence_of_a_day(day, code, last, hiksweep):
    said = hiksweep("coverage", "--as-of", day)

    assert said.code == code
    assert last in said.out
    assert "2026-01-19" not in said.out


@pytest.mark.usefixtures("year_begins")
@pytest.mark.parametrize("day", ["2027-01-01", "someday"])
def test_a_day_that_has_not_come_is_refused(day, hiksweep):
    assert hiksweep("coverage", "--as-of", day).code == 2


def test_a_run_that_was_cut_covered_nothing_whole(hiksweep, kept):
    kept("2026-01-05", (1,), swept=3, finished=False)
    said = hiksweep("coverage", "--as-of", "2026-01-06")

    assert said.code == 4
    assert "never" in said.out


def test_the_rehearsal_counts_only_where_it_is_named(hiksweep, kept):
    kept("2026-01-05", (), site="rehearsal")

    assert "No network yet" in hiksweep("coverage").out
    assert "10.1.0.0/28" in hiksweep("coverage", "--site", "rehearsal").out


def test_a_network_that_fell_silent_waits_for_an_answer(hiksweep, kept, journal_of):
    kept("2026-01-05", (1, 2))
    hiksweep("store", "ingest", journal_of("2026-01-12", {}), "--site", "lab")
    said = hiksweep("coverage", "--as-of", "2026-01-12")

    assert "10.1.0.0/24 (site lab) fell silent on 2026-01-12: 0 of 11" in said.out
    assert "hiksweep networks confirm 10.1.0.0/24 --removed" in said.out
    asked = json.loads(hiksweep("coverage", "--as-of", "2026-01-12", "--format", "json").out)["coverage"]
    assert [one["network"] for one in asked["questions"]] == ["lab 10.1.0.0/24"]
    assert asked["within_days"] == {"7": 1, "14": 1, "30": 1}


@pytest.mark.usefixtures("year_begins")
def test_a_network_that_was_declared_out_of_service_stands_apart(hiksweep):
    why = ("--site", "lab", "--reason", "sold", "--by", "J. Doe")
    assert hiksweep("networks", "retire", "10.1.0.0/24", *why).code == 0
    said = hiksweep("coverage")
    assert said.code == 0
    assert "declared out of service on" in said.out
    assert "Of 0 networks covered whole" in said.out
    assert "Declared out of service, not covered and not counted: 1." in said.out
    told = json.loads(hiksweep("coverage", "--format", "json").out)["coverage"]
    assert (told["declared"], told["within_days"]["30"], bool(told["networks"][0]["retired"])) == (1, 0, True)

    before = hiksweep("coverage", "--as-of", "2026-01-13")
    assert "declared" not in before.out
    told = json.loads(hiksweep("coverage", "--as-of", "2026-01-13", "--format", "json").out)["coverage"]
    assert (told["declared"], told["networks"][0]["retired"]) == (0, "")


@pytest.mark.usefixtures("year_begins")
def test_a_network_that_is_swept_after_it_was_declared_out_of_service_is_in_service(hiksweep):
    at = datetime(2026, 1, 13, tzinfo=UTC)
    said = decide(listing.opened(None), at, "J. Doe", "retire", "lab 10.1.0.0/24", {"reason": "sold"})
    decide(listing.opened(None), at, "J. Doe", "retire", "lab nothing", {"reason": "sold"})

    assert "declared" not in hiksweep("coverage").out
    assert "declared out of service on 2026-01-13" in hiksweep("coverage", "--as-of", "2026-01-14").out
    decide(listing.opened(None), at + timedelta(hours=1), "J. Doe", "undo", said.id)
    assert "declared" not in hiksweep("coverage", "--as-of", "2026-01-14").out

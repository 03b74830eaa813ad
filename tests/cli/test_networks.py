"""`hiksweep networks`: owners, the question about a silent one, and what is out of service."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

BY = ("--by", "J. Doe")
NET = "10.1.0.0/24"


@pytest.fixture
def silent(kept, hiksweep, journal_of, things, monkeypatch):
    """Two cameras and nine hosts, then three sweeps in which one laptop alone answered."""
    kept("2026-01-05", (1, 2))
    for day in ("12", "19", "26"):
        path = journal_of(f"2026-01-{day}", {"10.1.0.5": things.LAPTOP})
        assert hiksweep("store", "ingest", path, "--site", "lab").code == 0
    monkeypatch.setattr("scanner.cli.listing.now", lambda: datetime(2026, 1, 27, 9, tzinfo=UTC))


def presence(hiksweep):
    return {one["presence"] for one in json.loads(hiksweep("devices", "--format", "json").out)["devices"]}


def test_networks_are_listed_with_the_owner_of_their_site(hiksweep):
    hiksweep("sites", "set", "lab", "--owner", "Facilities", *BY)
    said = hiksweep("networks", "set", "10.1.0.9/24", "--site", "lab", "--label", "Cameras", *BY)

    assert (said.code, said.out) == (0, "10.1.0.0/24 (site lab): kept.\n")
    assert hiksweep("networks").out.splitlines()[1].split() == ["lab", "10.1.0.0/24", "Facilities", "Cameras"]
    (network,) = json.loads(hiksweep("networks", "--format", "json").out)["networks"]["networks"]
    assert network["prefix"] == "10.1.0.0/24"


def test_a_run_belongs_to_the_site_of_its_network(hiksweep, journal_of):
    hiksweep("networks", "set", "10.1.0.0/24", "--site", "lab", *BY)

    assert "(site lab)" in hiksweep("store", "ingest", journal_of("2026-01-05")).out


def test_a_network_that_fell_silent_is_removed_when_somebody_says_so(hiksweep, silent):
    assert "fell silent on 2026-01-12" in hiksweep("networks").out
    assert "missing" not in presence(hiksweep)
    said = hiksweep("networks", "confirm", NET, "--removed", *BY)

    assert (said.code, said.out) == (0, f"lab {NET}: removed.\n")
    assert presence(hiksweep) == {"missing"}
    assert "fell silent" not in hiksweep("networks").out


def test_an_outage_counts_against_nobody(hiksweep, silent):
    assert hiksweep("networks", "confirm", "10.1.0.0/28", "--outage", "--site", "lab", *BY).code == 0

    assert "missing" not in presence(hiksweep)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ((NET,), "--removed or --outage"),
        (("10.9.0.0/24", "--removed"), "no question is open"),
        ((NET, "--removed", "--site", "north"), "no question is open"),
        (("x", "--removed"), "not a prefix"),
    ],
)
def test_an_answer_without_a_question_is_refused(hiksweep, silent, words, why):
    said = hiksweep("networks", "confirm", *words, *BY)

    assert said.code == 2
    assert why in said.complaint


def test_two_sites_with_the_same_silent_prefix_are_asked_for_by_name(
    hiksweep, silent, kept, journal_of, things
):
    more = {"10.1.0.5": things.LAPTOP}
    kept("2026-01-06", (3, 4), site="north")
    hiksweep("store", "ingest", journal_of("2026-01-13", more), "--site", "north")

    assert "say --site" in hiksweep("networks", "confirm", NET, "--removed", *BY).complaint


def test_what_is_out_of_service_is_declared_and_not_verified(hiksweep, silent):
    said = hiksweep("networks", "retire", NET, "--site", "lab", "--reason", "building sold", *BY)

    assert said.code == 0
    assert "0 findings" not in said.out
    findings = json.loads(hiksweep("findings", "--format", "json").out)["findings"]
    assert {one["state"] for one in findings} == {"declared"}


def test_a_prefix_around_it_answers_too(hiksweep, silent):
    said = hiksweep("networks", "confirm", "10.1.0.0/16", "--removed", *BY)

    assert (said.code, said.out) == (0, f"lab {NET}: removed.\n")
    assert presence(hiksweep) == {"missing"}
    assert hiksweep("networks", "confirm", "10.1.0.0/16", "--removed", *BY).code == 2


def test_a_prefix_inside_it_answers_for_itself_alone(hiksweep, journal_of, things):
    there = {f"10.1.0.{n}": things.camera(n) for n in (1, 2, 9, 10)}
    others = {f"10.1.0.{n}": things.LAPTOP for n in (3, 11)}
    for day, answers in (("05", there | others), ("12", {}), ("19", {}), ("26", {})):
        path = journal_of(f"2026-01-{day}", answers, ("10.1.0.0/28",))
        assert hiksweep("store", "ingest", path, "--site", "lab").code == 0
    said = hiksweep("networks", "confirm", "10.1.0.0/29", "--removed", *BY)

    assert said.out.startswith(
        f"lab {NET}: removed in 10.1.0.0/29 alone. Of the rest nothing is said yet: 0 of 3"
    )
    found = json.loads(hiksweep("devices", "--format", "json").out)["devices"]
    assert {one["addresses"][0] for one in found if one["presence"] == "missing"} == {"10.1.0.1", "10.1.0.2"}
    assert "fell silent" in hiksweep("networks").out

    said = hiksweep("networks", "confirm", "10.1.0.8/29", "--outage", *BY)
    assert said.out == f"lab {NET}: outage in 10.1.0.8/29 alone.\n"
    assert "fell silent" not in hiksweep("networks").out


def test_a_prefix_around_several_answers_for_all_of_them_and_for_no_other(hiksweep, journal_of, things):
    for prefix in ("10.1.0", "10.1.1", "10.2.0"):
        there = {f"{prefix}.{n}": things.camera(n if prefix == "10.1.0" else n + 9) for n in (1, 2)}
        others = {f"{prefix}.{n}": things.LAPTOP for n in range(5, 14)}
        for day, answers in (("05", there | others), ("12", {f"{prefix}.5": things.LAPTOP})):
            path = journal_of(f"2026-01-{day}", answers, (f"{prefix}.0/28",))
            assert hiksweep("store", "ingest", path, "--site", "lab").code == 0
    said = hiksweep("networks", "confirm", "10.1.0.0/16", "--outage", *BY)

    assert said.out.splitlines() == ["lab 10.1.0.0/24: outage.", "lab 10.1.1.0/24: outage."]
    assert hiksweep("networks").out.count("fell silent") == 1

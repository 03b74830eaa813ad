"""`hiksweep history`: one device over time, however it is named."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.usefixtures("year_begins")


@pytest.mark.parametrize("named", ["10.1.0.2", "44-19-B6-00-00-02", "44:19:b6:00:00:02"])
def test_each_change_stands_with_what_it_needed_and_who_made_it(named, hiksweep):
    said = hiksweep("history", named)

    assert said.code == 0
    assert "missing since 2026-01-26" in said.out
    assert "3 of the last 3 sweeps that could count" in said.out
    assert "20260126T020000Z-" in said.out
    assert "10.1.0.2" in said.out.split("Addresses")[1]


def test_programs_get_the_same(hiksweep):
    found = json.loads(hiksweep("history", "10.1.0.1", "--format", "json").out)["history"]

    told = [one["what"] for one in found["told"] if one["subject"] == found["device"]["id"]]
    assert told == ["— → new", "new → present"]
    assert found["intervals"][0]["last_at"].startswith("2026-01-26")


def test_a_device_that_nobody_saw_is_refused(hiksweep):
    said = hiksweep("history", "10.9.9.9")

    assert said.code == 2
    assert "knows no such device" in said.complaint


def test_the_id_that_a_run_made_of_an_address_finds_its_device_and_at_two_sites_none_alone(
    hiksweep, journal_of, things
):
    for site, day in (("a", "2026-01-06"), ("b", "2026-01-13")):
        path = journal_of(day, {"10.1.0.2": things.NAMELESS})
        assert hiksweep("store", "ingest", path, "--site", site).code == 0
        (named,) = {
            one for one in hiksweep("report", path, "--format", "json").out.split('"') if one[:4] == "dev-"
        }
        said = hiksweep("history", named)
        if site == "a":
            assert said.code == 0
            assert "10.1.0.2" in said.out
    assert said.code == 2
    assert "fits 2 devices" in said.complaint

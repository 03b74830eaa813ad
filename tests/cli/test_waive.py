"""`hiksweep waive`: by whom, why, until when; and what is refused."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import pytest

pytestmark = pytest.mark.usefixtures("year_begins")
WHY = ("--by", "J. Doe", "--reason", "replaced in spring")


def finding(hiksweep):
    found = json.loads(hiksweep("findings", "--format", "json").out)["findings"]
    return next(one["id"] for one in found if one["device"]["presence"] == "present")


def states(hiksweep):
    return {
        one["id"]: one["state"]
        for one in json.loads(hiksweep("findings", "--format", "json").out)["findings"]
    }


def test_a_finding_is_waived_stays_listed_and_ends_by_itself(hiksweep, monkeypatch):
    name = finding(hiksweep)
    said = hiksweep("waive", name, *WHY, "--until", "2026-05-31")

    assert (said.code, said.out) == (0, f"{name} waived until 2026-05-31.\n")
    assert [one for one, state in states(hiksweep).items() if state == "waived"] == [name]
    assert "waive" in hiksweep("history", name.partition("/")[0]).out
    monkeypatch.setattr("scanner.cli.listing.now", lambda: datetime(2026, 6, 1, tzinfo=UTC))
    assert set(states(hiksweep).values()) == {"open"}


def test_all_findings_of_a_device_are_waived_at_once(hiksweep):
    said = hiksweep("waive", "10.1.0.1", *WHY, "--until", "2026-05-31")
    assert re.fullmatch(r"inv-\w+: \d+ findings waived until 2026-05-31\.\n", said.out)
    found = states(hiksweep)

    assert set(found.values()) == {"open", "waived"}
    assert len({name.partition("/")[0] for name, state in found.items() if state == "waived"}) == 1


@pytest.mark.parametrize(
    ("until", "why"),
    [("2026-01-26", "over already"), ("2027-06-01", "more than a year"), ("soon", "YYYY-MM-DD")],
)
def test_a_waiver_has_an_end_within_a_year(until, why, hiksweep):
    said = hiksweep("waive", "10.1.0.1", *WHY, "--until", until)

    assert said.code == 2
    assert why in said.complaint


@pytest.mark.parametrize("missing", ["--by", "--reason", "--until"])
def test_nothing_of_it_may_be_left_out(missing, hiksweep):
    words = {"--by": "J. Doe", "--reason": "x", "--until": "2026-05-31"}
    del words[missing]

    assert hiksweep("waive", "10.1.0.1", *(part for pair in words.items() for part in pair)).code == 2


def test_a_finding_that_is_not_there_is_refused_with_those_that_are(hiksweep):
    said = hiksweep("waive", "10.1.0.1/no-measure", *WHY, "--until", "2026-05-31")

    assert said.code == 2
    assert "no such finding" in said.complaint


def test_what_is_closed_is_not_waived(hiksweep):
    hiksweep("verify-removed", "10.1.0.2", "--by", "J. Doe", "--date", "2026-01-10", "--note", "x")
    said = hiksweep("waive", "10.1.0.2", *WHY, "--until", "2026-05-31")

    assert said.code == 2
    assert "only what is open" in said.complaint

"""`hiksweep findings`: open, waived and the rest, each with whether its device is there."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.usefixtures("year_begins")


def test_findings_are_listed_and_counted_by_state(hiksweep):
    said = hiksweep("findings")
    lines = said.out.splitlines()

    assert said.code == 0
    assert lines[0].split() == ["FINDING", "STATE", "SINCE", "UNTIL", "DEVICE", "IS", "SITE", "ADDRESS"]
    assert lines[-2] == f"{len(lines) - 3} findings: {len(lines) - 3} open."
    assert any("missing" in line and "open" in line for line in lines)


def test_a_measure_and_a_state_are_chosen(hiksweep):
    found = json.loads(hiksweep("findings", "--format", "json").out)["findings"]
    measure = found[0]["measure"]
    chosen = json.loads(hiksweep("findings", "--measure", measure, "--format", "json").out)["findings"]

    assert {one["measure"] for one in chosen} == {measure}
    assert len(chosen) == 2
    assert hiksweep("findings", "--state", "closed").out == "0 findings.\n"


def undecided(hiksweep):
    *_, last = hiksweep("findings").out.splitlines()
    return int(last.split()[0]) if "no profile was chosen" in last else 0


def test_where_no_profile_was_chosen_that_is_said_with_the_number(hiksweep, kept):
    both = undecided(hiksweep)
    assert both == len(json.loads(hiksweep("findings", "--format", "json").out)["findings"])

    kept("2026-02-02", (1,), profiles=("generic",))
    assert 0 < undecided(hiksweep) < both
    kept("2026-02-09", (1, 2), profiles=("generic",))
    assert undecided(hiksweep) == 0

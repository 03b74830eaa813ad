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
    assert lines[-1] == f"{len(lines) - 2} findings: {len(lines) - 2} open."
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
    return int(last.split(":")[0].split()[-2]) if last.startswith("No profile was chosen") else 0


def ids(hiksweep):
    return {one["id"] for one in json.loads(hiksweep("findings", "--format", "json").out)["findings"]}


def test_where_no_profile_was_chosen_nothing_opens_and_that_is_said_with_the_number(hiksweep, kept):
    before = ids(hiksweep)
    assert undecided(hiksweep) == 0

    kept("2026-02-02", (1, 3, 4), profiles=())
    assert undecided(hiksweep) == 2
    assert ids(hiksweep) == before
    kept("2026-02-03", (3,), profiles=("generic",))
    assert undecided(hiksweep) == 1
    kept("2026-02-09", (3, 4), profiles=("ca-federal-institution",))
    assert undecided(hiksweep) == 0
    assert ids(hiksweep) > before

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

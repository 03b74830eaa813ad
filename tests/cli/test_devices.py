"""`hiksweep devices`: who is there, who is missing, for people and programs."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.usefixtures("year_begins")


def test_devices_are_listed_with_state_and_last_sight(hiksweep):
    said = hiksweep("devices")
    lines = said.out.splitlines()

    assert said.code == 0
    assert lines[0].split() == ["ID", "STATE", "SINCE", "LAST", "SEEN", "SITE", "ADDRESS", "MODEL"]
    assert [line.split()[1:3] for line in lines[1:3]] in (
        [["present", "2026-01-12"], ["missing", "2026-01-26"]],
        [["missing", "2026-01-26"], ["present", "2026-01-12"]],
    )
    assert "DS-2CD2143G2-I" in lines[1]
    assert lines[-1] == "2 devices."


def test_one_state_and_one_site_are_chosen(hiksweep):
    said = hiksweep("devices", "--state", "missing")
    assert "10.1.0.2" in said.out
    assert said.out.endswith("1 device.\n")
    assert hiksweep("devices", "--site", "annex").out == "0 devices.\n"


def test_programs_get_every_field(hiksweep):
    said = json.loads(hiksweep("devices", "--state", "missing", "--format", "json").out)

    (device,) = said["devices"]
    assert (device["presence"], device["site"], device["addresses"]) == ("missing", "lab", ["10.1.0.2"])
    assert device["fields"]["mac"] == "44:19:b6:00:00:02"


def test_a_state_that_there_is_not_is_refused(hiksweep):
    assert hiksweep("devices", "--state", "gone").code == 2


def test_a_long_list_is_read_in_pages(hiksweep):
    first = hiksweep("devices", "--limit", "1").out
    after = first.splitlines()[-1].removesuffix(".").split()[-1]

    assert f"1 device; more: --after {after}." in first
    assert hiksweep("devices", "--after", after).out.endswith("1 device.\n")
    assert hiksweep("devices", "--after", "nobody").code == 2

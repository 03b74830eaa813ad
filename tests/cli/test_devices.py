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
    assert hiksweep("devices", "--site", "annex").out.startswith("0 devices.\n")


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


BY = ("--by", "J. Doe", "--reason", "seen on site")


def ids(hiksweep):
    return {
        one["addresses"][0]: one["id"]
        for one in json.loads(hiksweep("devices", "--format", "json").out)["devices"]
    }


def test_a_person_says_that_two_are_one_and_every_name_means_it(hiksweep):
    before = ids(hiksweep)
    said = hiksweep("devices", "merge", "10.1.0.1", "10.1.0.2", *BY)

    assert said.code == 0
    (name,) = ids(hiksweep).values()
    assert said.out.startswith(f"{name}: one device at 10.1.0.1, ")
    for known in (*before.values(), "serial:G00000001", "serial:G00000002", "10.1.0.2"):
        assert hiksweep("history", known).out.startswith(name)
    assert "merged" in hiksweep("history", name).out
    assert hiksweep("store", "rebuild").code == 0
    assert set(ids(hiksweep).values()) == {name}


def test_a_person_says_that_one_is_two_by_a_name_that_is_not_its_own(hiksweep, journal_of, things):
    for day, mac in (("2026-02-02", 60), ("2026-02-09", 61)):
        there = {"10.1.0.20": things.camera(6, mac=mac)}
        hiksweep("store", "ingest", journal_of(day, there, targets=("10.1.0.0/27",)), "--site", "lab")
    (one,) = (name for address, name in ids(hiksweep).items() if address == "10.1.0.20")
    said = hiksweep("devices", "split", one, "G00000006", *BY)

    assert said.code == 0
    assert f"{one}: 2 devices now: " in said.out
    for mac in ("3c", "3d"):
        found = hiksweep("history", f"44:19:b6:00:00:{mac}")
        assert found.code == 0
        assert found.out.split()[0] in said.out
        assert "split" in hiksweep("history", f"44:19:b6:00:00:{mac}").out
    assert "fits 2 devices" in hiksweep("history", one).complaint
    undo = hiksweep("undo", said.out.split("(")[-1].split(")")[0], *BY)
    assert undo.code == 0
    assert len([address for address in ids(hiksweep) if address == "10.1.0.20"]) == 1
    assert hiksweep("devices").out.count("10.1.0.20") == 1


def test_a_person_says_that_a_nameless_thing_is_another_since_a_run(hiksweep, journal_of, things):
    for day in ("2026-02-02", "2026-02-09", "2026-02-16"):
        there = {"10.1.0.21": things.NAMELESS}
        hiksweep("store", "ingest", journal_of(day, there, targets=("10.1.0.0/27",)), "--site", "lab")
    one = ids(hiksweep)["10.1.0.21"]
    said = hiksweep("devices", "split", one, "--run", "20260209", *BY)

    assert f"{one}: 2 devices now: " in said.out
    lines = [line.split() for line in hiksweep("devices").out.splitlines() if "10.1.0.21" in line]
    assert sorted(line[1] for line in lines) == ["new", "present"]
    assert hiksweep("store", "rebuild").code == 0
    assert hiksweep("devices").out.count("10.1.0.21") == 2
    assert hiksweep("undo", said.out.split("(")[-1].split(")")[0], *BY).code == 0
    assert ids(hiksweep)["10.1.0.21"] == one
    assert hiksweep("devices").out.count("10.1.0.21") == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("merge", "10.1.0.1", "serial:G00000001", *BY), "both names mean this device already"),
        (("merge", "10.1.0.1", "10.9.9.9", *BY), "no such device"),
        (("merge", "10.1.0.1", "10.1.0.2", "--by", "x", "--reason", " "), "--reason is empty"),
        (("split", "10.1.0.1", *BY), "say which names"),
        (("split", "10.1.0.1", "mac:aa:bb:cc:dd:ee:ff", *BY), "no name of"),
        (("split", "10.1.0.1", "--run", "2099", *BY), "no such run"),
        (("split", "10.1.0.1", "--run", "20260105", *BY), "by its names"),
        (("split", "10.1.0.2", "--run", "20260126", *BY), "did not see"),
    ],
)
def test_what_cannot_be_joined_or_parted_is_refused(hiksweep, words, said):
    refused = hiksweep("devices", *words)

    assert refused.code == 2
    assert said in refused.complaint

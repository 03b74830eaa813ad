"""What one run amounts to by itself: whom it found, and what it covered."""

from __future__ import annotations

import zlib
from dataclasses import replace

import pytest

from scanner.inventory.derive import derive, packed, unpacked
from scanner.journal import GapFound, Proven
from scanner.knowledge import load
from scanner.model.ending import Ended, Ending
from scanner.model.observation import Observation
from scanner.model.report import RunError
from scanner.model.sighting import Sighting
from scanner.policy.rules import SWEPT_PORTS
from scanner.run.result import read_result


@pytest.fixture(scope="session")
def knowledge():
    return load()


@pytest.fixture
def derived(journal_of, knowledge):
    """``derived(answers, **of the run)``: what a run of that kind amounts to."""

    def make(answers=None, **more):
        return derive(read_result(journal_of("2026-01-05", answers, **more), knowledge), knowledge)

    return make


def test_a_device_is_kept_with_its_names_methods_and_measures(derived, things):
    (camera,) = derived({"10.1.0.5": things.camera(1)}).found

    assert camera.ours
    assert [str(name.rung) for name in camera.names] == ["serial", "mac"]
    assert camera.methods == {"tcp", "sadp"}
    assert camera.measures
    assert camera.fields["model"] == "DS-2CD2143G2-I"


def test_where_nobody_chose_a_profile_no_measure_reaches_anything_nor_ends_anything(derived, things):
    there = {"10.1.0.5": things.camera(1)}

    for number, profiles in enumerate(((), ("generic",))):
        run = derived(there, profiles=profiles, id=f"20260105T020000Z-{number:06x}")
        assert run.judged == run.found[0].measures == frozenset()
    judged = derived(there, profiles=("ca-federal-institution",))
    assert judged.found[0].measures
    assert judged.found[0].measures <= judged.judged


def test_what_says_nothing_of_itself_is_not_kept(derived, things):
    assert derived({"10.1.0.6": things.LAPTOP}).found == ()


def test_a_switch_port_is_kept_where_a_table_names_it(derived, things):
    row = Sighting("44:19:b6:00:00:01", "", "sw1", "Gi1/0/7", source="table")
    found = derived({"10.1.0.5": things.camera(1)}, more=[row])

    assert found.found[0].fields["seen_at"] == "sw1 Gi1/0/7"
    assert found.sightings == (row,)


def test_a_name_that_two_different_things_carry_names_neither(derived, things):
    found = derived({"10.1.0.5": things.camera(1), "10.1.0.6": things.camera(2, mac=1)})

    assert found.shared == {"mac:44:19:b6:00:00:01"}
    assert {str(name.rung) for one in found.found for name in one.names} == {"serial"}


def test_networks_are_cut_at_the_borders_of_groups_and_of_what_was_left_out(derived):
    found = derived(targets=("10.1.0.0/29", "10.1.0.10/31", "10.2.0.0/23"))

    assert [network.prefix for network in found.networks] == [
        "10.1.0.0/29",
        "10.1.0.10/31",
        "10.2.0.0/24",
        "10.2.1.0/24",
    ]


def test_silence_without_a_sign_of_life_covers_nothing(derived, things):
    dark, lit = derived({"10.1.0.5": things.camera(1)}, targets=("10.0.0.0/28", "10.1.0.0/28")).networks

    assert (dark.covered, lit.covered) == (frozenset(), {"tcp"})
    assert lit.answered == {"10.1.0.5"}


@pytest.mark.parametrize(
    "what",
    [
        GapFound("eth0", "all", "link lost", "eth0 lost its link", affects_verdict=True),
        GapFound("all", "tcp", "refused here", "own firewall", affects_verdict=True),
        RunError("run", "ZeroDivisionError"),
    ],
)
def test_a_sensor_that_was_blind_covers_nothing(derived, things, what):
    (network,) = derived({"10.1.0.5": things.camera(1)}, more=[what]).networks

    assert network.covered == frozenset()


@pytest.mark.parametrize("more", [{"swept": 3}, {"finished": False, "swept": 3}])
def test_a_sweep_that_was_not_finished_covers_nothing(derived, things, more):
    (network,) = derived({"10.1.0.5": things.camera(1)}, **more).networks

    assert network.covered == frozenset()
    assert network.interrupted is not more.get("finished", True)


def test_what_was_packed_is_unpacked_the_same(derived, things):
    row = Sighting("44:19:b6:00:00:01", "", "sw1", "Gi1/0/7", source="table")
    found = derived({"10.1.0.5": things.camera(1), "10.1.0.6": things.NAMELESS}, more=[row])

    assert unpacked(packed(found)) == found
    assert packed(unpacked(packed(found))) == packed(found)


def test_what_files_alone_tell_of_a_device_was_heard_when_they_say(derived, things):
    protocol, payload = things.camera(1)
    old = Observation("10.1.0.5", protocol, payload, source="old.xml", at="2025-06-01T00:00:00Z")
    page, reply = things.NAMELESS
    later = Observation("10.1.0.5", page, reply, 80, source="old.xml", at="2025-07-01T00:00:00Z")

    def heard(*more, engine="import"):
        name = f"run-{engine}-{zlib.crc32(repr(more).encode())}"
        (found,) = derived(more=more, id=name, engine=engine).found
        return found.heard

    assert heard(old) == "2025-06-01T00:00:00Z"
    assert heard(old, later) == "2025-07-01T00:00:00Z"
    assert heard(replace(old, at="2030-01-01T00:00:00Z")) == "2026-01-05T02:00:00Z"
    assert heard(replace(old, at="")) == ""
    assert heard(old, engine="connect") == "2025-06-01T00:00:00Z"
    assert heard(replace(old, source=""), engine="connect") == ""
    assert heard(Ended("tcp", "10.1.0.5", 80, Ending.COMPLETE), old, engine="connect") == ""


def test_who_reads_files_walks_no_network(derived, things):
    protocol, payload = things.camera(1)
    told = Observation("10.1.0.5", protocol, payload, source="old.xml", at="2025-06-01T00:00:00Z")
    silent = [Proven(f"10.1.0.{end}", Ending.SILENT, SWEPT_PORTS, "old.xml") for end in range(16)]
    found = derived(more=[told, *silent], engine="import", targets=("10.1.0.0/28",))

    assert [one.addresses for one in found.found] == [("10.1.0.5",)]
    assert found.networks == ()

"""A comparison of two runs says what changed of what both covered alike, and what it left out."""

from __future__ import annotations

import pytest

from scanner.inventory.diff import ChangeKind, LeftOut, diff, last_two
from scanner.model.identity import Rung


@pytest.fixture
def cam(say):
    return say.seen("cam", "10.1.0.5", model="M1", firmware="V1")


def changes(found):
    return [(str(one.kind), one.device, one.detail) for one in found.changes]


def test_two_runs_alike_are_no_change(say, cam):
    found = diff(say.run(0, cam), say.run(7, cam))

    assert (found.exit_code, found.changes, found.left_out) == (0, (), ())
    assert [(one.prefix, one.methods) for one in found.compared] == [(say.NET, ("tcp",))]


def test_what_appeared_moved_changed_and_was_not_seen(say, cam):
    before = say.run(0, cam, say.seen("away", "10.1.0.6"), say.seen("mover", "10.1.0.7"))
    after = say.run(
        7,
        say.seen("cam", "10.1.0.5", model="M1", firmware="V2", measures=()),
        say.seen("mover", "10.1.0.77"),
        say.seen("fresh", "10.1.0.8", model="M2", serial="S2"),
    )
    found = diff(before, after)

    assert found.exit_code == 3
    assert sorted(changes(found)) == [
        ("appeared", "fresh", "M2 S2"),
        ("changed", "cam", "firmware V1 → V2, -a-measure"),
        ("moved", "mover", "from 10.1.0.7"),
        ("not-seen", "away", "silent"),
    ]


def test_a_field_that_one_run_could_not_read_is_no_change(say, cam):
    assert diff(say.run(0, cam), say.run(7, say.seen("cam", "10.1.0.5", model="M1"))).exit_code == 0


@pytest.mark.parametrize(
    ("view", "device", "detail"),
    [
        ({}, None, "silent"),
        ({"others": {"10.1.0.5"}}, None, "another device answers there now"),
        ({"answered": {"10.1.0.5"}, "others": ()}, None, "something answers there that could be it"),
        ({}, Rung.SERIAL, "next answers there now"),
        ({}, Rung.ADDRESS, "something answers there that could be it"),
    ],
)
def test_what_answers_at_the_address_of_what_was_not_seen_is_said(view, device, detail, say, cam):
    there = [say.seen("next", "10.1.0.5", rung=device)] if device else []
    found = diff(say.run(0, cam), say.run(7, *there, networks=(say.network(**view),)))

    assert [one.detail for one in found.changes if one.kind is ChangeKind.NOT_SEEN] == [detail]


@pytest.mark.parametrize(
    ("view", "reason"),
    [
        ({"interrupted": True}, "run-lab-007.0 was interrupted there"),
        ({"covered": ()}, "run-lab-007.0 did not cover it whole"),
        ({"covered": ("sadp",)}, "run-lab-007.0 covered it by sadp"),
    ],
)
def test_what_was_not_covered_alike_is_left_out_with_its_reason(view, reason, say, cam):
    found = diff(say.run(0, cam), say.run(7, networks=(say.network(**view),)))

    assert (found.exit_code, found.changes) == (4, ())
    assert found.left_out == (
        LeftOut(say.NET, f"run-lab-000.0 covered it by tcp; {reason}"),
        LeftOut("cam (10.1.0.5)", "not where, or not by what, both runs looked"),
    )


def test_of_a_narrower_scope_the_part_that_both_covered_is_compared(say, cam):
    high = say.seen("high", "10.1.0.205")
    found = diff(say.run(0, cam, high), say.run(7, networks=(say.network("10.1.0.0/25"),)))

    assert [one.prefix for one in found.compared] == ["10.1.0.0/25"]
    assert changes(found) == [("not-seen", "cam", "silent")]
    assert [one.what for one in found.left_out] == [f"the rest of {say.NET}", "high (10.1.0.205)"]


def test_what_only_a_method_of_one_run_finds_is_left_out(say):
    quiet = say.seen("quiet", "10.1.0.9", methods=("sadp",))
    found = diff(say.run(0, quiet), say.run(7))

    assert (found.exit_code, [one.what for one in found.left_out]) == (0, ["quiet (10.1.0.9)"])


def test_a_device_that_left_for_a_network_that_was_not_compared_has_moved(say, cam):
    found = diff(say.run(0, cam), say.run(7, say.seen("cam", "10.9.0.9")))

    assert changes(found) == [("moved", "cam", "from 10.1.0.5")]


def test_runs_of_two_sites_are_not_compared(say, cam):
    assert diff(say.run(0, cam), say.run(7, cam, site="annex")).exit_code == 4


def test_where_fewer_than_half_answered_an_outage_is_thought_of(say, cam):
    found = diff(say.run(0, cam), say.run(7, networks=(say.network(answered=say.OTHERS[:3]),)))

    assert found.exit_code == 3
    (note,) = found.notes
    assert "3 of 11 hosts" in note


def test_each_network_is_compared_in_its_own_last_two_runs(say, cam):
    one, other = say.network(), say.network("10.2.0.0/24", answered=("10.2.0.1",))
    far = say.seen("far", "10.2.0.5")
    found = last_two(
        [
            say.run(21, networks=(one,)),
            say.run(0, cam, far, networks=(one, other)),
            say.run(7, far, networks=(other,)),
            say.run(14, cam, networks=(one, say.network("10.3.0.0/24"))),
        ]
    )

    assert [(one.prefix, one.before, one.after) for one in found.compared] == [
        (say.NET, "run-lab-014.0", "run-lab-021.0"),
        ("10.2.0.0/24", "run-lab-000.0", "run-lab-007.0"),
    ]
    assert changes(found) == [("not-seen", "cam", "silent")]
    assert found.left_out == (LeftOut("lab 10.3.0.0/24", "one run only: run-lab-014.0"),)


def test_without_runs_nothing_is_comparable():
    assert last_two([]).exit_code == 4


def test_an_exclusion_that_came_between_leaves_the_rest_of_the_network_comparable(say, cam):
    out = say.seen("out", "10.1.0.0")
    pieces = tuple(
        say.network(f"10.1.0.{first}/{length}", {one for one in say.OTHERS if first == 64})
        for first, length in ((1, 32), (2, 31), (4, 30), (8, 29), (16, 28), (32, 27), (64, 26), (128, 25))
    )
    found = last_two([say.run(0, cam, out), say.run(7, cam, networks=pieces)])

    assert (found.exit_code, found.changes) == (0, ())
    assert [one.what for one in found.left_out] == [f"the rest of {say.NET}", "out (10.1.0.0)"]

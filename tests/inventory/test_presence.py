"""What a run that saw a device, or did not, changes: the rules one by one."""

from __future__ import annotations

import pytest

from scanner.inventory.life import replay
from scanner.inventory.words import EventKind
from scanner.model.identity import Rung
from scanner.model.sighting import Sighting

OWN, NEW, PHONE = "aa:aa:aa:aa:aa:01", "bb:bb:bb:bb:bb:02", "cc:cc:cc:cc:cc:03"


@pytest.fixture
def cam(say):
    """The device of most tests."""
    return say.seen("cam", "10.1.0.5", mac=OWN)


def state(*steps, device="cam"):
    return replay(steps).devices[device].state


def kinds(*steps):
    return [event.kind for event in replay(steps).events]


def silent(say, *days, **more):
    return [say.run(at, **more) for at in days]


def test_silence_in_three_sweeps_over_a_week_or_more_is_missing(say, cam):
    assert state(say.run(0, cam), *silent(say, 7, 14)) == "new"
    assert state(say.run(0, cam), *silent(say, 7, 14, 21)) == "missing"
    assert state(say.run(0, cam), *silent(say, 1, 2, 3)) == "new"


def test_one_missed_reply_or_two_are_nothing(say, cam):
    assert state(say.run(0, cam), *silent(say, 7, 14), say.run(21, cam), *silent(say, 28, 35)) == "present"


@pytest.mark.parametrize(
    "network",
    [
        {"covered": ()},
        {"covered": ("sadp",)},
        {"interrupted": True},
        {"prefix": "10.1.0.0/25"},
        {"prefix": "10.1.0.5/32", "answered": ()},
        {"prefix": "10.3.0.0/24"},
    ],
)
def test_a_sweep_that_did_not_cover_its_network_whole_by_its_method_never_counts(network, say, cam):
    sweeps = silent(say, *range(7, 200, 7), networks=(say.network(**network),))

    assert state(say.run(0, cam), say.run(1, cam), *sweeps) == "present"


def test_sweeps_of_parts_that_make_up_the_network_count(say, cam):
    halves = (say.network("10.1.0.0/25"), say.network("10.1.0.128/25", answered=()))

    assert state(say.run(0, cam), *silent(say, 7, 14, 21, networks=halves)) == "missing"


def test_an_address_that_answers_as_nobody_knows_who_may_be_the_device(say, cam):
    unclear = (say.network(answered={*say.OTHERS, "10.1.0.5"}, others=say.OTHERS),)

    assert state(say.run(0, cam), *silent(say, *range(7, 100, 7), networks=unclear)) == "new"


@pytest.mark.parametrize(
    ("rung", "expected"), [(Rung.SERIAL, "missing"), (Rung.MAC, "missing"), (Rung.ADDRESS, "new")]
)
def test_another_of_the_makers_at_its_address_counts_if_it_is_another_beyond_doubt(rung, expected, say, cam):
    other = say.seen("other", "10.1.0.5", rung=rung)

    assert state(say.run(0, cam), *(say.run(at, other) for at in (7, 14, 21))) == expected


def test_who_took_its_address_is_said_once_and_proves_no_removal(say, cam):
    laptop = (say.network(answered={*say.OTHERS, "10.1.0.5"}),)
    steps = [say.run(0, cam), *silent(say, *range(7, 140, 7), networks=laptop)]

    assert kinds(*steps).count(EventKind.REPLACED) == 1
    assert state(*steps) == "removed-unverified"


def test_a_device_that_answers_anywhere_is_there(say, cam):
    elsewhere = say.seen("cam", "10.9.0.9")
    steps = [say.run(0, cam), *silent(say, 7, 14), say.run(21, elsewhere, networks=(say.network(),))]

    assert state(*steps) == "present"
    (moved,) = [event for event in replay(steps).events if event.kind is EventKind.MOVED]
    assert moved.detail == "10.1.0.5 → 10.9.0.9"


def test_silence_at_an_address_that_it_has_left_says_nothing(say, cam):
    steps = [
        say.run(0, cam),
        say.run(7, say.seen("cam", "10.1.0.77")),
        *silent(
            say, 14, 21, 28, networks=(say.network(answered={*say.OTHERS, "10.1.0.77"}, others=say.OTHERS),)
        ),
    ]

    assert state(*steps) == "present"


def test_a_device_with_two_addresses_is_silent_when_both_are(say):
    both = say.seen("cam", "10.1.0.5", "10.2.0.5")
    nets = (say.network(), say.network("10.2.0.0/24", answered={"10.2.0.9"}))
    first = say.run(0, both, networks=nets)

    assert state(first, *silent(say, 7, 14, 21)) == "new"
    assert state(first, *silent(say, 7, 14, 21, networks=nets)) == "missing"


def test_another_site_with_the_same_prefix_says_nothing(say, cam):
    assert state(say.run(0, cam), *silent(say, 7, 14, 21, 28, site="annex")) == "new"


def test_what_moved_to_another_site_is_followed_there(say, cam):
    steps = [say.run(0, cam), say.run(7, cam, site="annex"), *silent(say, 14, 21, 28)]
    assert state(*steps) == "present"
    assert state(*steps, *silent(say, 35, 42, 49, site="annex")) == "missing"
    assert "at annex" in next(e.detail for e in replay(steps).events if e.kind is EventKind.MOVED)


def test_a_device_that_a_switch_still_lists_is_not_silent(say, cam):
    listed = (Sighting(OWN, switch="sw", port="1", uplink=True),)

    assert state(say.run(0, cam), *silent(say, 7, 14, 21, 28, sightings=listed)) == "new"


def test_missing_for_thirty_days_and_one_more_sweep_is_removed_unverified(say, cam):
    steps = [say.run(0, cam), *silent(say, 7, 14, 21, 49)]
    assert state(*steps) == "missing"
    assert state(*steps, say.run(51)) == "removed-unverified"
    assert state(*steps, say.run(51, networks=(say.network(interrupted=True),))) == "missing"
    assert state(*steps, say.run(51, networks=(say.network(answered=()),))) == "missing"


def test_time_alone_removes_nothing(say, cam):
    lives = replay([say.run(0, cam), *silent(say, 7, 14, 21)], until=say.day(400))

    assert lives.devices["cam"].state == "missing"


@pytest.mark.parametrize("methods", [("sadp",), ("sadp", "wsdiscovery")])
def test_what_only_methods_found_that_cover_no_address_is_stale_after_thirty_days(methods, say):
    cam = say.seen("cam", "10.1.0.5", methods=methods)
    assert state(say.run(0, cam), *silent(say, 7, 14, 21, 28)) == "new"
    assert state(say.run(0, cam), *silent(say, 7, 14, 21, 28, 35)) == "stale"
    assert state(say.run(0, cam), say.run(35, networks=(say.network("10.2.0.0/24"),))) == "new"
    assert state(say.run(0, cam), *silent(say, 35, 42), say.run(49, cam)) == "present"


def test_an_address_foreign_to_its_wire_is_stale_after_thirty_days(say):
    steps = [say.run(0, say.seen("cam", "192.168.1.64", methods=("sadp",))), *silent(say, 7, 28)]

    assert state(*steps) == "new"
    assert state(*steps, say.run(35)) == "stale"


def test_stale_is_moved_on_by_nothing_but_a_person_or_its_own_answer(say):
    cam = say.seen("cam", "192.168.1.64", methods=("sadp",))
    steps = [say.run(0, cam), *silent(say, *range(35, 300, 7))]

    assert state(*steps) == "stale"
    assert state(*steps, say.decision(301, "verify-removed", "cam", date="2026-03-01")) == "removed-verified"


def test_a_network_that_nobody_swept_again_makes_nothing_stale(say, cam):
    assert state(say.run(0, cam), *silent(say, 40, 80, networks=(say.network("10.2.0.0/24"),))) == "new"


def test_what_listening_heard_once_counts_by_the_method_that_had_found_it_before(say, cam):
    heard = say.run(3, say.seen("cam", "10.1.0.5", methods=("listen",)), networks=())

    assert state(say.run(0, cam), heard, *silent(say, 7, 14, 21)) == "missing"


def test_what_listening_alone_heard_is_stale_where_its_network_is_swept(say):
    heard = say.run(0, say.seen("cam", "10.1.0.5", methods=("listen",)), networks=())

    assert state(heard, *silent(say, *range(7, 36, 7))) == "stale"


@pytest.fixture
def at_port(say, cam):
    """Seen at a switch port, then missing."""
    there = (Sighting(OWN, switch="sw", port="7"), Sighting(PHONE, switch="sw", port="7"))
    return [say.run(0, cam, sightings=there), *silent(say, 7, 14, 21)]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([Sighting(NEW, switch="sw", port="7")], "removed-verified"),
        ([Sighting(PHONE, switch="sw", port="7")], "missing"),
        ([Sighting(NEW, switch="sw", port="8")], "missing"),
        ([Sighting(NEW, switch="other", port="7")], "missing"),
        ([Sighting(NEW, switch="sw", port="7", uplink=True)], "missing"),
        ([Sighting(NEW, switch="sw", port="7"), Sighting(OWN, switch="sw", port="9")], "missing"),
        ([Sighting(NEW, address="10.1.0.5")], "missing"),
        ([], "missing"),
    ],
)
def test_another_mac_at_its_port_and_its_own_at_none_verifies(rows, expected, say, at_port):
    assert state(*at_port, say.run(28, sightings=tuple(rows))) == expected


def test_another_mac_at_its_port_verifies_nothing_that_is_not_missing(say, cam):
    there, then = (Sighting(OWN, switch="sw", port="7"),), (Sighting(NEW, switch="sw", port="7"),)

    assert state(say.run(0, cam, sightings=there), say.run(7, sightings=then)) == "new"


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("2026-02-03", ""),
        ("2026-01-05", ""),
        ("2026-01-04", "a run saw it after"),
        ("2027-01-01", "had not come yet"),
        ("", "names no day"),
        ("soon", "names no day"),
    ],
)
def test_a_statement_has_a_day_after_which_no_run_saw_the_device(day, why, say, cam):
    steps = [say.run(0, cam), *silent(say, 7, 14, 21)]
    lives = replay([*steps, say.decision(30, "verify-removed", "cam", date=day)])
    refused = [event.detail for event in lives.events if event.kind is EventKind.NO_EFFECT]

    assert lives.devices["cam"].state == ("missing" if why else "removed-verified")
    assert [why in detail for detail in refused] == ([True] if why else [])


def test_a_device_that_still_answers_cannot_be_verified(say, cam):
    lives = replay(
        [say.run(0, cam), say.run(7, cam), say.decision(8, "verify-removed", "cam", date="2026-01-13")]
    )

    assert lives.devices["cam"].state == "present"
    assert "was present then" in lives.events[-1].detail


def test_a_device_that_the_makers_is_no_more_is_there_and_not_removed(say, cam):
    steps = [say.run(0, cam), *(say.run(at, cleared=frozenset({"cam"})) for at in (7, 14, 21, 28))]

    assert state(*steps) == "present"


def test_what_a_table_lists_by_its_mac_alone_is_there_and_still_counts_where_it_was(say, cam):
    listed = say.seen("cam", methods=("import",), mac=OWN)
    steps = [say.run(0, cam), say.run(1, listed, networks=())]

    assert state(*steps) == "present"
    assert replay(steps).devices["cam"].addresses == ("10.1.0.5",)
    assert state(*steps, *silent(say, 7, 14, 21)) == "missing"


# What files tell, which may be older than the run that read them.


def told(say, at, heard):
    """A file that was read on a day, and tells of the device on another."""
    return say.run(at, say.seen("cam", "10.1.0.5", methods=("import",), heard=heard), networks=())


def test_the_same_old_file_read_again_brings_nobody_back(say, cam):
    steps = [told(say, 0, -3), say.run(1, cam), *silent(say, 7, 14, 21)]

    assert state(*steps, told(say, 25, -3), told(say, 26, 0.5)) == "missing"
    assert replay(steps).transitions == replay([*steps, told(say, 25, -3)]).transitions


def test_a_file_from_before_its_removal_does_not_undo_it(say, cam):
    gone = say.decision(30, "verify-removed", "cam", date="2026-01-20")  # day 15
    steps = [say.run(0, cam), *silent(say, 7, 14, 21), gone]

    assert state(*steps, told(say, 40, 10)) == "removed-verified"
    assert state(*steps, told(say, 40, 16)) == "present"


def test_a_file_that_heard_it_between_two_sweeps_leaves_only_the_later_ones_against_it(say, cam):
    steps = [say.run(0, cam), *silent(say, 7, 14, 21), told(say, 22, 10)]

    assert state(*steps) == "present"
    assert replay(steps).devices["cam"].last_seen == say.day(10)
    assert state(*steps, say.run(28)) == "missing"


def test_a_device_that_a_file_alone_tells_of_was_seen_on_the_day_of_the_file(say):
    life = replay([told(say, 9, 2)]).devices["cam"]

    assert (life.state, life.first_seen, life.last_seen) == ("new", say.day(2), say.day(2))

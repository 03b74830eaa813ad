"""What a person can still do, and when nothing is left to do."""

from __future__ import annotations

from dataclasses import replace

from scanner.matcher.raising import by_hand
from scanner.model.coverage import AddressState
from scanner.model.device import Confidence, Device
from scanner.model.evidence import Maker
from scanner.model.explained import Explained
from scanner.model.report import GhostKind, Ignored

PROBABLE = Device("dev-1", ("10.0.0.5",), Maker.HIKVISION, Confidence.PROBABLE)
PLAIN = Explained("10.0.0.5", "run", "run.jsonl", PROBABLE, {"10.0.0.5": AddressState.ANSWERED})


def test_the_label_is_named_with_what_is_expected_on_it():
    with_model = replace(PROBABLE, model="DS-2CD2143G2-I")

    assert by_hand(PLAIN) == ("look at the label: it names the model and the serial number",)
    assert by_hand(replace(PLAIN, device=with_model)) == ("look at the label: it should name DS-2CD2143G2-I",)


def test_what_is_routed_is_better_seen_from_its_own_subnet():
    assert by_hand(replace(PLAIN, routed=True))[-1].startswith("run from the device's own subnet")


def test_nothing_is_left_to_do_where_it_is_confirmed_or_outside():
    confirmed = replace(PROBABLE, confidence=Confidence.CONFIRMED)

    assert by_hand(replace(PLAIN, device=confirmed, routed=True)) == ()
    assert by_hand(replace(PLAIN, device=None, states={"192.0.2.1": None}, routed=True)) == ()


def test_a_no_says_what_would_change_it():
    excluded = replace(PLAIN, device=None, states={"10.0.0.5": AddressState.EXCLUDED})
    blind = replace(PLAIN, device=None, states={"10.0.0.5": AddressState.BLIND}, routed=True)

    assert by_hand(excluded) == ("scan again without the exclusion, if the address may be asked",)
    assert len(by_hand(blind)) == 2


def test_what_answers_for_everything_is_better_seen_from_behind_it():
    ghost = Ignored("10.0.0.5", GhostKind.EVERY_PORT, "it accepts every port")

    (sentence,) = by_hand(replace(PLAIN, device=None, ghost=ghost))
    assert "behind the proxy" in sentence


def test_another_makers_device_needs_no_look_at_its_label():
    other = replace(PROBABLE, evidenced_maker=Maker.OTHER)

    assert by_hand(replace(PLAIN, device=other)) == ()


def test_a_device_known_by_its_mac_alone_needs_an_address_first():
    known = replace(PROBABLE, addresses=(), mac="44:19:b6:01:02:03")

    said = by_hand(replace(PLAIN, device=known, states={}))

    assert said[-1].startswith("find its address (its router's ARP table, DHCP leases)")
    assert "44:19:b6:01:02:03" in said[-1]


def test_what_files_do_not_tell_a_scan_does():
    read = replace(PLAIN, read=True, asks=False, routed=True)
    blind = replace(read, device=None, states={"10.0.0.5": AddressState.BLIND})

    assert by_hand(read)[-1].startswith("scan it, best from its own subnet")
    assert [one[:7] for one in by_hand(blind)] == ["scan it"]

"""The explanation, as a person reads it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scanner.model.coverage import AddressState, Gap
from scanner.model.device import Confidence, Device
from scanner.model.ending import Ended, Ending
from scanner.model.evidence import Claims, Evidence, Maker, Strength
from scanner.model.exhibit import Exhibit
from scanner.model.explained import Explained
from scanner.model.identity import Identity, Rung
from scanner.model.protocol import Protocol
from scanner.model.report import GhostKind, Ignored
from scanner.model.sighting import Sighting
from scanner.reporter.explain import render_explained
from scanner.reporter.wording import FILE_STATE_WORDS, STATE_WORDS

PIECE = Evidence(
    "sadp-serial",
    Protocol.SADP,
    37020,
    "Serial number of the maker's grammar",
    Strength.CONCLUSIVE,
    "DS-2CD2143G2-I20211201AAWRG12345678",
    "obs-1",
    family="serial",
    why="enough alone; source: a capture, as of 2026-11-23",
    claims=Claims(maker=Maker.HIKVISION),
)
CAMERA = Device(
    "dev-1c7a90e2b4d6f801",
    ("10.1.0.64",),
    Maker.HIKVISION,
    Confidence.CONFIRMED,
    mac="44:19:b6:01:02:03",
    rule="confirmed: a conclusive statement of the device",
    evidence=(PIECE,),
    contradictions=("The certificate names another maker",),
    would_raise=("a SADP answer",),
)
EXHIBIT = Exhibit(
    "obs-1", "10.1.0.64", Protocol.SADP, 37020, "ab" * 32, 900, b"<ProbeMatch>", at="2026-11-24"
)
FULL = Explained(
    "10.1.0.64",
    "20261124T120000Z-abc123",
    "/data/run.jsonl",
    CAMERA,
    {"10.1.0.64": AddressState.ANSWERED},
    exhibits={"obs-1": EXHIBIT},
    heard={"sadp": 1},
    endings=(
        Ended("tcp", "10.1.0.64", 80, Ending.REFUSED),
        Ended("tcp", "10.1.0.64", 443, Ending.REFUSED),
        Ended("http", "10.1.0.64", 8080, Ending.SILENT, "GET /", "nothing within 5 s"),
    ),
    notes=("every conversation was finished",),
    gaps=(Gap("all", "all", "aborted", "the run was interrupted", True),),
)


def test_every_part_of_the_judgement_is_there():
    text = render_explained(FULL, ["look at the label"])

    for words in (
        "made by Hikvision (confirmed)",
        "id dev-1c7a90e2b4d6f801, MAC 44:19:b6:01:02:03",
        "10.1.0.64: answered: ",
        "Rule:  confirmed: a conclusive statement of the device",
        "1. conclusive: Serial number of the maker's grammar",
        "sadp port 37020, signature sadp-serial, family serial",
        "says: DS-2CD2143G2-I20211201AAWRG12345678",
        "why: enough alone; source: a capture",
        "bytes 0 to 12 of 900, sha256",
        "What contradicts\n  - The certificate names another maker",
        "What would raise it\n  - a SADP answer\n  - look at the label",
        "tcp: port 80, port 443: refused",
        "http: GET /: silent (nothing within 5 s)",
        "gap, all, all: the run was interrupted",
        "Run 20261124T120000Z-abc123, journal /data/run.jsonl",
    ):
        assert words in text


@pytest.mark.parametrize("state", list(AddressState))
def test_a_no_says_the_state_of_the_address(state):
    text = render_explained(replace(FULL, device=None, states={"10.1.0.64": state}, endings=()), [])

    assert text.startswith(f"10.1.0.64: no device\n  10.1.0.64: {state.value}: {STATE_WORDS[state]}")
    assert "Evidence" not in text


def test_what_lies_outside_says_so_with_the_scope():
    outside = replace(FULL, device=None, states={"192.0.2.1": None}, scope="10.1.0.0/24", endings=())

    assert "outside the scope of this run, so it was not asked\n  Scope: 10.1.0.0/24" in render_explained(
        outside, []
    )


def test_a_router_outside_that_was_asked_for_its_tables_says_that_it_was_asked_nothing_else():
    ended = (Ended("snmp-router", "192.0.2.1", 161, Ending.COMPLETE),)
    named = replace(FULL, device=None, states={"192.0.2.1": None}, endings=ended)

    said = render_explained(named, [])

    assert "outside the scope of this run: it was asked what stands below" in said
    assert "snmp-router" in said


def test_the_switch_port_stands_in_the_head():
    device = replace(FULL.device, seen_at=(Sighting("44:19:b6:01:02:03", "", "core-1", "Gi1/0/7"),))

    assert "\n  plugged in at Gi1/0/7 of core-1\n" in render_explained(replace(FULL, device=device), [])
    bundled = replace(device, seen_at=tuple(replace(one, port="Po3") for one in device.seen_at))
    assert "at one of the sockets that Po3 bundles of" in render_explained(replace(FULL, device=bundled), [])


def test_a_run_that_asks_nobody_says_so():
    heard = replace(FULL, asks=False, endings=())
    unheard = replace(heard, device=None, states={"10.1.0.9": None})

    assert "10.1.0.64: it spoke; this run asked nobody" in render_explained(heard, [])
    assert "10.1.0.9: nothing of it was heard or read; this run asked nobody" in render_explained(unheard, [])
    assert "Scope" not in render_explained(unheard, [])


@pytest.mark.parametrize("rung", list(Rung))
def test_what_its_id_stands_for_and_why_it_was_joined_is_said(rung):
    identity = Identity(rung, "key", ("10.1.0.64 and 10.1.0.65 state the same serial number",))

    text = render_explained(replace(FULL, device=replace(CAMERA, identity=identity)), [])

    assert "  named by its " in text
    assert "  10.1.0.64 and 10.1.0.65 state the same serial number" in text


def test_a_ghost_says_what_shows_that_it_is_no_device():
    ghost = Ignored(
        "10.1.0.64", GhostKind.EVERY_PORT, "it accepts every port", ("port 47123 accepts\x1b[2J too",)
    )

    text = render_explained(replace(FULL, device=None, ghost=ghost), [])

    assert "  ignored, as no device: it accepts every port\n    port 47123 accepts too" in text


def test_another_makers_device_says_why_it_is_not_called_ours():
    piece = replace(PIECE, claims=Claims(maker=Maker.OTHER, maker_name="Axis"))
    other = replace(CAMERA, evidenced_maker=Maker.OTHER, maker_name="Axis", evidence=(piece,))

    text = render_explained(replace(FULL, device=other), [])

    assert "made by Axis (confirmed)" in text
    assert "conclusive for Axis: " in text
    assert "not called Hikvision" in text


def test_a_device_without_a_maker_says_what_it_answered():
    unknown = Device("dev-2", ("10.1.0.64",), rule="none: nothing that was heard speaks for any maker")

    text = render_explained(replace(FULL, device=unknown, exhibits={}), [])

    assert "maker not known" in text
    assert "It answered (1 sadp)" in text


def test_nothing_of_a_device_reaches_the_terminal_as_an_order():
    bad = "\x1b[2Jx\x9b31m\u202ey"
    piece = replace(PIECE, excerpt=bad, claim=bad, signature=bad, family=bad, why=bad, observation=bad)
    device = replace(
        CAMERA, model=bad, serial=bad, firmware=bad, presented_brand=bad, rule=bad, evidence=(piece,),
        contradictions=(bad,), would_raise=(bad,), maker_name=bad, addresses=(bad,),
    )  # fmt: skip
    hostile = replace(
        FULL,
        asked_for=bad,
        device=device,
        states={bad: AddressState.ANSWERED},
        exhibits={bad: replace(EXHIBIT, request=bad, source=bad, interface=bad, at=bad)},
        endings=(Ended(bad, bad, 1, Ending.FAULT, bad, bad),),
        notes=(bad,),
        gaps=(Gap(bad, bad, bad, bad, True),),
        scope=bad,
    )

    for one in (hostile, replace(hostile, device=None, states={bad: None})):
        text = render_explained(one, [bad])
        assert not set(text) & {"\x1b", "\x9b", "\u202e"}
        assert "\n" not in text.replace("\n", "", text.count("\n"))


def test_lines_keep_to_the_width():
    text = render_explained(FULL, ["words " * 60], width=72)

    assert max(len(line) for line in text.splitlines() if "sha256" not in line) <= 72


@pytest.mark.parametrize("state", list(AddressState))
def test_files_that_were_read_show_other_things_than_a_scan(state):
    read = replace(FULL, asks=False, read=True, device=None, states={"10.1.0.64": state}, endings=())

    said = " ".join(render_explained(read, []).split())

    assert f"10.1.0.64: {state.value}: {FILE_STATE_WORDS[state]}; this run asked nobody" in said


def test_what_files_say_of_an_address_outside_their_scope_was_passed_over():
    outside = replace(FULL, asks=False, read=True, device=None, states={"192.0.2.1": None}, endings=())

    within = render_explained(replace(outside, scope="10.1.0.0/24"), [])
    everywhere = render_explained(replace(outside, scope=""), [])

    assert "192.0.2.1: outside the scope of this run, so what the files say of it was passed over" in within
    assert "  Scope: 10.1.0.0/24" in within
    assert "192.0.2.1: nothing of it was heard or read" in everywhere
    assert "Scope" not in everywhere


def test_a_device_known_by_its_mac_alone_did_not_answer():
    known = Device("dev-1", (), Maker.UNKNOWN, Confidence.NONE, mac="00:0c:29:01:02:03", rule="none: nothing")

    text = render_explained(replace(FULL, device=known, states={}, exhibits={}), [])

    assert text.startswith("device with the MAC address 00:0c:29:01:02:03: maker not known\n")
    assert "Only its MAC address is known: it was not heard at an address, and not asked." in text
    assert "It answered" not in text

"""Rounds, limits and refusals with a link that is played; real ones are in ``tests/netns/test_frames.py``."""

from __future__ import annotations

import ipaddress
import os

import pytest
from scapy.layers.l2 import ARP, Ether

from scanner.transports import frames, packets
from scanner.transports.frames import Frames
from scanner.transports.interfaces import Interface

pytestmark = pytest.mark.usefixtures("no_scapy_look_ups")

ONE, NINE = "02:00:00:00:00:01", "02:00:00:00:00:09"
PLAYED = Interface(
    "x0",
    2,
    (ipaddress.IPv4Interface("10.0.0.1/24"), ipaddress.IPv4Interface("10.0.1.1/24")),
    (ipaddress.IPv6Interface("fe80::1/64"),),
    multicast=True,
    loopback=False,
    up=True,
)
BARE = Interface("x0", 2, (), (), multicast=True, loopback=False, up=True)


class PlayedLink:
    """Answers for the addresses in ``present``, from the ``round``-th question on."""

    def __init__(self, present=(), deaf_for=0, error=None):
        self.mac = ONE
        self.present, self.deaf_for, self.error = set(present), deaf_for, error
        self.asked: list[str] = []
        self.sources: list[str] = []
        self.waiting: list[bytes] = []
        self._reader, self._writer = os.pipe()

    def fileno(self):
        return self._reader

    def send(self, frame):
        if self.error:
            raise self.error
        request = Ether(frame)[ARP]
        self.asked.append(request.pdst)
        self.sources.append(request.psrc)
        if request.pdst in self.present and self.asked.count(request.pdst) > self.deaf_for:
            self.play(
                Ether(src=NINE, dst=ONE) / ARP(op="is-at", pdst="10.0.0.1", hwsrc=NINE, psrc=request.pdst)
            )

    def play(self, packet):
        self.waiting.append(bytes(packet))
        os.write(self._writer, b".")

    def receive(self):
        os.read(self._reader, 1)
        return self.waiting.pop(0)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self._reader)
        os.close(self._writer)


@pytest.fixture
def play(monkeypatch):
    def install(link):
        monkeypatch.setattr(packets, "Link", lambda name, ethertype: link)
        return link

    return install


def test_those_that_answered_are_not_asked_again(recording_gate, play):
    link = play(PlayedLink(["10.0.0.5"]))
    heard = Frames(recording_gate, PLAYED, asked_at=(0, 0.02), wait=0.01).who_has(["10.0.0.5", "10.0.0.6"])
    assert link.asked == ["10.0.0.5", "10.0.0.6", "10.0.0.6"]
    assert [(found.address, found.mac, found.interface, found.state) for found in heard.found] == [
        ("10.0.0.5", NINE, "x0", "answered")
    ]
    assert heard.found[0].present
    assert (heard.sent, heard.reductions) == (3, ())


def test_a_lost_question_is_made_good_and_the_end_comes_early(recording_gate, play):
    link = play(PlayedLink(["10.0.0.5"], deaf_for=1))
    heard = Frames(recording_gate, PLAYED, asked_at=(0, 0.02, 60), wait=60).who_has(["10.0.0.5"])
    assert link.asked == ["10.0.0.5"] * 2
    assert len(heard.found) == 1


def test_the_question_comes_from_our_address_in_the_same_prefix(recording_gate, play):
    link = play(PlayedLink())
    Frames(recording_gate, PLAYED, asked_at=(0,), wait=0.01).who_has(["10.0.1.9", "192.168.1.64"])
    assert link.sources == ["10.0.1.1", "10.0.0.1"]


def test_every_frame_passes_the_gate_and_its_pace(recording_gate, play):
    play(PlayedLink())
    recording_gate.delay = 0.001
    Frames(recording_gate, PLAYED, asked_at=(0,), wait=0.01).who_has(["10.0.0.5", "10.0.0.6"])
    assert [what[0] for what in recording_gate.asked] == ["frame", "pace", "frame", "pace"]
    assert recording_gate.asked[0][1] == "x0"


def test_a_refused_frame_is_not_sent_and_is_told(recording_gate, play):
    link = play(PlayedLink())
    recording_gate.refusing.add("frame")
    heard = Frames(recording_gate, PLAYED, asked_at=(0,), wait=0.01).who_has(["10.0.0.5"])
    assert link.asked == []
    assert [reduction.reason for reduction in heard.reductions] == [
        "not asked: the test refuses every frame",
        "no frame could be sent",
    ]
    assert heard.reductions[-1].total


def test_a_link_that_does_not_carry_is_told(recording_gate, play):
    play(PlayedLink(error=OSError(100, "Network is down")))
    heard = Frames(recording_gate, PLAYED, asked_at=(0,), wait=0.01).who_has(["10.0.0.5"])
    assert heard.reductions[0].reason == "a frame could not be sent: Network is down"


def test_a_large_prefix_is_cut_and_the_cut_is_told(recording_gate, play, monkeypatch):
    monkeypatch.setattr(frames, "ARP_LIMIT", 2)
    link = play(PlayedLink())
    asked = Frames(recording_gate, PLAYED, asked_at=(0,), wait=0.01)
    heard = asked.who_has(["10.0.0.5", "10.0.0.5", "10.0.0.6", "10.0.0.7"])
    assert link.asked == ["10.0.0.5", "10.0.0.6"]
    assert heard.reductions[0].reason == "only the first 2 addresses were asked for by ARP"


def test_a_flood_does_not_hold_up_the_questions(recording_gate, play, monkeypatch):
    monkeypatch.setattr(frames, "FOUND_LIMIT", 3)
    link = play(PlayedLink())
    for number in range(200):
        link.play(
            Ether(src=NINE, dst=ONE) / ARP(op="is-at", pdst="10.0.0.1", hwsrc=NINE, psrc=f"10.9.0.{number}")
        )
    heard = Frames(recording_gate, PLAYED, asked_at=(0,), wait=0.05).who_has(["10.0.0.5"])
    assert link.asked == ["10.0.0.5"]
    assert len(heard.found) == 3


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (PermissionError(1, "Operation not permitted"), "raw sockets need the capability CAP_NET_RAW (root)"),
        (OSError(19, "No such device"), "no raw socket: No such device"),
    ],
)
def test_without_a_raw_socket_nothing_is_asked(recording_gate, monkeypatch, error, reason):
    def refuse(name, ethertype):
        raise error

    monkeypatch.setattr(packets, "Link", refuse)
    asked = Frames(recording_gate, PLAYED)
    for heard in (asked.who_has(["10.0.0.5"]), asked.all_nodes()):
        (reduction,) = heard.reductions
        assert (reduction.reason, reduction.total, heard.sent) == (reason, True, 0)


def test_an_interface_without_addresses_is_told(recording_gate):
    asked = Frames(recording_gate, BARE)
    assert asked.who_has(["10.0.0.5"]).reductions[0].reason == "the interface has no IPv4 address"
    assert asked.all_nodes().reductions[0].reason == "the interface has no IPv6 address"

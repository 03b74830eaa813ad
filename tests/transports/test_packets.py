"""Built and read; the sockets are tried in ``tests/netns/test_frames.py``."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scapy.layers.inet6 import ICMPv6EchoReply, ICMPv6EchoRequest, IPv6
from scapy.layers.l2 import ARP, Ether

from scanner.policy.gate import Gate, Link
from scanner.policy.rules import Limits
from scanner.scope import Scope, parse_target
from scanner.transports import packets

pytestmark = pytest.mark.usefixtures("no_scapy_look_ups")

OURS, THEIRS = "02:00:00:00:00:01", "02:00:00:00:00:02"


def test_an_arp_request_is_what_the_gate_lets_pass():
    frame = packets.arp_request(OURS, "10.0.0.1", "10.0.0.9")
    assert frame[:6] == b"\xff" * 6
    assert frame[12:14] == b"\x08\x06"
    assert frame[28:32] == ipaddress.IPv4Address("10.0.0.1").packed
    gate = Gate(Scope.of([parse_target("10.0.0.0/24")]), Limits(), links=[Link("x0", 2, (), "named")])
    gate.frame("x0", frame)


def test_an_echo_request_is_what_the_gate_lets_pass():
    frame = packets.echo_to_all(OURS, "fe80::1")
    assert frame[:6] == b"\x33\x33\x00\x00\x00\x01"
    assert frame[21] == 1  # hop limit
    gate = Gate(Scope.of([parse_target("10.0.0.0/24")]), Limits(), links=[Link("x0", 2, (), "named")])
    gate.frame("x0", frame)


def test_an_arp_reply_names_its_sender():
    reply = Ether(src=THEIRS, dst=OURS) / ARP(
        op="is-at", hwsrc=THEIRS.upper(), psrc="10.0.0.9", pdst="10.0.0.1"
    )
    assert packets.arp_sender(bytes(reply)) == ("10.0.0.9", THEIRS)


def test_an_arp_request_of_someone_else_is_no_answer():
    assert packets.arp_sender(packets.arp_request(THEIRS, "10.0.0.9", "10.0.0.1")) is None


def echo_reply(**fields):
    return bytes(
        Ether(src=THEIRS, dst=OURS, type=0x86DD)
        / IPv6(src="fe80::2", dst="fe80::1")
        / ICMPv6EchoReply(**({"id": packets._ECHO_ID} | fields))
    )


def test_an_echo_reply_names_its_sender():
    assert packets.echo_sender(echo_reply()) == ("fe80::2", THEIRS)


def test_an_echo_reply_to_another_process_is_none_of_ours():
    assert packets.echo_sender(echo_reply(id=packets._ECHO_ID ^ 1)) is None
    request = (
        Ether(src=THEIRS, dst=OURS)
        / IPv6(src="fe80::2", dst="fe80::1")
        / ICMPv6EchoRequest(id=packets._ECHO_ID)
    )
    assert packets.echo_sender(bytes(request)) is None


@pytest.mark.parametrize("read", [packets.arp_sender, packets.echo_sender])
@pytest.mark.parametrize("frame", [b"", b"\x00" * 5, b"\x00" * 14])
def test_a_stump_is_no_answer(read, frame):
    assert read(frame) is None


@settings(max_examples=60, deadline=None)
@given(cut=st.integers(0, 80), tail=st.binary(max_size=60))
def test_a_cut_and_continued_frame_never_raises(cut, tail):
    reply = bytes(
        Ether(src=THEIRS, dst=OURS) / ARP(op="is-at", hwsrc=THEIRS, psrc="10.0.0.9", pdst="10.0.0.1")
    )
    for whole, read in ((reply, packets.arp_sender), (echo_reply(), packets.echo_sender)):
        answer = read(whole[:cut] + tail)
        assert answer is None or len(answer) == 2

"""Frames as a wire carries them, whole, tagged, cut and nonsensical."""

from __future__ import annotations

import socket
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as some

from scanner.parsers.frame import Packet, PacketKind, read_frame

MAC = "44:19:b6:01:02:03"
ETHER = b"\xff" * 6 + bytes.fromhex("4419b6010203")
UDP = struct.pack("!HHHH", 37020, 3702, 12, 0) + b"word"


def ipv4(
    body: bytes = UDP, source: str = "10.0.0.5", *, more: int = 0, protocol: int = 17, options: bytes = b""
) -> bytes:
    size = 20 + len(options)
    head = struct.pack("!BBHHHBBH", 0x40 | size // 4, 0, size + len(body), 1, more, 1, protocol, 0)
    return (
        b"\x08\x00" + head + socket.inet_aton(source) + socket.inet_aton("239.255.255.250") + options + body
    )


def ipv6(body: bytes = UDP, following: int = 17, source: str = "fe80::1") -> bytes:
    head = struct.pack("!IHBB", 6 << 28, len(body), following, 1)
    return (
        b"\x86\xdd" + head + socket.inet_pton(socket.AF_INET6, source)
        + socket.inet_pton(socket.AF_INET6, "ff02::c") + body
    )  # fmt: skip


ARP = (
    b"\x08\x06\x00\x01\x08\x00\x06\x04\x00\x01"
    + bytes.fromhex("4419b6010203")
    + bytes([10, 0, 0, 5])
    + bytes(10)
)
TELLING = Packet(PacketKind.UDP, MAC, "10.0.0.5", b"word", 37020, 3702)


@pytest.mark.parametrize(
    "frame",
    [
        ETHER + ipv4(),
        ETHER + ipv4() + bytes(18),
        ETHER + b"\x81\x00\x00\x07" + ipv4(),
        ETHER + b"\x88\xa8\x00\x07\x81\x00\x00\x08" + ipv4(),
        ETHER + ipv4(options=b"\x94\x04\x00\x00"),
        ETHER + ipv4(more=0x2000),
    ],
)
def test_a_datagram_is_found_with_its_sender_behind_tags_options_and_padding(frame):
    assert read_frame(frame) == TELLING


def test_a_datagram_over_ipv6_is_found_behind_extension_headers():
    hop_by_hop = b"\x11\x00\x01\x04\x00\x00\x00\x00"

    for frame in (ipv6(), ipv6(hop_by_hop + UDP, 0)):
        found = read_frame(ETHER + frame)
        assert found is not None
        assert (found.address, found.payload, found.source_port) == ("fe80::1", b"word", 37020)


def test_the_sender_of_an_arp_message_is_who_it_states():
    found = read_frame(b"\xff" * 6 + bytes(6) + ARP)

    assert found is not None
    assert (found.kind, found.mac, found.address) == (PacketKind.ARP, MAC, "10.0.0.5")


def test_who_has_no_address_yet_is_known_by_mac_alone():
    probe = ARP.replace(bytes([10, 0, 0, 5]), bytes(4), 1)

    assert (read_frame(ETHER + probe) or TELLING).address == ""
    assert (read_frame(ETHER + ipv4(source="0.0.0.0")) or TELLING).address == ""
    assert (read_frame(ETHER + ipv4(source="224.0.0.1")) or TELLING).address == ""
    assert (read_frame(ETHER + ipv4(source="255.255.255.255")) or TELLING).address == ""


def test_a_raw_discovery_frame_is_kept_whole_without_its_tag():
    frame = ETHER + b"\x80\x33" + b"\x21" + bytes(60)

    assert read_frame(frame) == Packet(PacketKind.SADP, MAC, "", frame)
    assert read_frame(frame[:12] + b"\x81\x00\x00\x01" + frame[12:]) == Packet(
        PacketKind.SADP, MAC, "", frame
    )


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        ETHER,
        ETHER + b"\x88\xcc" + bytes(60),
        ETHER + ipv4(more=0x0001),
        ETHER + ipv4(protocol=6),
        ETHER + ipv4()[:20],
        ETHER + ipv4(b""),
        ETHER + ipv4(struct.pack("!HHHH", 1, 2, 8, 0)),
        ETHER + ipv6()[:30],
        ETHER + ipv6(following=6),
        ETHER + ARP[:20],
        ETHER + ARP.replace(b"\x00\x01\x08\x00", b"\x00\x06\x08\x00", 1),
        ETHER + ARP.replace(bytes.fromhex("4419b6010203"), b"\xff" * 6, 1),
    ],
)
def test_anything_else_is_nothing(frame):
    assert read_frame(frame) is None


@given(
    some.binary(max_size=200),
    some.sampled_from([b"\x08\x00", b"\x86\xdd", b"\x08\x06", b"\x80\x33", b"\x81\x00"]),
)
def test_no_bytes_make_it_fail(rest, kind):
    read_frame(ETHER + kind + rest)


@given(some.integers(0, 60), some.binary(max_size=8))
def test_a_frame_that_is_cut_or_changed_never_fails(cut, noise):
    for whole in (ETHER + ipv4(), ETHER + ipv6(), ETHER + ARP):
        read_frame(whole[:cut] + noise + whole[cut:])

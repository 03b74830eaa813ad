"""What one packet says; the whole way from a capture is in test_pcap."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.importers.datagrams import frame_heard, neighbour_heard, udp_heard
from scanner.importers.layers import ARP, Datagram
from scanner.model.protocol import Protocol

MAC = bytes.fromhex("4419b6010203")


def bootp(
    op: int,
    kind: int,
    *options: bytes,
    own: bytes = b"\x00" * 4,
    given: bytes = b"\x00" * 4,
    mac: bytes = MAC,
) -> bytes:
    head = bytes((op, 1, 6, 0)) + b"\x00" * 8 + own + given + b"\x00" * 8 + mac + b"\x00" * 202
    return head + bytes.fromhex("63825363") + bytes((53, 1, kind)) + b"".join(options) + b"\xff"


def frame(kind: int, packed: bytes = b"\x0a\x00\x00\x05") -> bytes:
    body = b"\x21" + b"\x00" * 9 + bytes((kind,)) + b"\x00" * 3 + MAC + packed + b"\x00" * 40
    return b"\x02" * 6 + MAC + b"\x80\x33" + body


@pytest.mark.parametrize(
    ("message", "host"),
    [
        (bootp(1, 1), MAC.hex(":")),
        (bootp(1, 3, bytes((50, 4, 10, 0, 0, 5))), "10.0.0.5"),
        (bootp(1, 1, bytes((50, 4, 10, 0, 0, 5))), MAC.hex(":")),
        (bootp(1, 3, own=b"\x0a\x00\x00\x07"), "10.0.0.7"),
    ],
)
def test_a_client_speaks_under_the_address_that_it_has_or_is_about_to_have(message, host):
    assert [(one.host, one.protocol) for one in udp_heard("0.0.0.0", 68, 67, message)] == [
        (host, Protocol.DHCP)
    ]


def test_a_servers_acknowledgement_gives_a_mac_its_address_and_an_offer_does_not():
    granted = bootp(2, 5, given=b"\x0a\x00\x00\x05")

    assert [(one.host, one.payload) for one in udp_heard("10.0.0.1", 67, 68, granted)] == [
        ("10.0.0.5", MAC.hex(":").encode())
    ]
    assert udp_heard("10.0.0.1", 67, 68, bootp(2, 2, given=b"\x0a\x00\x00\x05")) == []


def test_a_group_or_nothing_is_no_client():
    assert udp_heard("0.0.0.0", 68, 67, bootp(1, 1, mac=b"\x01" + MAC[1:])) == []
    assert udp_heard("0.0.0.0", 68, 67, bootp(1, 1, mac=b"\x00" * 6)) == []
    assert udp_heard("0.0.0.0", 68, 67, b"\x01" * 300) == []
    assert udp_heard("10.0.0.1", 68, 67, b"") == []


@pytest.mark.parametrize(("kind", "heard"), [(1, True), (4, True), (3, False), (0, False)])
def test_a_raw_frame_is_heard_only_from_a_device(kind, heard):
    data = frame(kind)

    assert [one.host for one in frame_heard(data, 0x8033, 14, 1)] == (["10.0.0.5"] if heard else [])


def test_a_device_without_an_address_is_named_by_its_mac_and_a_tag_is_taken_out():
    plain = frame(1, b"\x00" * 4)
    tagged = plain[:12] + b"\x81\x00\x00\x07" + plain[12:]

    (found,) = frame_heard(tagged, 0x8033, 18, 1)
    assert (found.host, found.payload) == (MAC.hex(":"), plain)
    assert frame_heard(plain, 0x8033, 16, 113) == []


@pytest.mark.parametrize(
    "body", [b"", b"\x00\x01\x08\x00\x06\x04\x00\x01" + b"\x01" * 20, b"\x00\x06" + b"\x00" * 30]
)
def test_arp_of_no_station_says_nothing(body):
    assert frame_heard(body, ARP, 0, 1) == []


@given(
    st.binary(max_size=400),
    st.sampled_from([67, 68, 1900, 3702, 5353, 37020]),
    st.sampled_from([67, 68, 1900, 9]),
)
def test_no_bytes_make_it_fail(data, source, target):
    udp_heard("10.0.0.5", source, target, data)
    frame_heard(data, ARP, 0, 1)
    frame_heard(data, 0x8033, 14, 1)
    neighbour_heard(Datagram(58, b"\xfe" * 16, b"\xff" * 16, data))

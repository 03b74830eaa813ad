"""Packets taken apart, whole, tagged, cut and nonsensical; the link types as a whole are proven in test_pcap."""

from __future__ import annotations

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.parsers import layers
from scanner.parsers.layers import (
    ETHERNET,
    IPV4,
    IPV6,
    SADP,
    Frame,
    Internet,
    address,
    frame_of,
    own_address,
    segment_of,
    sender_mac,
    udp_of,
)

SOURCE, TARGET = b"\x0a\x00\x00\x05", b"\x0a\x00\x00\x01"
MAC = "44:19:b6:01:02:03"
ETHER = b"\xff" * 6 + bytes.fromhex(MAC.replace(":", ""))


def four(payload: bytes, *, flags: int = 0, number: int = 1, total: int | None = None) -> bytes:
    size = 20 + len(payload) if total is None else total
    return (
        b"\x45\x00"
        + size.to_bytes(2, "big")
        + number.to_bytes(2, "big")
        + flags.to_bytes(2, "big")
        + b"\x40\x11\x00\x00"
        + SOURCE
        + TARGET
        + payload
    )


def test_an_address_has_one_spelling():
    assert address(SOURCE) == "10.0.0.5"
    assert address(b"\x00" * 10 + b"\xff\xff" + SOURCE) == "10.0.0.5"


@pytest.mark.parametrize(
    "packed",
    [bytes(4), bytes(16), b"\xff" * 4, b"\xe0\x00\x00\x01", socket.inet_pton(socket.AF_INET6, "ff02::1")],
)
def test_none_a_group_and_the_broadcast_are_nobodys_own_address(packed):
    assert own_address(packed) == ""


def test_an_own_address_has_one_spelling():
    assert own_address(SOURCE) == "10.0.0.5"
    assert own_address(b"\x00" * 10 + b"\xff\xff" + SOURCE) == "10.0.0.5"


@pytest.mark.parametrize(
    ("data", "link", "expected"),
    [
        (ETHER, ETHERNET, MAC),
        (b"\x00\x00\x00\x01\x00\x06" + ETHER[6:] + b"\x00\x00", 113, MAC),
        (b"\x00\x00\x00\x01\x00\x08" + bytes(8), 113, ""),
        (b"\x45" + bytes(19), 101, ""),
        (b"\xff" * 12, ETHERNET, ""),
        (b"", ETHERNET, ""),
    ],
)
def test_who_sent_a_frame_is_told_where_the_link_says_it(data, link, expected):
    assert sender_mac(data, link) == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (ETHER + b"\x80\x33", Frame(SADP, 14)),
        (ETHER + b"\x81\x00\x00\x07\x08\x00", Frame(IPV4, 18)),
        (ETHER + b"\x88\xa8\x00\x07\x81\x00\x00\x08\x08\x00", Frame(IPV4, 22)),
        (ETHER + b"\x88\xcc", Frame(0x88CC, 14)),
        (ETHER, None),
    ],
)
def test_tags_are_passed_over(data, expected):
    assert frame_of(data, ETHERNET) == expected


@pytest.mark.parametrize(
    ("data", "link", "expected"),
    [
        (b"\x45", 101, Frame(IPV4, 0)),
        (b"\x60", 101, Frame(IPV6, 0)),
        (b"\x00", 101, None),
        (b"", 101, None),
        (b"\x00" * 13, 1, None),
        (b"\x00" * 12 + b"\x81\x00" * 10, 1, None),
        (b"\x00" * 12 + b"\x81\x00\x00", 1, None),
        (b"\x00" * 30, 9999, None),
        (b"\x08\x00" + b"\x00" * 10, 276, None),
    ],
)
def test_a_frame_that_is_cut_or_not_known_is_none(data, link, expected):
    assert frame_of(data, link) == expected


def test_a_length_of_zero_is_what_the_card_will_cut_later():
    found = Internet().datagram(four(b"payload", total=0), Frame(IPV4, 0))

    assert found is not None
    assert found.payload == b"payload"


def test_padding_of_the_link_is_no_payload():
    found = Internet().datagram(four(b"abc") + b"\x00" * 20, Frame(IPV4, 0))

    assert found is not None
    assert found.payload == b"abc"


def test_options_of_ipv4_are_passed_over_and_a_header_too_short_to_be_one_is_damage():
    data = four(b"\x94\x04\x00\x00payload")
    found = Internet().datagram(b"\x46" + data[1:], Frame(IPV4, 0))

    assert found is not None
    assert found.payload == b"payload"
    assert Internet().datagram(b"\x44" + data[1:], Frame(IPV4, 0)) is None


def test_the_first_piece_is_given_as_it_is_where_the_others_never_come_in():
    internet = Internet(assemble=False)
    first = internet.datagram(four(b"x" * 8, flags=0x2000), Frame(IPV4, 0))

    assert first is not None
    assert first.payload == b"x" * 8
    assert internet.datagram(four(b"y" * 8, flags=0x0001), Frame(IPV4, 0)) is None
    assert not internet._pieces


def test_pieces_are_bounded(monkeypatch):
    monkeypatch.setattr(layers, "FRAGMENTS_LIMIT", 4)
    internet = Internet()
    for number in range(100):
        assert internet.datagram(four(b"x" * 8, flags=0x2000, number=number), Frame(IPV4, 0)) is None

    assert len(internet._pieces) == 4


def test_the_beginning_of_what_never_became_whole_is_known():
    internet = Internet()
    internet.datagram(four(b"a" * 8, flags=0x2000, number=1), Frame(IPV4, 0))
    waited = internet.waiting
    internet.datagram(four(b"b" * 8, flags=0x2001, number=1), Frame(IPV4, 0))
    internet.datagram(four(b"c" * 8, flags=0x2003, number=1), Frame(IPV4, 0))
    internet.datagram(four(b"d" * 8, flags=0x2001, number=2), Frame(IPV4, 0))
    internet.datagram(four(b"e" * 8, number=3), Frame(IPV4, 0))

    assert [one.payload for one in internet.unfinished()] == [b"a" * 8 + b"b" * 8]
    assert (waited, internet.waiting) == (True, False)


def test_a_piece_beyond_the_longest_datagram_is_left_out():
    assert Internet().datagram(four(b"x" * 64, flags=0x1FFF), Frame(IPV4, 0)) is None


def test_extension_headers_of_ipv6_are_passed_over():
    head = (
        b"\x60\x00\x00\x00"
        + (16 + 8).to_bytes(2, "big")
        + b"\x00\x40"
        + b"\xfe\x80"
        + b"\x00" * 13
        + b"\x05"
        + b"\xff\x02"
        + b"\x00" * 13
        + b"\x01"
    )
    data = head + b"\x3c\x00" + b"\x00" * 6 + b"\x11\x00" + b"\x00" * 6 + b"payload!"
    found = Internet().datagram(data, Frame(IPV6, 0))

    assert found is not None
    assert (found.protocol, found.payload) == (17, b"payload!")


def test_headers_that_are_cut_are_none():
    assert segment_of(b"\x00" * 19) is None
    assert segment_of(b"\x00" * 20) is None
    assert udp_of(b"\x00" * 7) is None
    assert udp_of(b"\x00\x01\x00\x02\x00\x0a\x00\x00abcdef") == (1, 2, b"ab")


@given(st.binary(max_size=120), st.sampled_from([0, 1, 12, 101, 108, 113, 228, 229, 276]))
def test_no_bytes_make_it_fail(data, link):
    take_apart(data, link)


@given(
    st.binary(max_size=200),
    st.sampled_from([b"\x08\x00", b"\x86\xdd", b"\x08\x06", b"\x80\x33", b"\x81\x00", b"\x08\x00\x45\x00"]),
)
def test_no_bytes_in_a_frame_make_it_fail(rest, kind):
    take_apart(ETHER + kind + rest, ETHERNET)


@given(st.integers(0, 60), st.binary(max_size=8))
def test_a_frame_that_is_cut_or_changed_never_fails(cut, noise):
    whole = ETHER + b"\x08\x00" + four(b"\x90\x9c\x0e\x76\x00\x0c\x00\x00word")
    take_apart(whole[:cut] + noise + whole[cut:], ETHERNET)


def take_apart(data: bytes, link: int) -> None:
    sender_mac(data, link)
    frame = frame_of(data, link)
    if frame is None:
        return
    for internet in (Internet(), Internet(assemble=False)):
        found = internet.datagram(data, frame)
        if found is not None:
            own_address(found.source)
            segment_of(found.payload)
            udp_of(found.payload)

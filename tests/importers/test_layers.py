"""Packets taken apart; the link types as a whole are proven in test_pcap."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.importers import layers
from scanner.importers.layers import IPV4, IPV6, Frame, Internet, address, frame_of, segment_of, udp_of

SOURCE, TARGET = b"\x0a\x00\x00\x05", b"\x0a\x00\x00\x01"


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


def test_pieces_are_bounded(monkeypatch):
    monkeypatch.setattr(layers, "FRAGMENTS_LIMIT", 4)
    internet = Internet()
    for number in range(100):
        assert internet.datagram(four(b"x" * 8, flags=0x2000, number=number), Frame(IPV4, 0)) is None

    assert len(internet._pieces) == 4


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
    internet = Internet()
    frame = frame_of(data, link)
    if frame is not None:
        found = internet.datagram(data, frame)
        if found is not None:
            segment_of(found.payload)
            udp_of(found.payload)

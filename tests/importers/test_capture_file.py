"""The containers of packets."""

from __future__ import annotations

import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.importers.capture_file import Damage, Packet, is_capture, packets


def read(data: bytes):
    return list(packets(io.BytesIO(data)))


def pcap(
    *found: bytes, order: str = "<", magic: int = 0xA1B2C3D4, part: int = 500_000, link: int = 1
) -> bytes:
    data = struct.pack(f"{order}IHHiIII", magic, 2, 4, 0, 0, 65535, link)
    return data + b"".join(
        struct.pack(f"{order}IIII", 1_700_000_000, part, len(one), len(one)) + one for one in found
    )


def block(kind: int, body: bytes, order: str = "<") -> bytes:
    body += b"\x00" * (-len(body) % 4)
    size = 12 + len(body)
    return struct.pack(f"{order}II", kind, size) + body + struct.pack(f"{order}I", size)


def section(order: str = "<") -> bytes:
    return block(0x0A0D0D0A, struct.pack(f"{order}IHHq", 0x1A2B3C4D, 1, 0, -1), order)


def interface(link: int = 1, options: bytes = b"", order: str = "<", snap: int = 0) -> bytes:
    return block(1, struct.pack(f"{order}HHI", link, 0, snap) + options, order)


def enhanced(data: bytes, ticks: int, number: int = 0, order: str = "<") -> bytes:
    body = struct.pack(f"{order}IIIII", number, ticks >> 32, ticks & 0xFFFFFFFF, len(data), len(data))
    return block(6, body + data, order)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(("magic", "part"), [(0xA1B2C3D4, 500_000), (0xA1B23C4D, 500_000_000)])
def test_both_orders_and_both_units_of_time(order, magic, part):
    (found,) = read(pcap(b"data", order=order, magic=magic, part=part))

    assert (found.data, found.link, found.at()) == (b"data", 1, "2023-11-14T22:13:20.500Z")


@pytest.mark.parametrize("order", ["<", ">"])
def test_interfaces_of_pcapng_have_their_link_and_unit_of_time(order):
    nano = struct.pack(f"{order}HHB3xHHqHH", 9, 1, 9, 14, 8, 60, 0, 0)
    data = section(order) + interface(1, order=order) + interface(101, nano, order)
    data += enhanced(b"one", 1_700_000_000_500_000, 0, order) + enhanced(
        b"two", 1_700_000_000_500_000_000, 1, order
    )

    assert [(one.data, one.link, one.at()) for one in read(data)] == [
        (b"one", 1, "2023-11-14T22:13:20.500Z"),
        (b"two", 101, "2023-11-14T22:14:20.500Z"),
    ]


def test_simple_and_old_blocks_are_read_and_others_passed_over():
    old = block(2, struct.pack("<HHIIII", 0, 0, 0, 5, 3, 3) + b"old")
    simple = block(3, struct.pack("<I", 100) + b"simple")
    data = section() + block(5, b"statistics!!") + interface(snap=6) + simple + old

    assert [(one.data, one.at()) for one in read(data)] == [
        (b"simple", ""),
        (b"old", "1970-01-01T00:00:00.000Z"),
    ]


def test_a_second_section_may_have_another_order():
    data = (
        section("<")
        + interface()
        + enhanced(b"one", 1)
        + section(">")
        + interface(order=">")
        + enhanced(b"two", 1, order=">")
    )

    assert [one.data for one in read(data)] == [b"one", b"two"]


def test_a_packet_of_an_interface_that_is_not_there_is_left_out():
    assert read(section() + enhanced(b"x", 1) + block(3, b"\x01\x00\x00\x00x") + block(6, b"short")) == []


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"no capture", "no capture file"),
        (pcap()[:20], "cut within its header"),
        (pcap(b"data")[:30], "cut within a packet's header"),
        (pcap(b"data")[:-1], "cut within a packet"),
        (pcap() + struct.pack("<IIII", 0, 0, 1 << 30, 1 << 30), "damaged: a packet of 1073741824 bytes"),
        (section()[:9], "damaged: a section without a byte order"),
        (section() + b"\x01\x00\x00\x00\x05\x00\x00\x00", "damaged: a block of 5 bytes"),
        (section() + b"\x01\x00\x00\x00\xff\xff\xff\x7f", "damaged: a block of 2147483647 bytes"),
        (section() + interface()[:-3], "cut within a block"),
        (section() + b"\x01\x00", "cut within a block's header"),
    ],
)
def test_where_it_is_cut_or_damaged_reading_ends_and_says_why(data, reason):
    assert read(data)[-1] == Damage(reason)


def test_a_time_that_cannot_be_is_none():
    assert Packet(b"", 1, 1 << 80, 1).at() == ""
    assert Packet(b"", 1, 0, 1).at() == ""


def test_a_file_is_known_by_its_first_bytes():
    assert is_capture(pcap())
    assert is_capture(section())
    assert not is_capture(b"\x0a\x0d\x0d\x0a" + b"x" * 20)


@given(st.binary(max_size=200))
def test_no_bytes_make_it_fail(noise):
    for start in (b"", pcap(), section() + interface()):
        found = read(start + noise)
        assert sum(isinstance(one, Damage) for one in found) <= 1

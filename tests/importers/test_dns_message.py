"""Answers of multicast DNS as text."""

from __future__ import annotations

import struct

from hypothesis import given
from hypothesis import strategies as st

from scanner.importers.dns_message import services
from scanner.parsers import mdns


def name(text: str) -> bytes:
    return b"".join(bytes((len(label),)) + label.encode() for label in text.split(".")) + b"\x00"


def record(owner: bytes, kind: int, data: bytes) -> bytes:
    return owner + struct.pack(">HHIH", kind, 1, 120, len(data)) + data


def message(*records: bytes, questions: int = 0, flags: int = 0x8400) -> bytes:
    return struct.pack(">HHHHHH", 0, flags, questions, len(records), 0, 0) + b"".join(records)


INSTANCE = "HIKVISION DS-2CD2143G2-I._http._tcp.local"
SRV = record(name(INSTANCE), 33, struct.pack(">HHH", 0, 0, 80) + name("cam.local"))
TXT = record(name(INSTANCE), 16, b"\x05a=b c\x00\x03x=y")
A = record(name("cam.local"), 1, b"\x0a\x00\x00\x05")


def test_a_service_is_told_with_host_port_addresses_and_texts():
    (text,) = services(message(SRV, TXT, A))
    fields = mdns.read(text)

    assert fields["mdns.instance"] == ("HIKVISION DS-2CD2143G2-I",)
    assert fields["mdns.type"] == ("_http._tcp.local",)
    assert fields["mdns.address"] == ("10.0.0.5",)
    assert fields["mdns.txt"] == ("a=b c", "x=y")


def test_a_pointer_to_an_earlier_name_is_followed():
    first = record(name("_http._tcp.local"), 12, b"\x03cam\xc0\x0c")

    assert [b"instance: cam\n" in text for text in services(message(first))] == [True]


def test_a_question_tells_nothing():
    assert list(services(message(SRV, flags=0))) == []


def test_a_name_that_points_at_itself_or_ahead_ends_there():
    for pointer in (b"\xc0\x0c", b"\xc0\xff", b"\xc0"):
        assert list(services(message(record(pointer, 33, b"\x00" * 9)))) == []


def test_what_stands_before_the_damage_is_kept():
    assert len(list(services(message(SRV, TXT)[:-4]))) == 1


@given(st.binary(max_size=200))
def test_no_bytes_make_it_fail(noise):
    for data in (noise, message(SRV, A) + noise, message(noise, SRV)):
        list(services(data))

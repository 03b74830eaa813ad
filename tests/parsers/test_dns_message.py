"""Answers of multicast DNS as text."""

from __future__ import annotations

import struct

from hypothesis import given
from hypothesis import strategies as st

from scanner.parsers import mdns
from scanner.parsers.dns_message import RECORDS_LIMIT, services


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


def test_one_message_gives_only_so_many_services():
    many = [record(name(f"n{number}._http._tcp.local"), 16, b"") for number in range(500)]

    assert len(list(services(message(*many)))) <= RECORDS_LIMIT


def test_terminal_escapes_in_a_name_do_not_come_through():
    (text,) = services(message(record(name("a\x1b[2Jb\nc._http._tcp.local"), 16, b"")))

    assert b"\x1b" not in text
    assert text.count(b"\n") == 4


def test_hostile_messages_cost_little(quickly):
    quickly(lambda raw: list(services(raw)), message(b"\xc0\x0c" * 32_000))
    head = struct.pack(">HHHHHH", 0, 0x8400, 65535, 65535, 65535, 65535)
    quickly(lambda raw: list(services(raw)), head + b"\x00" * 65_000)


def test_what_stands_before_the_damage_is_kept():
    assert len(list(services(message(SRV, TXT)[:-4]))) == 1


@given(st.binary(max_size=200))
def test_no_bytes_make_it_fail(noise):
    for data in (noise, message(SRV, A) + noise, message(noise, SRV)):
        list(services(data))

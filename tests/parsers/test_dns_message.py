"""Multicast DNS messages as devices send them, and as nobody should."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as some

from scanner.model.errors import Malformed
from scanner.parsers import mdns
from scanner.parsers.dns_message import INSTANCES_AT_MOST, service_texts


def name(*labels: str) -> bytes:
    return b"".join(bytes([len(label.encode())]) + label.encode() for label in labels) + b"\x00"


def record(owner: bytes, kind: int, data: bytes) -> bytes:
    return owner + struct.pack("!HHIH", kind, 0x8001, 120, len(data)) + data


def message(*records: bytes, questions: int = 0, flags: int = 0x8400) -> bytes:
    return struct.pack("!HHHHHH", 0, flags, questions, len(records), 0, 0) + b"".join(records)


INSTANCE = ("HIKVISION DS-2CD2143G2-I", "_http", "_tcp", "local")
KIND = name("_http", "_tcp", "local")
WHOLE = message(
    record(KIND, 12, name(*INSTANCE)),
    record(name(*INSTANCE), 33, struct.pack("!HHH", 0, 0, 80) + name("DS-2CD2143G2-I", "local")),
    record(name(*INSTANCE), 16, b"\x06path=/\x00"),
    record(name("DS-2CD2143G2-I", "local"), 1, bytes([10, 0, 0, 5])),
    record(name("DS-2CD2143G2-I", "local"), 28, b"\xfe\x80" + bytes(13) + b"\x01"),
)


def test_an_announcement_becomes_the_text_of_a_record():
    (text,) = service_texts(WHOLE)
    fields = mdns.read(text)

    assert text.decode() == (
        "instance: HIKVISION DS-2CD2143G2-I\ntype: _http._tcp.local\nhost: DS-2CD2143G2-I.local\nport: 80\n"
        "address: 10.0.0.5\naddress: fe80::1\ntxt: path=/\n"
    )
    assert fields["mdns.instance"] == ("HIKVISION DS-2CD2143G2-I",)
    assert fields["mdns.txt"] == ("path=/",)


def test_names_may_point_back():
    pointing = message(record(KIND, 12, b"\x03abc\xc0\x0c"))

    assert service_texts(pointing)[0].startswith(b"instance: abc\ntype: _http._tcp.local\n")


def test_a_question_and_an_answer_without_a_service_say_nothing():
    question = message(KIND + struct.pack("!HH", 12, 1), questions=1, flags=0)

    assert service_texts(question) == []
    assert service_texts(message(record(name("host", "local"), 1, bytes(4)))) == []
    assert service_texts(message(record(name("_services", "_dns-sd", "_udp", "local"), 12, KIND))) == []


def test_one_message_gives_only_so_many_services():
    many = [record(KIND, 12, name(f"n{number}", "_http", "_tcp", "local")) for number in range(100)]

    assert len(service_texts(message(*many))) == INSTANCES_AT_MOST


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        WHOLE[:8],
        WHOLE[:20],
        WHOLE[:40],
        message(b"\xc0\x0c" + bytes(10)),
        message(b"\xc0\xff" + bytes(10)),
        message(b"\x80a" + bytes(20)),
        message(b"".join(b"\x3f" + b"a" * 63 for _ in range(5)) + b"\x00" + bytes(10)),
    ],
)
def test_what_is_cut_or_points_at_itself_is_malformed(raw):
    with pytest.raises(Malformed):
        service_texts(raw)


def test_terminal_escapes_in_a_name_do_not_come_through():
    (text,) = service_texts(message(record(KIND, 12, name("a\x1b[2Jb\nc", "_http", "_tcp", "local"))))

    assert b"\x1b" not in text
    assert text.count(b"\n") == 4


@given(some.integers(0, len(WHOLE)), some.binary(max_size=30))
def test_no_bytes_make_it_fail_otherwise(cut, noise):
    try:
        texts = service_texts(WHOLE[:cut] + noise + WHOLE[cut:])
    except Malformed:
        return
    assert all(text.startswith(b"instance: ") for text in texts)


def test_hostile_messages_cost_little(quickly):
    jumps = message(*[b"\xc0\x0c" for _ in range(1)])
    quickly(lambda raw: _read(raw), jumps + b"\xc0\x0c" * 32_000)
    quickly(
        lambda raw: _read(raw),
        struct.pack("!HHHHHH", 0, 0x8400, 65535, 65535, 65535, 65535) + b"\x00" * 65_000,
    )


def _read(raw: bytes) -> None:
    try:
        service_texts(raw)
    except Malformed:
        return

from __future__ import annotations

import struct

from zeroconf import DNSIncoming

from scanner.lab.servers.mdns import Mdns
from scanner.lab.station import UNMOVED, Station

CAMERA = Mdns("HIKVISION DS-2CD2032-I - 443700388", "DS-2CD2032-I20131210CCWR443700388", text=("path=/",))
HERE = Station("camera", "10.0.0.11", UNMOVED)


def query(name: str, flags: int = 0) -> bytes:
    wire = b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\0"
    return struct.pack("!HHHHHH", 0, flags, 1, 0, 0, 0) + wire + struct.pack("!HH", 12, 1)


def test_another_library_reads_the_answer() -> None:
    (reply,) = CAMERA.answer(query("_http._tcp.local"), HERE)
    assert reply.group == ("224.0.0.251", 5353)
    message = DNSIncoming(reply.data)
    assert message.valid
    answers = [repr(answer) for answer in message.answers()]
    assert len(answers) == 4
    assert any("HIKVISION DS-2CD2032-I - 443700388._http._tcp.local" in answer for answer in answers)
    assert any("DS-2CD2032-I20131210CCWR443700388.local" in answer for answer in answers)
    assert any("10.0.0.11" in answer for answer in answers)


def test_other_names_and_answers_are_left_alone() -> None:
    assert CAMERA.answer(query("_ipp._tcp.local"), HERE) == ()
    assert CAMERA.answer(query("_http._tcp.local", 0x8400), HERE) == ()
    assert CAMERA.answer(b"short", HERE) == ()
    assert not CAMERA.expected(b"short")
    assert CAMERA.expected(query("_ipp._tcp.local"))

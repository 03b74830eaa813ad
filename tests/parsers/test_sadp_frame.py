from __future__ import annotations

import pytest

from scanner.model.errors import Malformed
from scanner.parsers import sadp
from scanner.parsers.sadp_frame import checksum_holds, is_answer, is_frame, read

# The vendor's client's own question, a real frame (research note sadp.md §2.1).
QUESTION = bytes.fromhex(
    "ffffffffffff00155de6aa0b8033210201420000240306040300138200155de6aa0ba9fe5050ffffffffffff0000000000000000"
    "fe80000000000000647e5db09e93cd07000000000000000000000000"
)


def _text(value: bytes, size: int) -> bytes:
    return value.ljust(size, b"\x00")


def _answer(kind: int = 4, second: bool = True) -> bytes:
    """Built from the layout in the research note: no real answer was found in public sources."""
    header = b"\x21\x02\x01\xf6" + bytes(4) + b"\x06\x04" + bytes([kind]) + b"\x00\x00\x00"
    header += (
        bytes.fromhex("5850ed000085")
        + bytes([192, 0, 2, 40])
        + bytes(6)
        + bytes(4)
        + bytes([255, 255, 255, 0])
    )
    data = _text(b"DS-2CD2385G1-I20200414AAWRE33842000", 48)
    data += (141945).to_bytes(4, "big") + (8000).to_bytes(4, "big") + bytes(8)
    data += (
        _text(b"V5.6.2build 190701", 48) + _text(b"V7.3 build 190626", 48) + _text(b"2024-09-18 09:21:28", 48)
    )
    part = b"\x02\x9c\x00\x00" + bytes([192, 0, 2, 1]) + bytes(32) + b"\x40\x01\x00\x00" + bytes(28)
    part += (80).to_bytes(2, "big") + (1).to_bytes(2, "big") + b"\x00" + bytes(31)
    part += _text(b"DS-2CD2385G1-I", 24) + _text(b"N/A", 24)
    ethernet = b"\xff" * 6 + bytes.fromhex("5850ed000085") + b"\x80\x33"
    return ethernet + header + data + (part if second else b"")


def test_an_answer_is_read_from_both_parts():
    fields = read(_answer())

    assert fields["sadp.root"] == ("Frame",)
    assert fields["sadp.DeviceSN"] == ("DS-2CD2385G1-I20200414AAWRE33842000",)
    assert fields["sadp.MAC"] == ("58:50:ed:00:00:85",)
    assert fields["sadp.IPv4Address"] == ("192.0.2.40",)
    assert fields["sadp.CommandPort"] == ("8000",)
    assert fields["sadp.HttpPort"] == ("80",)
    assert fields["sadp.DeviceDescription"] == ("DS-2CD2385G1-I",)
    assert fields["sadp.OEMInfo"] == ("N/A",)


def test_an_old_device_sends_the_first_part_alone():
    fields = read(_answer(kind=1, second=False))

    assert fields["sadp.Types"] == ("online",)
    assert fields["sadp.SoftwareVersion"] == ("V5.6.2build 190701",)
    assert "sadp.HttpPort" not in fields


def test_the_sadp_reader_takes_frames_too():
    assert sadp.read(_answer()) == read(_answer())


def test_a_question_or_an_order_is_no_answer():
    assert is_frame(QUESTION)
    assert not is_answer(QUESTION)
    assert is_answer(_answer())
    for frame in (QUESTION, _answer(kind=6), b"", b"<ProbeMatch>"):
        with pytest.raises(Malformed):
            read(frame)


def test_a_cut_frame_gives_its_header():
    fields = read(_answer()[:100])

    assert fields["sadp.IPv4SubnetMask"] == ("255.255.255.0",)
    assert "sadp.DeviceSN" not in fields


def test_damaged_frames_are_fields_or_malformed(survives):
    survives(lambda payload, _request: read(payload), _answer(), _answer(1, second=False))


def test_the_checksum_of_the_captured_frame_holds():
    assert checksum_holds(QUESTION)


@pytest.mark.parametrize("place", [15, 26, 27, 34, 79])
def test_a_changed_octet_breaks_the_checksum(place):
    changed = bytearray(QUESTION)
    changed[place] ^= 0x40
    assert not checksum_holds(bytes(changed))


def test_a_frame_shorter_than_it_says_has_no_checksum_that_holds():
    assert not checksum_holds(QUESTION[:-1])
    assert not checksum_holds(b"")


def test_whether_the_checksum_holds_is_a_field():
    assert read(_answer())["sadp.frame.checksum"] == ("bad",)

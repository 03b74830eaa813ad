"""SADP in raw Ethernet frames (type 0x8033), read where a capture holds them; they are never sent.

Layout from the vendor's client library (research note sadp.md §2); no real response was at hand. Other
makers' firmware answers in this form too, so such a frame alone proves nothing: ``sadp.root`` is ``Frame``.
All numbers are big-endian. Offsets here count from the end of the Ethernet header.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from scanner.model.errors import Malformed
from scanner.model.fields import Fields
from scanner.parsers.mac import station

ETHERTYPE = b"\x80\x33"
_FRAME_HEADER = 14
_KINDS = {1: "online", 4: "inquiry response"}
_PART_LENGTH = 246
"""Octets of the first part of an answer: 38 of header, 208 of data."""
_SECOND = 260 - _FRAME_HEADER
"""Where version 2 devices append a second part."""


def is_frame(payload: bytes) -> bool:
    """Whether the bytes are an Ethernet frame of this type."""
    return payload[12:14] == ETHERTYPE and len(payload) >= _FRAME_HEADER + 38 and payload[14:15] == b"\x21"


def is_answer(frame: bytes) -> bool:
    """Whether the bytes are a frame of a device rather than of a client."""
    return is_frame(frame) and frame[_FRAME_HEADER + 10] in _KINDS


def checksum_holds(frame: bytes) -> bool:
    """Whether the first part's checksum fits (sadp.md §2.3, checked against the captured inquiry frame).

    It is the Internet checksum (RFC 1071) over little-endian words, stored big-endian. A frame that is
    shorter than it says has none that fits.
    """
    part = frame[_FRAME_HEADER : _FRAME_HEADER + frame[_FRAME_HEADER + 3]] if is_frame(frame) else b""
    if len(part) < 38 or len(part) != frame[_FRAME_HEADER + 3]:
        return False
    summed = part[:12] + b"\x00\x00" + part[14:]
    summed += b"\x00" * (len(summed) % 2)
    total = sum(int.from_bytes(summed[at : at + 2], "little") for at in range(0, len(summed), 2))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return part[12:14] == (total ^ 0xFFFF).to_bytes(2, "big")


def read(frame: bytes) -> Fields:
    """The fields of an announcement or an answer.

    Raises:
        Malformed: the frame is a question or an order, or it is cut within its header.
    """
    if not is_frame(frame):
        raise Malformed("no SADP frame")
    kind = _KINDS.get(frame[_FRAME_HEADER + 10])
    if kind is None:
        raise Malformed("a SADP frame of a client, not of a device")
    checksum = "good" if checksum_holds(frame) else "bad"
    about = [("sadp.root", "Frame"), ("sadp.Types", kind), ("sadp.frame.checksum", checksum)]
    return Fields([*about, *_first_part(frame[_FRAME_HEADER:])])


def _first_part(part: bytes) -> Iterator[tuple[str, str]]:
    if mac := station(part[14:20]):
        yield "sadp.MAC", mac
    yield "sadp.IPv4Address", str(ipaddress.IPv4Address(part[20:24]))
    yield "sadp.IPv4SubnetMask", str(ipaddress.IPv4Address(part[34:38]))
    if part[3] != _PART_LENGTH or len(part) < _PART_LENGTH:
        return
    for name, offset in (("DeviceSN", 38), ("SoftwareVersion", 102), ("DSPVersion", 150), ("BootTime", 198)):
        if value := _text(part[offset : offset + 48]):
            yield f"sadp.{name}", value
    yield "sadp.DeviceType", str(int.from_bytes(part[86:90], "big"))
    yield "sadp.CommandPort", str(int.from_bytes(part[90:94], "big"))
    yield from _second_part(part[_SECOND:])


def _second_part(part: bytes) -> Iterator[tuple[str, str]]:
    """Version 2: gateway 4, IPv6 16 + 16 + 1, flags 3, address block 28, ports and codes, two texts of 24."""
    if len(part) < 156 or part[0] != 2:
        return
    body = part[4:]
    yield "sadp.IPv4Gateway", str(ipaddress.IPv4Address(body[0:4]))
    yield "sadp.IPv6Address", str(ipaddress.IPv6Address(body[4:20]))
    yield "sadp.HttpPort", str(int.from_bytes(body[68:70], "big"))
    yield "sadp.DigitalChannelNum", str(int.from_bytes(body[70:72], "big"))
    yield "sadp.OEMCode", str(body[72])
    for name, offset in (("DeviceDescription", 104), ("OEMInfo", 128)):
        if value := _text(body[offset : offset + 24]):
            yield f"sadp.{name}", value


def _text(octets: bytes) -> str:
    return octets.partition(b"\x00")[0].decode("utf-8", "replace").strip()

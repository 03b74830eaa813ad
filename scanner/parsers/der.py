"""The names of a certificate straight from its DER (X.690), for certificates that the library refuses.

Devices sign their own certificates with firmware of their own: wrong versions, text that is not in the
announced encoding, numbers below zero. Who they claim to be is still there to read.
"""

from __future__ import annotations

from dataclasses import dataclass

from scanner.model.errors import Malformed
from scanner.parsers.text import decode

NAMES_LIMIT = 64
"""Attributes of one name that are read."""
CERTIFICATE_LIMIT = 64 * 1024

_SEQUENCE, _SET, _INTEGER, _OBJECT, _VERSION = 0x30, 0x31, 0x02, 0x06, 0xA0
_UNIVERSAL, _BMP = 0x1C, 0x1E


@dataclass(frozen=True, slots=True)
class Element:
    """A tag and where its content lies."""

    tag: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class DerNames:
    """The part of a certificate that says whose it is; names as (dotted OID, text) in their order."""

    serial: int
    issuer: tuple[tuple[str, str], ...]
    subject: tuple[tuple[str, str], ...]


def read_names(der: bytes) -> DerNames:
    """Walk to serial, issuer and subject.

    Raises:
        Malformed: the bytes are no certificate, or they are cut before the subject.
    """
    data = der[:CERTIFICATE_LIMIT]
    certificate = _element(data, 0, len(data), _SEQUENCE, may_be_cut=True)
    body = _element(data, certificate.start, certificate.end, _SEQUENCE, may_be_cut=True)
    position = body.start
    first = _element(data, position, body.end)
    if first.tag == _VERSION:
        position = first.end
    serial = _element(data, position, body.end, _INTEGER)
    algorithm = _element(data, serial.end, body.end, _SEQUENCE)
    issuer = _element(data, algorithm.end, body.end, _SEQUENCE)
    validity = _element(data, issuer.end, body.end, _SEQUENCE)
    subject = _element(data, validity.end, body.end, _SEQUENCE)
    number = int.from_bytes(data[serial.start : serial.end][:64], "big", signed=True)
    return DerNames(number, _name(data, issuer), _name(data, subject))


def _element(
    data: bytes, position: int, end: int, tag: int | None = None, *, may_be_cut: bool = False
) -> Element:
    if position + 2 > end:
        raise Malformed("no certificate: it is cut short")
    found, length, start = data[position], data[position + 1], position + 2
    if length & 0x80:
        octets = length & 0x7F
        if not 1 <= octets <= 4 or start + octets > end:
            raise Malformed("no certificate: a length is wrong")
        length = int.from_bytes(data[start : start + octets], "big")
        start += octets
    if start + length > end:
        if not may_be_cut:
            raise Malformed("no certificate: it is cut short")
        length = end - start  # the outer ones may lack their tail: the names stand in front
    if tag is not None and found != tag:
        raise Malformed("no certificate: an element of another kind")
    return Element(found, start, start + length)


def _name(data: bytes, name: Element) -> tuple[tuple[str, str], ...]:
    pairs: list[tuple[str, str]] = []
    position = name.start
    while position < name.end and len(pairs) < NAMES_LIMIT:
        group = _element(data, position, name.end, _SET)
        position = group.end
        inner = group.start
        while inner < group.end and len(pairs) < NAMES_LIMIT:
            pair = _element(data, inner, group.end, _SEQUENCE)
            inner = pair.end
            kind = _element(data, pair.start, pair.end, _OBJECT)
            value = _element(data, kind.end, pair.end)
            pairs.append(
                (_dotted(data[kind.start : kind.end]), _text(value.tag, data[value.start : value.end]))
            )
    return tuple(pairs)


def _dotted(octets: bytes) -> str:
    numbers: list[int] = []
    value = 0
    for octet in octets[:32]:
        value = value << 7 | octet & 0x7F
        if not octet & 0x80:
            numbers.append(value)
            value = 0
    if not numbers:
        return ""
    first = min(numbers[0] // 40, 2)
    return ".".join(str(number) for number in (first, numbers[0] - 40 * first, *numbers[1:]))


def _text(tag: int, octets: bytes) -> str:
    if tag == _BMP:
        return octets.decode("utf-16-be", "replace")
    if tag == _UNIVERSAL:
        return octets.decode("utf-32-be", "replace")
    return decode(octets)

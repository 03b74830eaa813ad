"""The closed list of tables that may be read from a router or switch, and the judge of each question to it.

The judge looks at the message unit itself (RFC 3416), before it is encrypted: whatever asks, a SET, a trap or
a question for anything else cannot leave. The list is held here apart from what asks, on purpose, as the list
of other messages is.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NoReturn

from scanner.model.errors import Refused

SUBTREES: Mapping[str, str] = MappingProxyType(
    {
        "sysName": "1.3.6.1.2.1.1.5",
        "ifDescr": "1.3.6.1.2.1.2.2.1.2",
        "ifName": "1.3.6.1.2.1.31.1.1.1.1",
        "ipNetToMediaPhysAddress": "1.3.6.1.2.1.4.22.1.2",
        "ipNetToMediaType": "1.3.6.1.2.1.4.22.1.4",
        "ipNetToPhysicalPhysAddress": "1.3.6.1.2.1.4.35.1.4",
        "ipNetToPhysicalType": "1.3.6.1.2.1.4.35.1.6",
        "ipNetToPhysicalState": "1.3.6.1.2.1.4.35.1.7",
        "dot1dBasePortIfIndex": "1.3.6.1.2.1.17.1.4.1.2",
        "dot1dTpFdbPort": "1.3.6.1.2.1.17.4.3.1.2",
        "dot1dTpFdbStatus": "1.3.6.1.2.1.17.4.3.1.3",
        "dot1qTpFdbPort": "1.3.6.1.2.1.17.7.1.2.2.1.2",
        "dot1qTpFdbStatus": "1.3.6.1.2.1.17.7.1.2.2.1.3",
        "dot1qVlanFdbId": "1.3.6.1.2.1.17.7.1.4.2.1.3",
        "lldpLocPortIdSubtype": "1.0.8802.1.1.2.1.3.7.1.2",
        "lldpLocPortId": "1.0.8802.1.1.2.1.3.7.1.3",
        "lldpLocPortDesc": "1.0.8802.1.1.2.1.3.7.1.4",
        "lldpRemChassisIdSubtype": "1.0.8802.1.1.2.1.4.1.1.4",
        "lldpRemChassisId": "1.0.8802.1.1.2.1.4.1.1.5",
        "lldpRemSysName": "1.0.8802.1.1.2.1.4.1.1.9",
        "lldpRemSysCapEnabled": "1.0.8802.1.1.2.1.4.1.1.12",
        "vtpVlanState": "1.3.6.1.4.1.9.9.46.1.3.1.1.2",
        # Its neighbours in the entity MIB hold community strings: they are not on this list.
        "entLogicalDescr": "1.3.6.1.2.1.47.1.2.1.1.2",
    }
)
"""Columns of tables by name: RFC 3418, 2863, 4293, 4188, 4363, 6933; IEEE 802.1AB; CISCO-VTP-MIB."""

GET, GET_NEXT, GET_BULK = 0xA0, 0xA1, 0xA5
"""Tags of message units (RFC 3416 §3). A GET is sent without any object, to ask an engine for its name."""
REPETITIONS = 50
"""Rows of one answer at most."""
_SEQUENCE, _INTEGER, _OID, _NULL = 0x30, 0x02, 0x06, 0x05
_UNIT_LIMIT = 256
_PREFIXES = tuple(tuple(map(int, oid.split("."))) for oid in SUBTREES.values())


def check_table_read(unit: bytes) -> str:
    """Judge a message unit that is about to be asked of a router; returns its short name.

    Raises:
        Refused: it is no read of the next rows of one of the tables.
    """
    if len(unit) > _UNIT_LIMIT:
        _refuse("a message unit that is longer than a read of a table")
    tag, body, rest = _element(unit)
    if rest:
        _refuse("octets behind a message unit")
    if tag not in (GET, GET_NEXT, GET_BULK):
        _refuse(f"a message unit of type 0x{tag:02x}: tables are only read")
    _, body = _integer(body)
    first, body = _integer(body)
    second, body = _integer(body)
    if tag == GET_BULK:
        if first != 0 or not 1 <= second <= REPETITIONS:
            _refuse(f"a bulk read of {second} rows")
    elif first or second:
        _refuse("a question that carries an error")
    objects, rest = _sequence(body)
    if rest:
        _refuse("octets behind the objects")
    oids = list(_objects(objects))
    if tag == GET:
        if oids:
            _refuse("a GET of an object; tables are walked")
        return "GET of the engine's name"
    for oid in oids:
        if not any(oid[: len(prefix)] == prefix for prefix in _PREFIXES):
            _refuse(f"{'.'.join(map(str, oid[:24]))} lies in no table that is read")
    if len(oids) != 1:
        _refuse(f"a read of {len(oids)} columns at once")
    return "GETBULK" if tag == GET_BULK else "GETNEXT"


def _objects(data: bytes) -> list[tuple[int, ...]]:
    found = []
    while data:
        pair, data = _sequence(data)
        tag, oid, value = _element(pair)
        if tag != _OID or value != bytes((_NULL, 0)):
            _refuse("an object that carries a value")
        found.append(_oid(oid))
    return found


def _oid(data: bytes) -> tuple[int, ...]:
    numbers: list[int] = []
    number = 0
    for octet in data:
        number = number << 7 | octet & 0x7F
        if not octet & 0x80:
            numbers.append(number)
            number = 0
    if not data or data[-1] & 0x80:
        _refuse("an identifier that is cut short")
    first = min(numbers[0] // 40, 2)
    return (first, numbers[0] - 40 * first, *numbers[1:])


def _sequence(data: bytes) -> tuple[bytes, bytes]:
    tag, body, rest = _element(data)
    if tag != _SEQUENCE:
        _refuse("a message unit of another shape")
    return body, rest


def _integer(data: bytes) -> tuple[int, bytes]:
    tag, body, rest = _element(data)
    if tag != _INTEGER or not 1 <= len(body) <= 4:
        _refuse("a message unit of another shape")
    return int.from_bytes(body, "big", signed=True), rest


def _element(data: bytes) -> tuple[int, bytes, bytes]:
    """Tag, contents and what follows; lengths of one or two octets, as our own encoder writes them."""
    if len(data) < 2:
        _refuse("a message unit that is cut short")
    tag, size, start = data[0], data[1], 2
    if size in (0x81, 0x82):
        start = 2 + size - 0x80
        size = int.from_bytes(data[2:start], "big")
    elif size >= 0x80:
        _refuse("a length of another form")
    if start + size > len(data):
        _refuse("a message unit that is cut short")
    return tag, data[start : start + size], data[start + size :]


def _refuse(message: str) -> NoReturn:
    raise Refused("request", message)

"""Message units of SNMP that read tables, and SNMP v2c messages around them (RFC 3416, RFC 1901).

A unit is made once and judged by the gate; the message is put around those very octets. Imported late, since
pysnmp is slow to import.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pyasn1.codec.ber import decoder, encoder
from pyasn1.type import univ
from pysnmp.proto import api, rfc1905

from scanner.transports.snmp_message import DECODING_FAILS, Value, plain

_V2C: Any = api.PROTOCOL_MODULES[api.SNMP_VERSION_2C]
_VERSION_2C = 1
VALUE_LIMIT = 512
"""Octets kept of a value; names of ports and switches have tens."""


@dataclass(frozen=True, slots=True)
class Question:
    """A message unit to send."""

    request_id: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Unit:
    """A message unit that came back."""

    request_id: int
    values: tuple[tuple[tuple[int, ...], Value], ...]
    error: str = ""
    """The protocol's own word for an error, such as ``tooBig``."""
    report: bool = False
    """It is not about the question but about how it was asked (RFC 3412)."""


def next_rows(oid: tuple[int, ...], rows: int) -> Question:
    """Ask for what follows an identifier: with GETNEXT for one row, with GETBULK for more."""
    bulk = rows > 1
    of = _V2C.apiBulkPDU if bulk else _V2C.apiPDU
    unit = _V2C.GetBulkRequestPDU() if bulk else _V2C.GetNextRequestPDU()
    of.set_defaults(unit)
    if bulk:
        of.set_max_repetitions(unit, rows)
    of.set_varbinds(unit, [(oid, _V2C.Null(""))])
    return Question(int(of.get_request_id(unit)), encoder.encode(unit))


def engine_question() -> Question:
    """The question without any object by which an SNMP v3 engine is asked for its name (RFC 3414 §4)."""
    unit = _V2C.GetRequestPDU()
    _V2C.apiPDU.set_defaults(unit)
    return Question(int(_V2C.apiPDU.get_request_id(unit)), encoder.encode(unit))


def read_unit(unit: Any) -> Unit | None:
    """What an already decoded message unit says; None for one that nobody sends as an answer.

    Raises:
        one of `DECODING_FAILS`: it is not what it seems.
    """
    report = isinstance(unit, rfc1905.ReportPDU)
    if not report and not isinstance(unit, rfc1905.ResponsePDU):
        return None
    status = _V2C.apiPDU.get_error_status(unit)
    bound = _V2C.apiPDU.get_varbinds(unit)
    return Unit(
        request_id=int(_V2C.apiPDU.get_request_id(unit)),
        values=tuple((tuple(oid), _bounded(plain(value))) for oid, value in bound),
        error=status.prettyPrint() if int(status) else "",
        report=report,
    )


def _bounded(value: Value) -> Value:
    return value[:VALUE_LIMIT] if isinstance(value, bytes | str) else value


def wrap_community(community: str, question: Question) -> bytes:
    """A v2c message around a unit."""
    message = univ.Sequence()
    message.setComponentByPosition(0, univ.Integer(_VERSION_2C))
    message.setComponentByPosition(1, univ.OctetString(community.encode("utf-8")))
    message.setComponentByPosition(2, univ.Any(question.data))
    return bytes(encoder.encode(message))


def read_community_message(data: bytes) -> Unit | None:
    """The unit of a v2c message; None for anything else."""
    try:
        message, _ = decoder.decode(data, asn1Spec=_V2C.Message())
        unit = read_unit(_V2C.apiMessage.get_pdu(message))
    except DECODING_FAILS:
        return None
    return None if unit is None or unit.report else unit

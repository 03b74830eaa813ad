"""A GET by SNMP v2c: messages as bytes (RFC 3416, RFC 1901); imported late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from pyasn1.codec.ber import decoder, encoder
from pyasn1.error import PyAsn1Error
from pyasn1.type import univ
from pysnmp.error import PySnmpError
from pysnmp.proto import api
from pysnmp.proto.rfc1902 import IpAddress, Opaque
from pysnmp.proto.rfc1905 import EndOfMibView, NoSuchInstance, NoSuchObject

_V2C: Any = api.PROTOCOL_MODULES[api.SNMP_VERSION_2C]
DECODING_FAILS = (PyAsn1Error, PySnmpError, TypeError, ValueError, IndexError, KeyError, AttributeError,
                   OverflowError, RecursionError)  # fmt: skip
"""pyasn1 answers some hostile octets with plain Python errors; a bug of ours shows in the tests instead."""

Value: TypeAlias = str | bytes | int | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a host said; an object that it lacks has the value None."""

    values: tuple[tuple[str, Value], ...]
    error: str = ""
    """The protocol's own word for an error, such as ``genErr``."""


@dataclass(frozen=True, slots=True)
class Message:
    """A request on the wire, and the reading of its answer."""

    data: bytes = field(repr=False)
    request_id: int

    def read(self, data: bytes) -> Answer | None:
        """The answer to this request; None for anything else."""
        try:
            message, _ = decoder.decode(data, asn1Spec=_V2C.Message())
            pdu = _V2C.apiMessage.get_pdu(message)
            if not isinstance(pdu, _V2C.GetResponsePDU):
                return None
            if int(_V2C.apiPDU.get_request_id(pdu)) != self.request_id:
                return None
            status = _V2C.apiPDU.get_error_status(pdu)
            error = status.prettyPrint() if int(status) else ""
            bound = _V2C.apiPDU.get_varbinds(pdu)
            return Answer(tuple((str(oid), plain(value)) for oid, value in bound), error)
        except DECODING_FAILS:
            return None


def get_request(community: str, oids: Sequence[str]) -> Message:
    """A GET of these objects."""
    pdu = _V2C.GetRequestPDU()
    _V2C.apiPDU.set_defaults(pdu)
    _V2C.apiPDU.set_varbinds(pdu, [(oid, _V2C.Null("")) for oid in oids])
    message = _V2C.Message()
    _V2C.apiMessage.set_defaults(message)
    _V2C.apiMessage.set_community(message, community)
    _V2C.apiMessage.set_pdu(message, pdu)
    return Message(encoder.encode(message), int(_V2C.apiPDU.get_request_id(pdu)))


def plain(value: Any) -> Value:
    """A value of pysnmp's as Python's own; None for an object that the host lacks."""
    if isinstance(value, NoSuchObject | NoSuchInstance | EndOfMibView | univ.Null):
        return None
    if isinstance(value, IpAddress):
        return str(value.prettyPrint())
    if isinstance(value, Opaque | univ.OctetString):
        return bytes(value.asOctets())
    if isinstance(value, univ.Integer):
        return int(value)
    return str(value.prettyPrint())

"""SADP, the maker's own discovery on UDP 37020: answers to an inquiry, and announcements.

Flat XML without name space (research note sadp.md §1.4, from seven real captures). Names are taken as
written, with a fallback for other cases of the known ones; ``flase`` is false; a password salt is dropped
and an encrypted value is noted as hidden. A datagram that is no XML is kept as its first bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.model.errors import Malformed
from scanner.model.fields import Fields
from scanner.parsers import sadp_frame, xml
from scanner.parsers.secrets import is_secret_name
from scanner.parsers.text import decode

ELEMENTS_LIMIT = 200
VALUE_LENGTH = 512
OPAQUE_BYTES = 64
HIDDEN = "hidden by device"
"""Stands for a value that the device sends encrypted; it is not decrypted."""

_KNOWN = (
    "Uuid", "Types", "DeviceType", "DeviceDescription", "DeviceSN", "CommandPort", "HttpPort", "HttpsPort",
    "MAC", "IPv4Address", "IPv4SubnetMask", "IPv4Gateway", "IPv6Address", "IPv6Gateway", "IPv6MaskLen",
    "DHCP", "AnalogChannelNum", "DigitalChannelNum", "SoftwareVersion", "DSPVersion", "BootTime", "OEMInfo",
    "OEMCode", "DetailOEMCode", "SpecificDeviceType", "Manufacturer", "Encrypt", "Activated",
    "SDKServerStatus", "SDKOverTLSServerStatus", "SDKOverTLSPort",
)  # fmt: skip
"""Names that are recognised in any case; every other element keeps the name that it came with."""
_CANONICAL = {name.lower(): name for name in _KNOWN}
_ROOTS = {name.lower(): name for name in ("ProbeMatch", "Hello", "Probe")}
_NAMES_A_DEVICE = frozenset({"sadp.DeviceDescription", "sadp.DeviceSN", "sadp.MAC"})
_PORTS = frozenset({"CommandPort", "HttpPort", "HttpsPort", "SDKOverTLSPort"})
_PAIR = re.compile(r"<(\w{1,64})>([^<]{0,4096})</\1>")
_ANY_ROOT = re.compile(r"<(ProbeMatch|Hello|Probe)[\s>]", re.IGNORECASE)


def read(payload: bytes, _request: str | None = None) -> Fields:
    """The ``sadp.*`` fields of a datagram, or of a captured raw frame.

    Raises:
        Malformed: nothing was received, or it is a client's question.
    """
    if not payload.strip(b"\x00"):
        raise Malformed("an empty datagram")
    if sadp_frame.is_frame(payload):
        return sadp_frame.read(payload)
    root = root_of(payload)
    if root == "Probe":
        raise Malformed("a client's question, not a device's answer")
    if root is None:
        return Fields(_piece(payload) or [("sadp.opaque", payload[:OPAQUE_BYTES].hex())])
    return Fields([("sadp.root", root), *_elements(payload)])


def root_of(payload: bytes) -> str | None:
    """``ProbeMatch``, ``Hello``, ``Probe`` (our own question heard back, or another client's), or None."""
    found = _ANY_ROOT.search(decode(payload[:2048]))
    return _ROOTS[found[1].lower()] if found else None


def is_answer(payload: bytes) -> bool:
    """Whether a datagram comes from a device rather than from a client."""
    return bool(payload.strip(b"\x00")) and root_of(payload) != "Probe"


def _piece(payload: bytes) -> list[tuple[str, str]]:
    """The elements of an answer whose beginning is lost; nothing unless one of them names a device."""
    if b"<" not in payload:
        return []
    try:
        found = list(_elements(payload))
    except Malformed:
        return []
    return found if any(name in _NAMES_A_DEVICE for name, _ in found) else []


def _elements(payload: bytes) -> Iterator[tuple[str, str]]:
    seen = 0
    for name, value in _pairs(payload):
        canonical = _CANONICAL.get(name.lower(), name)
        if canonical.lower() in _ROOTS or is_secret_name(canonical):
            continue
        seen += 1
        if seen > ELEMENTS_LIMIT:
            return
        yield f"sadp.{canonical}", _value(canonical, value)


def _value(name: str, text: str) -> str:
    value = text.strip()[:VALUE_LENGTH]
    if name != "Encrypt" and name.endswith("Encrypt"):
        return HIDDEN
    if value.lower() == "flase":
        return "false"
    if name in _PORTS:  # "20000|161" occurs
        number = re.match(r"\d{1,5}", value)
        return number[0] if number else value
    return value


def _pairs(payload: bytes) -> list[tuple[str, str]]:
    """Elements by the XML reader; of a damaged datagram also what a plain search finds, if that is more."""
    try:
        document = xml.parse(payload)
    except Malformed:
        leaves: list[tuple[str, str]] = []
        if b"<!" in payload:
            raise
    else:
        leaves = [(leaf.name, leaf.text) for leaf in document.leaves]
        if document.whole:
            return leaves
    found = _PAIR.findall(decode(payload[: xml.SIZE_LIMIT]))
    return found if len(found) > len(leaves) else leaves

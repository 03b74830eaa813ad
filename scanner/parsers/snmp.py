"""SNMP answers as ``OID = value`` lines: our own, or those of the usual command-line tools."""

from __future__ import annotations

import re

from scanner.model.errors import Malformed
from scanner.model.fields import Fields

LINES_LIMIT = 512
VALUE_LENGTH = 4096
TEXT_LIMIT = 64 * 1024

_SYSTEM = "1.3.6.1.2.1.1"
_ENTITY = "1.3.6.1.2.1.47.1.1.1.1"
_NAMED = {
    "sysDescr": f"{_SYSTEM}.1",
    "sysObjectID": f"{_SYSTEM}.2",
    "sysUpTime": f"{_SYSTEM}.3",
    "sysContact": f"{_SYSTEM}.4",
    "sysName": f"{_SYSTEM}.5",
    "sysLocation": f"{_SYSTEM}.6",
    "sysServices": f"{_SYSTEM}.7",
    "ifPhysAddress": "1.3.6.1.2.1.2.2.1.6",
    "entPhysicalDescr": f"{_ENTITY}.2",
    "entPhysicalName": f"{_ENTITY}.7",
    "entPhysicalFirmwareRev": f"{_ENTITY}.9",
    "entPhysicalSerialNum": f"{_ENTITY}.11",
    "entPhysicalMfgName": f"{_ENTITY}.12",
    "entPhysicalModelName": f"{_ENTITY}.13",
    "iso": "1",
    "org": "1.3",
    "dod": "1.3.6",
    "internet": "1.3.6.1",
    "mgmt": "1.3.6.1.2",
    "mib-2": "1.3.6.1.2.1",
    "system": _SYSTEM,
    "private": "1.3.6.1.4",
    "enterprises": "1.3.6.1.4.1",
}
_NAMES = {name.lower(): oid for name, oid in _NAMED.items()}
_SCALAR = re.compile(re.escape(_SYSTEM) + r"\.[1-7]")
"""The objects of the system group have one instance, 0, which some tools leave out."""
_OID = re.compile(r"(?:[\w-]{1,64}::)?\.?([A-Za-z][\w-]{0,63}|\d{1,10})((?:\.[\w-]{1,64}){0,128})")
_LINE = re.compile(r"[ \t]{0,16}(?:([\w.:-]{1,512})[ \t]{0,16}=|(\.?\d[\d.]{3,512})[ \t]{0,16}:)(?:[ \t]|\Z)")
_TAG = re.compile(
    r"(STRING|OID|INTEGER|Timeticks|Hex-STRING|IpAddress|Network Address|Gauge32|Counter32|Counter64|BITS"
    r"|Opaque|Unsigned32|UInteger32):[ \t]{0,8}"
)


def numeric_oid(text: str) -> str | None:
    """``1.3.6.1.2.1.1.1.0`` from any of its spellings, or None when a name in it is not known."""
    found = _OID.fullmatch(text.strip()[:1024])
    if found is None:
        return None
    parts = [found[1], *found[2].split(".")[1:]]
    numbers = ""
    for part in parts:
        if part.isdigit():
            numbers = f"{numbers}.{part}" if numbers else part
        elif part.lower() in _NAMES:
            numbers = _NAMES[part.lower()]
        else:
            return None
    return f"{numbers}.0" if _SCALAR.fullmatch(numbers) else numbers


def read(payload: bytes, _request: str | None = None) -> Fields:
    """The field ``snmp.<oid>`` of each line; a value that runs over several lines is joined.

    Raises:
        Malformed: no line has the form ``OID = value``.
    """
    values: list[tuple[str, list[str]]] = []
    text = payload[:TEXT_LIMIT].decode("utf-8", "replace")
    for line in text.splitlines():
        found = _LINE.match(line)
        oid = numeric_oid(found[1] or found[2]) if found else None
        if found and oid is not None:
            if len(values) >= LINES_LIMIT:
                break
            values.append((oid, [line[found.end() :]]))
        elif values and not found:
            values[-1][1].append(line)
    if not values:
        raise Malformed("no line of the form OID = value")
    return Fields((f"snmp.{oid}", _value(oid, "\n".join(lines))) for oid, lines in values)


def _value(oid: str, text: str) -> str:
    value = text[:VALUE_LENGTH].strip()
    tag = _TAG.match(value)
    if tag:
        value = value[tag.end() :].strip()
    if len(value) > 1 and value[0] == value[-1] == '"':
        value = value[1:-1].replace('\\"', '"').strip()
    if (tag and tag[1] == "OID") or oid == f"{_SYSTEM}.2.0":
        return numeric_oid(value) or value
    return value

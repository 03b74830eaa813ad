"""What a device says of itself in fields made for it: model, serial, firmware, MAC address, maker, kind.

The tables name the fields; a field that any document could carry counts only under the root element that
makes it a statement of the device. The values stay as the device wrote them, but for blanks around them and
what a terminal would obey.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple
from urllib.parse import unquote

from scanner.model.fields import Fields
from scanner.model.protocol import Protocol
from scanner.parsers.text import printable

MODEL, SERIAL, FIRMWARE, MAC, NAME, KIND = "model", "serial", "firmware", "mac", "name", "kind"
"""The attributes; ``name`` is the maker or brand that it gives itself, ``kind`` its word for what it is."""

OEM_CODE, MARK, RELEASED, MADE, DEVICE_ID = "oem code", "mark", "released", "made", "device id"
"""Further ones: the customer's number of its firmware, other marks of a relabel, the day of its firmware,
that of its production, and the identifier that holds a serial number."""

ENDPOINT, TLS_KEY = "endpoint", "tls key"
"""What names it besides: its reference in discovery, and the digest of its certificate's public key."""

GUESSED_MACS = frozenset({"xml.deviceID"})
"""Fields whose end is a MAC address on many devices, and anything else on others."""

_MAX_VALUE = 128
"""Longest value worth keeping: the longest real serial number has under 64 characters."""

_MOST_READ, _MOST_KEPT = 64, 4
"""Values of one field that are looked at, and that are kept; a device states a thing once or twice."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One field that states one attribute."""

    field: str
    attribute: str
    rank: int
    """Of two statements of one attribute the higher rank is believed."""
    pattern: re.Pattern[str] | None = None
    """What of the value is meant: its first group."""
    roots: frozenset[str] | None = None
    """Root elements under which the field is a statement; None = any, or none at all."""


class Statement(NamedTuple):
    """One attribute as the device gave it."""

    attribute: str
    value: str
    field: str
    rank: int


_SCOPE = r"^onvif://www\.onvif\.org/{}/(.+)$"
_TAIL = re.compile(r"-([0-9a-fA-F]{12})$")
_LINK_LOCAL = re.compile(r"\[(fe80::[0-9a-fA-F:]*ff:fe[0-9a-fA-F:]+)", re.IGNORECASE)
_MODEL_WORD = re.compile(r"^\s*(i?DS-[0-9A-Za-z]\S{3,60})\s*$")
"""In a field that is a number on most devices."""
_CODE = re.compile(r"^\s*(\d{1,9})\s*$")
_COMPANY = re.compile(r"^([A-Z][A-Za-z0-9 &.-]{1,30}) company products$")
_WHOLE_DAY = re.compile(r"^\s*(20\d{2}-\d{2}-\d{2})\s*$")
_BARE_MAC = re.compile(r"^([0-9a-fA-F]{12})$")
_HOST = re.compile(r"^([^.]+)")
_NUMBER_AS_NAME = re.compile(
    r"^([^.]{0,64}20[0-3]\d[01]\d[0-3]\d[A-Z]{0,4}(?:[A-Z]\d{6}[A-Z]{2})?(?:[A-Z]{0,2}\d{7,9})[A-Z]{0,8})(?:\.|$)",
    re.IGNORECASE,
)
"""A host name that ends as a long serial number does: the maker's devices ask for an address by it."""
_FIRST_WORDS = re.compile(r"^([A-Za-z][\w&. -]{1,63})")
_TXT_NAME = re.compile(r"^(?:vendor|manufacturer|mfg|usb_MFG)=(.+)$", re.IGNORECASE)
_TXT_MODEL = re.compile(r"^(?:model|mdl|usb_MDL)=(.+)$", re.IGNORECASE)

_DEVICE = frozenset({"DeviceInfo"})
_EVENT = frozenset({"DeviceInfo", "EventNotificationAlert"})
_UPNP = frozenset({"root"})

_ISAPI_RULES = (
    Rule("xml.model", MODEL, 90, roots=_DEVICE),
    Rule("xml.serialNumber", SERIAL, 90, roots=_DEVICE),
    Rule("xml.firmwareVersion", FIRMWARE, 90, roots=_DEVICE),
    Rule("xml.macAddress", MAC, 80, roots=_EVENT),
    Rule("xml.firmwareReleasedDate", RELEASED, 90, roots=_DEVICE),
    Rule("xml.productionDate", MADE, 90, _WHOLE_DAY, _DEVICE),
    Rule("xml.OEMCode", OEM_CODE, 55, _CODE, _DEVICE),
    Rule("xml.deviceID", MAC, 50, _TAIL, _DEVICE),
    Rule("xml.deviceID", DEVICE_ID, 50, roots=_DEVICE),
    Rule("xml.manufacturer", NAME, 90, roots=_DEVICE),
    Rule("xml.subDeviceType", KIND, 60, roots=_DEVICE),
    Rule("xml.deviceType", KIND, 50, roots=_DEVICE),
    Rule("xml.deviceDescription", KIND, 40, roots=_DEVICE),
)
_REALM_RULES = (Rule("realm", MAC, 70, _BARE_MAC),)
_SOAP_RULES = (
    Rule("xml.Model", MODEL, 80),
    Rule("xml.SerialNumber", SERIAL, 80),
    Rule("xml.FirmwareVersion", FIRMWARE, 80),
    Rule("xml.Manufacturer", NAME, 80),
)
_UPNP_RULES = (
    Rule("xml.modelName", MODEL, 70, roots=_UPNP),
    Rule("xml.modelNumber", MODEL, 69, roots=_UPNP),
    Rule("xml.serialNumber", SERIAL, 70, roots=_UPNP),
    Rule("xml.manufacturer", NAME, 70, roots=_UPNP),
    Rule("xml.modelDescription", NAME, 20, roots=_UPNP),
)
_WEB_RULES = (*_ISAPI_RULES, *_REALM_RULES)
_SCOPE_RULES = (
    Rule("wsd.scope", MODEL, 60, re.compile(_SCOPE.format("hardware"), re.IGNORECASE)),
    Rule("wsd.scope", MODEL, 50, re.compile(_SCOPE.format("model"), re.IGNORECASE)),
    Rule("wsd.scope", NAME, 60, re.compile(_SCOPE.format("manufacturer"), re.IGNORECASE)),
    Rule("wsd.scope", NAME, 50, re.compile(_SCOPE.format("name"), re.IGNORECASE)),
    Rule("wsd.scope", MAC, 65, re.compile(_SCOPE.format("mac"), re.IGNORECASE)),
)

RULES: Mapping[Protocol, tuple[Rule, ...]] = {
    Protocol.HTTP: _WEB_RULES,
    Protocol.HTTPS: _WEB_RULES,
    Protocol.ISAPI: _WEB_RULES,
    Protocol.RTSP: _REALM_RULES,
    Protocol.ONVIF_SOAP: (*_SOAP_RULES, *_SCOPE_RULES, *_REALM_RULES),
    Protocol.UPNP_DESCRIPTION: (*_UPNP_RULES, *_REALM_RULES),
    Protocol.ONVIF_WSDISCOVERY: (
        *_SCOPE_RULES,
        Rule("wsd.address", MAC, 60, _TAIL),
        Rule("wsd.xaddr", MAC, 55, _LINK_LOCAL),
        Rule("wsd.types", KIND, 10),
        Rule("wsd.address", ENDPOINT, 60),
    ),
    Protocol.SADP: (
        Rule("sadp.DeviceDescription", MODEL, 95),
        Rule("sadp.DeviceType", MODEL, 93, _MODEL_WORD),
        Rule("sadp.DeviceSN", SERIAL, 95),
        Rule("sadp.SoftwareVersion", FIRMWARE, 95),
        Rule("sadp.MAC", MAC, 90),
        Rule("sadp.Manufacturer", NAME, 95),
        Rule("sadp.OEMInfo", NAME, 94),
        Rule("sadp.OEMinfo", NAME, 94),
        Rule("sadp.DetailOEMCode", OEM_CODE, 60, _CODE),
        Rule("sadp.OEMCode", OEM_CODE, 50, _CODE),
        Rule("sadp.EZVIZCode", MARK, 50),
        Rule("sadp.SpecificDeviceType", MARK, 40),
    ),
    Protocol.MDNS: (
        Rule("mdns.host", SERIAL, 40, _HOST),
        Rule("mdns.instance", SERIAL, 35, _HOST),
        Rule("mdns.instance", NAME, 30),
        Rule("mdns.txt", NAME, 60, _TXT_NAME),
        Rule("mdns.txt", MODEL, 40, _TXT_MODEL),
    ),
    Protocol.SNMP: (
        Rule("snmp.1.3.6.1.2.1.1.1.0", NAME, 75, _COMPANY),
        Rule("snmp.1.3.6.1.4.1.39165.1.1.0", MODEL, 80),
        Rule("snmp.1.3.6.1.4.1.39165.1.3.0", FIRMWARE, 80),
        Rule("snmp.1.3.6.1.4.1.39165.1.4.0", MAC, 80),
        Rule("snmp.1.3.6.1.4.1.39165.1.6.0", NAME, 80),
        Rule("snmp.1.3.6.1.4.1.50001.1.3.0", SERIAL, 80),
    ),
    Protocol.TLS_CERT: (Rule("tls.key", TLS_KEY, 60),),
    Protocol.MAC: (Rule("mac", MAC, 100),),
    Protocol.DHCP: (
        Rule("dhcp.mac", MAC, 99),
        Rule("dhcp.hostname", SERIAL, 38, _NUMBER_AS_NAME),
        Rule("dhcp.vendor_class", NAME, 25, _FIRST_WORDS),
    ),
}
"""Fields by protocol. SNMP: branch 39165 is registered to the maker, 50001 is used by its recorders."""


def statements(protocol: Protocol, fields: Fields) -> Iterator[Statement]:
    """Every statement in one reply, in the order of the tables."""
    root = fields.first("xml.root")
    if root is not None and f"xml.{root}" in fields:
        root = None  # a piece of a document: its first element holds a value, what stood around it is lost
    for rule in RULES.get(protocol, ()):
        if rule.roots is not None and root is not None and root not in rule.roots:
            continue
        values = fields[rule.field]
        if not values:
            continue
        meant = (_meant(rule, value) for value in values[:_MOST_READ])
        for stated in islice(filter(None, meant), _MOST_KEPT):
            yield Statement(rule.attribute, stated, rule.field, rule.rank)


def _meant(rule: Rule, value: str) -> str:
    if rule.pattern is not None:
        found = rule.pattern.search(value[:512])
        if found is None:
            return ""
        value = unquote(found[1])
    value = value.strip()
    return printable(value, _MAX_VALUE) if len(value) <= _MAX_VALUE else ""

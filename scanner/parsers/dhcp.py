"""What a device says when it asks for an address (DHCP): a raw message, or the lines of a lease.

A raw message is BOOTP's fixed part with the magic cookie behind it (RFC 2131 §2, options: RFC 2132). Of a
server's answer only the client's hardware address is read: the options of an answer are the server's words.
Our text has one field a line, ``hostname: x``, as a lease file knows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from scanner.model.errors import Malformed
from scanner.model.fields import Fields
from scanner.parsers.mac import canonical_mac, station
from scanner.parsers.text import decode, printable

MESSAGE_LIMIT = 4096
"""Bytes of a message that are looked at; clients keep to 1,500."""
LINES_LIMIT = 64
VALUE_LENGTH = 255
"""Longest value of one option (its length is one octet)."""
MAGIC = bytes.fromhex("63825363")
_MAGIC_AT = 236
_HARDWARE_AT = 28
_OPERATIONS = (b"\x01", b"\x02")
"""Of a client, of a server."""
_ETHERNET = 1
_ETHERNET_MAC = b"\x01\x06"
"""Kind and length of the hardware address."""
_PAD, _END = 0, 255
_HOST_NAME, _PARAMETERS, _VENDOR_CLASS, _CLIENT_ID, _FULL_NAME = 12, 55, 60, 61, 81
_LINE = re.compile(
    r"[ \t]{0,16}(hostname|vendor-class|client-id|parameter-list|mac)[ \t]{0,8}:[ \t]{0,8}(.*)", re.IGNORECASE
)
_FIELDS = {
    "hostname": "dhcp.hostname",
    "vendor-class": "dhcp.vendor_class",
    "client-id": "dhcp.client_id",
    "parameter-list": "dhcp.parameters",
    "mac": "dhcp.mac",
}
_HEX_ID = re.compile(r"(?:0?1|ff)(?::[0-9a-f]{1,2}){1,64}", re.IGNORECASE)


def lease_text(
    mac: str = "", hostname: str = "", vendor_class: str = "", client_id: str = "", parameters: str = ""
) -> bytes:
    """The canonical text of what a lease knows; empty values are left out."""
    values = (
        ("mac", mac),
        ("hostname", hostname),
        ("vendor-class", vendor_class),
        ("client-id", client_id),
        ("parameter-list", parameters),
    )
    lines = [f"{name}: {printable(value, VALUE_LENGTH)}\n" for name, value in values if value.strip()]
    return "".join(lines).encode("utf-8", "replace")


def read(payload: bytes, _request: str | None = None) -> Fields:
    """The ``dhcp.*`` fields.

    Raises:
        Malformed: no DHCP message, and no line of ours.
    """
    if payload[:1] in _OPERATIONS:
        return _of_message(payload[:MESSAGE_LIMIT])
    found: list[tuple[str, str]] = []
    for line in decode(payload[: 4 * MESSAGE_LIMIT]).splitlines()[:LINES_LIMIT]:
        hit = _LINE.fullmatch(line[: VALUE_LENGTH + 64])
        if hit is not None and (value := hit[2].strip()):
            found.append((_FIELDS[hit[1].lower()], value))
    macs = [canonical_mac(value) for name, value in found if name == "dhcp.mac"]
    fields = [pair for pair in found if pair[0] != "dhcp.mac"]
    identifiers = (_mac_in(value) for name, value in fields if name == "dhcp.client_id")
    address = next(filter(None, (*macs, *identifiers)), None)
    if address is not None:
        fields.append(("dhcp.mac", address))
    if not fields:
        raise Malformed("no line that says anything of a DHCP client")
    return Fields(fields)


def _of_message(raw: bytes) -> Fields:
    if not is_message(raw):
        raise Malformed("no DHCP message: the magic cookie is not where it must be")
    fields: list[tuple[str, str]] = []
    options = options_of(raw) if raw[0] == 1 else {}
    name = _text(options.get(_HOST_NAME, b"")) or _text(_full_name(options.get(_FULL_NAME, b"")))
    fields.append(("dhcp.hostname", name))
    fields.append(("dhcp.vendor_class", _text(options.get(_VENDOR_CLASS, b""))))
    fields.append(("dhcp.parameters", ",".join(str(code) for code in options.get(_PARAMETERS, b""))))
    identifier = options.get(_CLIENT_ID, b"")[:64].hex(":")
    fields.append(("dhcp.client_id", identifier))
    fields.append(("dhcp.mac", client_mac(raw) or _mac_in(identifier) or ""))
    kept = [(field, value) for field, value in fields if value]
    if not kept:
        raise Malformed("a DHCP message that says nothing of the client")
    return Fields(kept)


def is_message(raw: bytes) -> bool:
    """Whether the bytes are a DHCP message, of a client or of a server."""
    return raw[:1] in _OPERATIONS and raw[_MAGIC_AT : _MAGIC_AT + 4] == MAGIC


def client_mac(raw: bytes) -> str:
    """The hardware address that a message states for its client; empty if it is no station's of Ethernet."""
    return station(raw[_HARDWARE_AT : _HARDWARE_AT + 6]) if raw[1:3] == _ETHERNET_MAC else ""


def options_of(raw: bytes) -> dict[int, bytes]:
    """Each option's value; parts of one that is given several times belong together (RFC 3396)."""
    found: dict[int, bytes] = {}
    raw = raw[:MESSAGE_LIMIT]
    position = _MAGIC_AT + len(MAGIC)
    while position < len(raw):
        code = raw[position]
        if code == _END:
            break
        if code == _PAD:
            position += 1
            continue
        if position + 1 >= len(raw):
            break
        length = raw[position + 1]
        value = raw[position + 2 : position + 2 + length]
        found[code] = (found.get(code, b"") + value)[:VALUE_LENGTH]
        position += 2 + length
    return found


def _full_name(value: bytes) -> bytes:
    """The name in the option for full names (RFC 4702): labels with their lengths, or plain text."""
    if len(value) < 4:
        return b""
    if not value[0] & 4:
        return value[3:]
    return b".".join(_labels(value[3:]))


def _labels(wire: bytes) -> Iterator[bytes]:
    position = 0
    while position < len(wire) and 0 < wire[position] < 64:
        yield wire[position + 1 : position + 1 + wire[position]]
        position += 1 + wire[position]


def _text(value: Sequence[int] | bytes) -> str:
    return decode(bytes(value)).rstrip("\x00").strip()[:VALUE_LENGTH]


def _mac_in(identifier: str) -> str | None:
    """The hardware address that most clients use for their identifier: type 1, then six octets."""
    if not _HEX_ID.fullmatch(identifier):
        return None
    kind, _, rest = identifier.partition(":")
    return canonical_mac(rest) if int(kind, 16) == _ETHERNET and rest.count(":") == 5 else None

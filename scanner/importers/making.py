"""What importers share: addresses and times in one spelling, rows, and payloads made of what a tool kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from scanner.importers.interface import Row
from scanner.model.ending import Ended, Ending
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol
from scanner.model.sighting import Sighting
from scanner.parsers.address import host_spelling, read_address
from scanner.parsers.dhcp import lease_text
from scanner.parsers.favicon import ICON_MD5, ICON_MMH3
from scanner.parsers.mac import canonical_mac
from scanner.parsers.other_tool import opinion_text
from scanner.parsers.text import printable

HEADING = "a heading or other text, no entry"
NO_HARDWARE_ADDRESS = "no hardware address of a station"
NO_ADDRESS = "no address of a host"
CUT = "longer than a line may be"
TELLS_NEIGHBOURS = (
    "a neighbour table holds only whom that computer talked to of late; a MAC address alone makes "
    "nothing certain."
)
TELLS_PLACES = (
    "a table tells who holds which address or sits behind which port, not what a device answers; a "
    "MAC address alone makes nothing certain."
)
TELLS_LEASES = (
    "a lease tells the hardware address and the name that a client gave, not which services it has; "
    "devices with a fixed address do not ask for one."
)
TELLS_TRAFFIC = (
    "Zeek keeps what passed its sensor: status and path of a reply, not its headers or body, and no answer "
    "that took another way; what it concluded is weak."
)
TELLS_PORTS = (
    "without --banners masscan keeps which ports are open and nothing that a device said; it does "
    "not write which ports stayed silent."
)
"""What no file of a kind can tell, for a reader of the report."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = 4_102_444_800
"""Seconds: the year 2100. What is later is no time at which something was seen."""
_SIGNED = re.compile(r"-?[1-9]\d{0,9}")
_MD5 = re.compile(r"[0-9a-fA-F]{32}")
_NUMBER = re.compile(r"\d{1,12}(?:\.\d{1,12})?")
_HEADER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}")
_ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?")
_VALUE_LENGTH = 4096
_BODY_LENGTH = 256 * 1024


def address_of(text: object) -> str:
    """The canonical spelling of a host's address, or empty: groups and the unspecified one are no host."""
    if not isinstance(text, str):
        return ""
    bare = text.strip().strip("[]").partition("%")[0].partition("/")[0]
    address = read_address(bare)
    return host_spelling(address) if address is not None else ""


def port_of(value: object) -> int:
    """A port from 1 to 65535, or 0."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 5:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return 0
    return value if 0 < value < 65536 else 0


def text_of(value: object, limit: int = _VALUE_LENGTH) -> str:
    """A text, or a number as text, cut; empty for everything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value)[:limit] if isinstance(value, str) or abs(value) < 1 << 63 else ""


def time_of(value: object) -> str:
    """UTC in ISO 8601 from seconds since 1970 or from ISO 8601; empty when it is neither or cannot be."""
    text = text_of(value, 64).strip()
    if _NUMBER.fullmatch(text):
        seconds = float(text)
        if not 0 < seconds < _LATEST:
            return ""
        return (_EPOCH + timedelta(seconds=int(seconds))).strftime("%Y-%m-%dT%H:%M:%SZ")
    found = _ISO.match(text)
    if found is None:
        return ""
    try:
        moment = datetime.fromisoformat(re.sub(r"[.,]\d+", "", found[0]))
    except ValueError:
        return ""
    try:
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        return ""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def unused(place: str, why: str) -> Row:
    """A row that gave nothing."""
    return Row(place, unused=why)


def broken(place: str, why: str) -> Row:
    """A row that could not be read."""
    return Row(place, unused=printable(why, 120), broken=True)


def tcp(address: str, port: int, ending: Ending, at: str = "") -> Ended:
    """What a file says of a port."""
    return Ended("tcp", address, port, ending, at=at)


def together(place: str, rows: list[Row]) -> Row:
    """Several facts of one object as one row; the first reason stands if none was of use."""
    if not rows:
        return unused(place, "nothing in it")
    used = [row for row in rows if row.observations or row.endings or row.sightings]
    if not used:
        return replace(rows[0], names=tuple(dict.fromkeys(name for row in rows for name in row.names)))
    return Row(
        place,
        tuple(one for row in used for one in row.observations),
        tuple(one for row in used for one in row.endings),
        tuple(one for row in used for one in row.sightings),
    )


def station(
    place: str, mac: str, address: str = "", *, switch: str = "", port: str = "", vlan: str = "", at: str = ""
) -> Row:
    """A row of a neighbour or forwarding table. Without an address the device is known by its MAC alone."""
    known = canonical_mac(mac)
    if known is None:
        return Row(place, names=(address,) if address else (), unused=NO_HARDWARE_ADDRESS)
    seen = Sighting(known, address, switch[:64], port[:64], vlan[:32], at=at)
    payload = known.encode("ascii")
    heard = Observation(address or known, Protocol.MAC, payload, at=at, synthesised=True)
    return Row(place, (heard,), sightings=(seen,))


def lease(
    place: str,
    mac: str,
    address: str = "",
    *,
    hostname: str = "",
    vendor_class: str = "",
    client_id: str = "",
    parameters: str = "",
    at: str = "",
) -> Row:
    """A lease. Without an address (it ended, or somebody else has it now) the client is known by its MAC."""
    known = canonical_mac(mac)
    payload = lease_text(known or "", hostname, vendor_class, client_id, parameters)
    host = address or known
    if not payload or not host:
        return Row(place, unused=NO_ADDRESS if payload else NO_HARDWARE_ADDRESS)
    heard = Observation(host, Protocol.DHCP, payload, at=at, synthesised=True)
    seen = (Sighting(known, address, at=at),) if known and address else ()
    return Row(place, (heard,), sightings=seen)


def http_head(status: object, headers: Iterable[tuple[str, str]], body: str | bytes = b"") -> bytes:
    """A canonical reply of what a tool kept: no header, length or coding is in it that the tool did not keep.

    A header's value is one line; a coding that the tool has taken off already is left out.
    """
    code = text_of(status, 3)
    lines = [f"HTTP/1.1 {code}"] if len(code) == 3 and code.isdigit() else []
    for name, value in headers:
        written = name.strip().replace("_", "-")
        if not _HEADER_NAME.fullmatch(written) or written.lower() in _NOT_KEPT:
            continue
        if line := " ".join(value[:_VALUE_LENGTH].split()):
            lines.append(f"{written}: {line}")
    raw = body.encode("utf-8", "replace") if isinstance(body, str) else body
    if not lines:
        return raw[:_BODY_LENGTH]
    return "\r\n".join([*lines, "", ""]).encode("utf-8", "replace") + raw[:_BODY_LENGTH]


_NOT_KEPT = frozenset({"transfer-encoding", "content-encoding", "content-length"})
"""They describe the body on the wire; what a tool keeps of it is decoded, or cut."""


def icon_reply(mmh3: str, md5: str) -> bytes:
    """A reply to the question for the icon of which a tool kept the hashes alone; empty without any."""
    headers = []
    if _SIGNED.fullmatch(mmh3):
        headers.append((ICON_MMH3, mmh3))
    if _MD5.fullmatch(md5):
        headers.append((ICON_MD5, md5.lower()))
    return http_head(200, headers) if headers else b""


def opinion(
    address: str, port: int, words: Iterable[tuple[str, object]], at: str = ""
) -> tuple[Observation, ...]:
    """What a tool concluded, which is weak whatever it says; nothing if it concluded nothing."""
    payload = opinion_text([(name, text_of(value, 256)) for name, value in words])
    if not payload:
        return ()
    return (Observation(address, Protocol.OTHER_TOOL, payload, port, at=at, synthesised=True),)


def title_page(title: str) -> str:
    """The page of which a tool kept the title alone."""
    if not title.strip():
        return ""
    shown = title.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<html><head><title>{shown[:_VALUE_LENGTH]}</title></head></html>"


def certificate_text(subject: str, issuer: str, serial: str = "", names: Iterable[str] = ()) -> bytes:
    """Lines of a certificate of which a tool kept the names."""
    pairs = [("subject", subject), ("issuer", issuer), ("serial", serial)]
    pairs += [("subject alternative name", name) for name in names]
    lines = [f"{key}: {' '.join(value[:_VALUE_LENGTH].split())}\n" for key, value in pairs if value.strip()]
    return "".join(lines).encode("utf-8", "replace")


def name_text(name: object) -> str:
    """``C=CN, O=X`` of a name that a tool keeps as a mapping of short names to a value or a list."""
    if isinstance(name, str):
        return name[:_VALUE_LENGTH]
    if not isinstance(name, Mapping):
        return ""
    parts = []
    for key, value in list(name.items())[:32]:
        first = value[0] if isinstance(value, list) and value else value
        if text := text_of(first, 256):
            parts.append(
                f"{text_of(key, 64)}={text.replace(chr(92), chr(92) * 2).replace(',', chr(92) + ',')}"
            )
    return ", ".join(parts)

"""Hardware addresses: one spelling for the several that devices and tools use."""

from __future__ import annotations

import ipaddress
import re

from scanner.model.errors import Malformed
from scanner.model.fields import Fields
from scanner.parsers.text import decode, printable

_SPELLINGS = re.compile(
    r"[0-9a-f]{2}(?:([:. -])[0-9a-f]{2})(?:\1[0-9a-f]{2}){4}|[0-9a-f]{4}([.-])[0-9a-f]{4}\2[0-9a-f]{4}"
    r"|[0-9a-f]{6}-?[0-9a-f]{6}|[0-9a-f]{1,2}(?::[0-9a-f]{1,2}){5}",
    re.IGNORECASE,
)
_WITHIN = re.compile(
    r"(?<![\w:.-])[0-9a-f]{2}(?:([:-])[0-9a-f]{2})(?:\1[0-9a-f]{2}){4}(?![\w:.-])", re.IGNORECASE
)


def canonical_mac(text: str) -> str | None:
    """``aa:bb:cc:dd:ee:ff``, or None when the text is no address of a station.

    Group addresses (broadcast among them) and the zero address name no station: devices print them where
    their own address was masked or never set.
    """
    stripped = text.strip()[:32]
    if not _SPELLINGS.fullmatch(stripped):
        return None
    if ":" in stripped:
        digits = "".join(part.zfill(2) for part in stripped.split(":"))
    else:
        digits = re.sub(r"[^0-9A-Fa-f]", "", stripped)
    return station(bytes.fromhex(digits)) or None


def station(octets: bytes) -> str:
    """Six octets in the one spelling; empty for a group, for zeros, and for any other number of octets."""
    if len(octets) != 6 or octets[0] & 1 or not any(octets):
        return ""
    return octets.hex(":")


def mac_from_eui64(text: str) -> str | None:
    """The hardware address inside an IPv6 address or interface identifier made from it (RFC 4291 app. A).

    Takes an address, with or without brackets and zone, or sixteen hexadecimal digits. None when the
    identifier was not made from a hardware address.
    """
    bare = text.strip().strip("[]").partition("%")[0]
    try:
        identifier = ipaddress.IPv6Address(bare).packed[8:]
    except ValueError:
        digits = re.sub(r"[:.-]", "", bare)
        if not re.fullmatch(r"[0-9A-Fa-f]{16}", digits):
            return None
        identifier = bytes.fromhex(digits)
    if identifier[3:5] != b"\xff\xfe" or not identifier[0] & 2:
        return None
    return canonical_mac((bytes([identifier[0] ^ 2]) + identifier[1:3] + identifier[5:]).hex())


def read(payload: bytes, _request: str | None = None) -> Fields:
    """The field ``mac``.

    Raises:
        Malformed: the text is no hardware address of a station.
    """
    text = decode(payload[:256])
    address = canonical_mac(text)
    if address is None and (found := _WITHIN.search(text)):  # a line of an address table
        address = canonical_mac(found[0])
    if address is None:
        raise Malformed(f"no hardware address: {printable(text, 40)!r}")
    return Fields([("mac", address)])

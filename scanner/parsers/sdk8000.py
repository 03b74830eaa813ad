r"""The vendor's own service port 8000: sixteen bytes of header, or whatever else listens there.

Header, big-endian, four words: length, sum of the bytes behind this word, status, zero (research note
sadp.md §5.1, from two real replies). Input is bytes, or their printable form with ``\xNN`` escapes or as
hexadecimal digits.
"""

from __future__ import annotations

import re
import struct

from scanner.model.fields import Fields
from scanner.parsers.banner import HEX_LIMIT, TEXT_LIMIT, banner_fields

_ESCAPE = re.compile(rb"\\(x[0-9A-Fa-f]{2}|[0abfnrtv\\'\"])")
_NAMED = {
    b"0": b"\0",
    b"a": b"\a",
    b"b": b"\b",
    b"f": b"\f",
    b"n": b"\n",
    b"r": b"\r",
    b"t": b"\t",
    b"v": b"\v",
}
_HEADER = struct.Struct(">IIII")


def read(payload: bytes, _request: str | None = None) -> Fields:
    """``banner``, ``banner.hex`` and, of a reply in the vendor's form, ``sdk.status``."""
    raw = unescape(payload[: 4 * max(TEXT_LIMIT, HEX_LIMIT)])
    fields = banner_fields(raw, raw)
    status = status_of(raw)
    if status is None:
        return fields
    pairs = [(name, value) for name in fields for value in fields[name]]
    return Fields([*pairs, ("sdk.status", str(status))])


def status_of(raw: bytes) -> int | None:
    """The status of a reply that is a header and nothing else, its sum checked."""
    if len(raw) != _HEADER.size:
        return None
    length, total, status, reserved = _HEADER.unpack(raw)
    if length != _HEADER.size or reserved != 0 or total != sum(raw[8:]):
        return None
    return int(status)


def unescape(payload: bytes) -> bytes:
    """Bytes from their printable form; anything that is not printable throughout stays as it is."""
    printed = re.sub(rb"[\s:]", b"", payload[:128])
    if len(printed) == 2 * _HEADER.size and re.fullmatch(rb"[0-9A-Fa-f]+", printed):
        header = bytes.fromhex(printed.decode("ascii"))
        return payload if status_of(header) is None else header
    if b"\\" not in payload or any((byte < 32 and byte not in b"\t\r\n") or byte > 126 for byte in payload):
        return payload
    text = payload.rstrip(b"\r\n")
    return _ESCAPE.sub(lambda found: _byte(found[1]), text)


def _byte(escape: bytes) -> bytes:
    if escape[:1] == b"x":
        return bytes([int(escape[1:], 16)])
    return _NAMED.get(escape, escape)

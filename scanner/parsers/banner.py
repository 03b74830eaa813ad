"""What a service says of itself before anyone asks: Telnet, FTP, SSH."""

from __future__ import annotations

import re

from scanner.model.errors import Malformed
from scanner.model.fields import Fields

TEXT_LIMIT = 4096
"""Bytes of a banner that are kept as text; RFC 4253 allows 255 a line, log-in notices are longer."""
HEX_LIMIT = 512
"""Bytes of a banner that are kept as hex."""

_NEGOTIATION = re.compile(
    rb"\xff(?:[\xfb-\xfe].|\xfa[^\xff]{0,256}(?:\xff\xf0)?|[\xf0-\xf9])|\xff[\xfb-\xfe]?\Z", re.DOTALL
)


def read(payload: bytes, _request: str | None = None) -> Fields:
    """The fields ``banner`` (Latin-1) and ``banner.hex``."""
    return banner_fields(payload, payload)


def read_telnet(payload: bytes, _request: str | None = None) -> Fields:
    """As `read`; the option negotiation (RFC 854) is left out of the text.

    A capture that was kept as text holds the negotiation's bytes as characters; they are made bytes again.
    """
    raw = payload
    try:
        raw = payload.decode("utf-8").encode("latin-1")
    except (UnicodeDecodeError, UnicodeEncodeError):
        raw = payload
    return banner_fields(_NEGOTIATION.sub(b"", raw[: 2 * TEXT_LIMIT]), raw)


def banner_fields(shown: bytes, raw: bytes) -> Fields:
    """The two fields of any banner.

    Raises:
        Malformed: there are no bytes.
    """
    if not raw:
        raise Malformed("an empty banner")
    return Fields([("banner", shown[:TEXT_LIMIT].decode("latin-1")), ("banner.hex", raw[:HEX_LIMIT].hex())])

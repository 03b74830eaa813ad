"""SSDP (UPnP Device Architecture 2.0 §1): answers to M-SEARCH, and announcements. Headers without a body."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.model.errors import Malformed
from scanner.model.fields import Fields
from scanner.parsers.http import head_fields
from scanner.parsers.message import HEAD_LIMIT, Message, read_message
from scanner.parsers.secrets import strip_secrets
from scanner.parsers.text import decode, printable


def read(payload: bytes, _request: str | None = None) -> Fields:
    """Status and headers; of an announcement also ``request.method``.

    Raises:
        Malformed: it holds no header, or it is a client's search.
    """
    message = read_message(strip_secrets(payload[:HEAD_LIMIT]))
    if message.method == "M-SEARCH":
        raise Malformed("a client's search, not a device's answer")
    if not message.headers:
        raise Malformed(f"no SSDP message: {printable(decode(payload[:256]), 40)!r}")
    return Fields(_fields(message))


def is_answer(payload: bytes) -> bool:
    """Whether a datagram comes from a device rather than from a client."""
    return not payload[:64].lstrip().upper().startswith(b"M-SEARCH")


def _fields(message: Message) -> Iterator[tuple[str, str]]:
    if message.method is not None:
        yield "request.method", message.method
    yield from head_fields(message)

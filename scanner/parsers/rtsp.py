"""RTSP replies (RFC 2326) to OPTIONS and DESCRIBE, with the session description (RFC 8866) in the latter.

A capture may hold several replies one behind the other; each gives its fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.model.errors import Malformed
from scanner.model.fields import Fields
from scanner.parsers.http import head_fields
from scanner.parsers.message import (
    BODY_LIMIT,
    HEAD_LIMIT,
    Message,
    content,
    read_message,
    request_words,
)
from scanner.parsers.secrets import strip_secrets
from scanner.parsers.text import decode

SIZE_LIMIT = HEAD_LIMIT + BODY_LIMIT
"""Bytes of a capture that are read."""
REPLIES_LIMIT = 8
"""Replies of one capture that are read; a probe asks two questions."""
ATTRIBUTES_LIMIT = 256
"""Attribute lines of a session description that are read."""

_REPLY_START = re.compile(rb"^RTSP/\d\.\d[ \t]+\d{3}", re.MULTILINE)


def read(payload: bytes, request: str | None = None) -> Fields:
    """The fields of one or more replies; ``request`` is what was asked, as ``DESCRIBE rtsp://…``."""
    return Fields(_fields(_messages(strip_secrets(payload[:SIZE_LIMIT])), request))


def _messages(raw: bytes) -> list[Message]:
    raw = raw[:SIZE_LIMIT]
    if not raw.strip(b"\x00\r\n\t "):
        raise Malformed("nothing but blanks")
    starts = [0]
    for found in _REPLY_START.finditer(raw):
        if found.start() > 0 and len(starts) < REPLIES_LIMIT and raw[: found.start()].strip():
            starts.append(found.start())
    ends = [*starts[1:], len(raw)]
    return [read_message(raw[start:end]) for start, end in zip(starts, ends, strict=True)]


def _fields(messages: list[Message], request: str | None) -> Iterator[tuple[str, str]]:
    words = request_words(request)
    if words:
        yield "request.method", words[0].upper()
    for message in messages:
        yield from head_fields(message)
        for header in message.headers:
            if header.name == "date":
                yield "line.date", header.line
            elif header.name == "public":
                yield "public", header.value
        body = content(message)[:BODY_LIMIT]
        if body:
            yield "body", decode(body)
            yield from _session_fields(decode(body))


def _session_fields(description: str) -> Iterator[tuple[str, str]]:
    attributes = 0
    for line in description.splitlines():
        if line.startswith("s="):
            yield "sdp.s", line[2:].strip()
        elif line.startswith("a=") and attributes < ATTRIBUTES_LIMIT:
            attributes += 1
            yield "sdp.a", line.strip()

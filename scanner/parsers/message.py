"""The shape that HTTP, RTSP and SSDP share: a start line, headers, a blank line, a body.

Read as a tolerant client does (RFC 9112 §2.2): a line feed alone ends a line too, folded headers are
joined, and a capture that holds only headers or only a body is read for what it is. What goes beyond the
limits is left out, never an error: a bomb is cut, the rest is still evidence.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from scanner.parsers.text import decode

BODY_LIMIT = 64 * 1024
"""Bytes of body that are looked at."""
HEAD_LIMIT = 64 * 1024
"""Bytes in which the blank line behind the headers is looked for."""
HEADERS_LIMIT = 64
_INTERIM_AT_MOST = 3
LINE_LIMIT = 8 * 1024
"""Bytes of one header line; servers commonly stop at 8 KiB as well."""
LINES_LIMIT = 2 * HEADERS_LIMIT
"""Lines of a head that are read, continuations and rubbish included."""

_TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}"
_STATUS_LINE = re.compile(rb"((?:HTTP|RTSP)/\d(?:\.\d)?)[ \t]+(\d{3})(?!\d)", re.IGNORECASE)
_REQUEST_LINE = re.compile(rb"(NOTIFY|M-SEARCH)[ \t]+\S{1,512}[ \t]+(HTTP/\d\.\d)[ \t]*(?=[\r\n]|\Z)")
_HEADER_LINE = re.compile(rb"(" + _TOKEN + rb")[ \t]*:(?!//)")
_BEFORE_START = re.compile(rb"(?:\xef\xbb\xbf|[\r\n\t \x00]){0,64}")
"""What editors and captures put in front of a start line."""
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]{0,1024})?\r?\n")
_SIZE_LINE = re.compile(rb"(?:\A|\r?\n)[0-9A-Fa-f]{1,8}[ \t]*\r?\n")
_REALM = re.compile(r'\brealm\s{0,8}=\s{0,8}(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))', re.IGNORECASE)
_MARKUP_STARTS = (b"<", b"\xef\xbb\xbf<")


class Header(NamedTuple):
    """One header field."""

    name: str
    """Lower case."""
    value: str
    """Without the blanks around it; folded lines joined by one blank."""
    line: str
    """As it came, blanks kept, without the end of the line."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message, as far as it was there."""

    version: str | None = None
    """``HTTP/1.1``; None when the capture holds no start line."""
    status: str | None = None
    """Three digits; None for a request, or without a start line."""
    method: str | None = None
    """Of a request such as ``NOTIFY``."""
    headers: tuple[Header, ...] = ()
    head: str = ""
    """Start line and headers as they came."""
    body: bytes = b""
    """Everything behind the blank line, up to the limit, transfer coding still on."""

    def values(self, name: str) -> list[str]:
        """Each value of a header; ``name`` in lower case."""
        return [header.value for header in self.headers if header.name == name]

    def length(self) -> int | None:
        """The first Content-Length that is a number."""
        for value in self.values("content-length"):
            if value.isascii() and value.isdigit() and len(value) < 16:
                return int(value)
        return None

    def chunked(self) -> bool:
        """Whether the body travels in chunks."""
        codings = self.values("transfer-encoding")
        return bool(codings) and "chunked" in " ".join(codings).lower()


def read_message(raw: bytes) -> Message:
    """Read one message; nothing in ``raw`` can make this fail."""
    before = _BEFORE_START.match(raw)
    begin = before.end() if before else 0
    version = status = method = None
    if start := _STATUS_LINE.match(raw, begin):
        version, status = start[1].decode("ascii").upper(), start[2].decode("ascii")
    elif start := _REQUEST_LINE.match(raw, begin):
        method, version = start[1].decode("ascii"), start[2].decode("ascii")
    elif not _is_headers_alone(raw, begin):
        return Message(body=raw[:BODY_LIMIT])
    position = _next_line(raw, start.end()) if start else begin
    headers, body_at = _read_headers(raw, position)
    return Message(
        version=version,
        status=status,
        method=method,
        headers=headers,
        head=decode(raw[begin : min(body_at, HEAD_LIMIT)]),
        body=raw[body_at : body_at + BODY_LIMIT],
    )


def without_interim(raw: bytes) -> bytes:
    """From the answer on that stands behind interim ones (1xx), if one does."""
    before = _BEFORE_START.match(raw)
    begin = before.end() if before else 0
    for _ in range(_INTERIM_AT_MOST):
        start = _STATUS_LINE.match(raw, begin)
        if start is None or not start[2].startswith(b"1"):
            break
        blank = _BLANK_LINE.search(raw, begin, begin + HEAD_LIMIT)
        if blank is None or not _STATUS_LINE.match(raw, blank.end()):
            break
        raw, begin = raw[blank.end() :], 0
    return raw


def end_of_message(raw: bytes, *, until_close: bool) -> int | None:
    """Offset behind the first whole message, or None while more must come. Linear time.

    ``until_close``: a body without a length lasts until the peer closes (HTTP); otherwise there is none
    (RTSP, RFC 2326 §4.4). Interim answers (1xx) are passed over.
    """
    begin = 0
    for _ in range(_INTERIM_AT_MOST + 1):
        if not _STATUS_LINE.match(raw, begin):
            return None
        blank = _BLANK_LINE.search(raw, begin, begin + HEAD_LIMIT)
        if blank is None:
            return None
        message = read_message(raw[begin : blank.end()])
        body_at = blank.end()
        if message.status is not None and message.status.startswith("1"):
            begin = body_at
            continue
        return _end_of_body(raw, body_at, message, until_close=until_close)
    return None


def _end_of_body(raw: bytes, body_at: int, message: Message, *, until_close: bool) -> int | None:
    if message.status in ("204", "304"):
        return body_at
    if message.chunked():
        return _end_of_chunks(raw, body_at)
    length = message.length()
    if length is None:
        return None if until_close else body_at
    return body_at + length if len(raw) >= body_at + length else None


def content(message: Message) -> bytes:
    """The body without transfer and content coding, at most `BODY_LIMIT` bytes."""
    if not message.body:
        return b""
    body = _join_chunks(message.body) if message.chunked() else message.body
    coding = " ".join(message.values("content-encoding")).lower()
    if "gzip" in coding or "deflate" in coding:
        body = _inflate(body)
    return body[:BODY_LIMIT]


def realms(challenges: list[str]) -> Iterator[str]:
    """Each realm of the challenges, unquoted."""
    for challenge in challenges:
        for found in _REALM.finditer(challenge):
            quoted, bare = found.groups()
            yield bare if quoted is None else re.sub(r"\\(.)", r"\1", quoted)


def request_words(request: str | None) -> list[str]:
    """Method and path of what was asked, as far as it is known."""
    return (request or "")[:2048].split()[:2]


def _is_headers_alone(raw: bytes, position: int) -> bool:
    """Whether each line up to the first blank one is a header."""
    seen = 0
    while seen < HEADERS_LIMIT and position < len(raw):
        end = raw.find(b"\n", position, position + LINE_LIMIT)
        line = raw[position : end if end >= 0 else position + LINE_LIMIT].rstrip(b"\r")
        if not line:
            break
        folded = seen > 0 and line[:1] in b" \t"
        if not folded and not _HEADER_LINE.match(line):
            return False
        seen += 1
        if end < 0:
            break
        position = end + 1
    return seen > 0


def _read_headers(raw: bytes, position: int) -> tuple[tuple[Header, ...], int]:
    headers: list[Header] = []
    lines = 0
    while position < len(raw):
        lines += 1
        if len(headers) >= HEADERS_LIMIT or lines > LINES_LIMIT:
            blank = _BLANK_LINE.search(raw, max(position - 2, 0), position + HEAD_LIMIT)
            return tuple(headers), blank.end() if blank else len(raw)
        following = _next_line(raw, position)
        line = raw[position : min(following, position + LINE_LIMIT)].rstrip(b"\r\n")
        if not line:
            return tuple(headers), following
        if line.startswith(_MARKUP_STARTS):
            return tuple(headers), position  # a capture without the blank line
        if headers and line[:1] in b" \t":
            last = headers[-1]
            headers[-1] = Header(last.name, f"{last.value} {decode(line).strip()}".strip(), last.line)
        else:
            _take_header(headers, line)
        position = following
    return tuple(headers), len(raw)


def _take_header(headers: list[Header], line: bytes) -> None:
    text = decode(line)
    name, colon, value = text.partition(":")
    if colon:
        headers.append(Header(name.strip().lower()[:128], value.strip(), text))


def _next_line(raw: bytes, position: int) -> int:
    end = raw.find(b"\n", position)
    return len(raw) if end < 0 else end + 1


def _end_of_chunks(raw: bytes, position: int) -> int | None:
    while size := _CHUNK_SIZE.match(raw, position):
        length = int(size[1], 16)
        position = size.end() + length
        if length == 0:
            return _end_of_trailer(raw, position)
        if position >= len(raw):
            return None
        position += 2 if raw.startswith(b"\r\n", position) else 1
    return None


def _end_of_trailer(raw: bytes, position: int) -> int | None:
    """Behind the blank line that ends the trailer of a chunked body."""
    if raw.startswith((b"\r\n", b"\n"), position):
        return _next_line(raw, position)
    blank = _BLANK_LINE.search(raw, position, position + HEAD_LIMIT)
    return blank.end() if blank else None


def _join_chunks(body: bytes) -> bytes:
    """The data of the chunks; where the framing does not hold, the rest without lines that are but a size.

    A capture whose line ends were rewritten has chunk sizes that no longer fit: its text still counts.
    """
    parts: list[bytes] = []
    position = 0
    while size := _CHUNK_SIZE.match(body, position):
        length = int(size[1], 16)
        if length == 0:
            return b"".join(parts)
        data = body[size.end() : size.end() + length]
        after = size.end() + length
        if after < len(body) and not body.startswith((b"\r\n", b"\n"), after):
            break
        parts.append(data)
        position = after + (2 if body.startswith(b"\r\n", after) else 1)
    return b"".join(parts) + _SIZE_LINE.sub(b"", body[position:])


def _inflate(body: bytes) -> bytes:
    """Unpack gzip, zlib or raw deflate, never more than the limit; what is none of them stays."""
    for window in (47, -15):  # 47: gzip or zlib, by their headers
        unpacker = zlib.decompressobj(window)
        try:
            unpacked = unpacker.decompress(body, BODY_LIMIT)
        except zlib.error:
            continue
        if unpacked:
            return unpacked
    return body

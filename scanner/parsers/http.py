"""HTTP replies (RFC 9112), and what travels in them: HTML, XML of ISAPI, ONVIF and UPnP, JSON, icons.

A capture may hold status line, headers and body, or headers alone, or a bare body. ISAPI, ONVIF over SOAP
and UPnP descriptions are HTTP with an XML body and have no reading of their own beyond this one.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from scanner.model.errors import Malformed
from scanner.model.fields import Fields
from scanner.parsers import xml
from scanner.parsers.favicon import ICON_MD5, ICON_MMH3, icon_hashes, is_image
from scanner.parsers.html import read_html
from scanner.parsers.json_answer import json_fields
from scanner.parsers.message import (
    BODY_LIMIT,
    HEAD_LIMIT,
    Message,
    content,
    read_message,
    realms,
    request_words,
    without_interim,
)
from scanner.parsers.secrets import strip_secrets
from scanner.parsers.text import to_utf8


def read(payload: bytes, request: str | None = None) -> Fields:
    """The fields of a reply; ``request`` is what was asked, as ``GET /path``."""
    message = _message(payload)
    return Fields(_fields(message, request))


def read_xml(payload: bytes, request: str | None = None) -> Fields:
    """As `read`, of a protocol whose body is XML: what stands in front of the first tag is passed over."""
    return Fields(_fields(_message(payload), request, expect_xml=True))


def head_fields(message: Message) -> Iterator[tuple[str, str]]:
    """Status, version, headers, challenges and realms."""
    if message.status is not None:
        yield "status", message.status
    if message.version is not None:
        yield "version", message.version
    for header in message.headers:
        yield f"header.{header.name}", header.value
    challenges = message.values("www-authenticate")
    for challenge in challenges:
        yield "auth", challenge
    for realm in realms(challenges):
        yield "realm", realm
    if message.head:
        yield "head", message.head


def _message(raw: bytes) -> Message:
    if not raw.strip(b"\x00\r\n\t "):
        raise Malformed("nothing but blanks")
    message = read_message(without_interim(raw)[: HEAD_LIMIT + 2 * BODY_LIMIT])
    if message.method is not None:
        raise Malformed(f"a request ({message.method}), not a reply")
    return message


def _fields(message: Message, request: str | None, *, expect_xml: bool = False) -> Iterator[tuple[str, str]]:
    path = _path(request)
    if path is not None:
        yield "request.path", path
    body = content(message)
    cleared = Message(
        headers=message.headers, version=message.version, status=message.status, head=message.head
    )
    yield from head_fields(_without_secrets(cleared))
    if not body and _asks_icon(path):
        yield from _kept_hashes(message)
    elif _is_icon(message, body, path):
        yield from zip(("favicon.mmh3", "favicon.md5"), icon_hashes(body), strict=True)
    yield from body_fields(strip_secrets(to_utf8(body)), expect_xml=expect_xml)


def body_fields(body: bytes, *, expect_xml: bool = False) -> Iterator[tuple[str, str]]:
    """The text of a body and what its HTML, its XML or its device information in JSON holds."""
    if not body:
        return
    text = body.decode("utf-8", "replace")
    yield "body", text
    if members := list(json_fields(text)):
        yield from members
    elif xml.looks_like_xml(body[body.find(b"<") :] if expect_xml and b"<" in body else body):
        try:
            yield from xml.xml_fields(xml.parse(body))
        except Malformed:
            return  # the text stands for itself
    elif "<" in text:
        yield from read_html(text)


def _without_secrets(message: Message) -> Message:
    """The head again, read from bytes in which nonces and cookies are blanked."""
    if not message.head:
        return message
    head = message.head.encode("utf-8", "replace")
    cleared = strip_secrets(head)
    return message if cleared == head else read_message(cleared)


def _path(request: str | None) -> str | None:
    words = request_words(request)
    if not words:
        return None
    target = words[-1]
    if "://" in target:
        try:
            target = urlsplit(target).path or "/"
        except ValueError:
            return None
    return target if target.startswith("/") else None


def _asks_icon(path: str | None) -> bool:
    return path is not None and path.partition("?")[0].lower().endswith("/favicon.ico")


def _kept_hashes(message: Message) -> Iterator[tuple[str, str]]:
    """The hashes of an icon that a tool kept in place of its bytes."""
    for field, header in (("favicon.mmh3", ICON_MMH3), ("favicon.md5", ICON_MD5)):
        for value in message.values(header)[:1]:
            yield field, value


def _is_icon(message: Message, body: bytes, path: str | None) -> bool:
    """Whether the hashes of this body mean anything: a whole image, or what was answered for the icon."""
    if not body or message.status not in (None, "200"):
        return False
    length = message.length()
    if length is not None and not message.chunked() and (length > len(body) or length > BODY_LIMIT):
        return False
    if is_image(body):
        return True
    return _asks_icon(path) and not body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")

"""Answers of multicast DNS (RFC 6762, names and records of RFC 1035) as our text of a service.

Names may point backwards only, so a name ends; records, labels and texts are bounded.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass, field

from scanner.parsers.mdns import record_text
from scanner.parsers.text import decode

RECORDS_LIMIT = 128
_NAME_LENGTH = 255
_JUMPS_LIMIT = 16
_TEXTS_LIMIT = 64
_A, _PTR, _TXT, _AAAA, _SRV = 1, 12, 16, 28, 33
_TRANSPORTS = ("._tcp.local", "._udp.local")


class _Cut(Exception):
    """The message ends, or lies, in the middle of something."""


@dataclass(slots=True)
class _Service:
    host: str = ""
    port: int = 0
    texts: list[str] = field(default_factory=list)


def services(message: bytes) -> Iterator[bytes]:
    """The text of each service instance that an answer tells of; nothing for a question or for damage."""
    if len(message) < 12 or not message[2] & 0x80:
        return
    questions = int.from_bytes(message[4:6], "big")
    records = sum(int.from_bytes(message[at : at + 2], "big") for at in (6, 8, 10))
    found: dict[str, _Service] = {}
    addresses: dict[str, list[str]] = {}
    at = 12
    try:
        for _ in range(min(questions, RECORDS_LIMIT)):
            _, at = _name(message, at)
            at += 4
        for _ in range(min(records, RECORDS_LIMIT)):
            at = _record(message, at, found, addresses)
    except _Cut:
        pass  # what stood before the damage is kept
    for instance, service in found.items():
        _, mark, kind = instance.partition("._")
        if mark:
            told = addresses.get(service.host.lower(), [])
            yield record_text(instance, f"_{kind}", service.host, service.port, told, service.texts)


def _record(message: bytes, at: int, found: dict[str, _Service], addresses: dict[str, list[str]]) -> int:
    name, at = _name(message, at)
    if at + 10 > len(message):
        raise _Cut
    kind, size = int.from_bytes(message[at : at + 2], "big"), int.from_bytes(message[at + 8 : at + 10], "big")
    start, end = at + 10, at + 10 + size
    if end > len(message):
        raise _Cut
    if kind == _PTR and name.lower().endswith(_TRANSPORTS):
        instance, _ = _name(message, start)
        if instance.lower().endswith(name.lower()) and len(instance) > len(name):
            found.setdefault(instance, _Service())
    elif kind == _SRV and size > 6:
        service = found.setdefault(name, _Service())
        service.port = int.from_bytes(message[start + 4 : start + 6], "big")
        service.host, _ = _name(message, start + 6)
    elif kind == _TXT and "._" in name:
        found.setdefault(name, _Service()).texts += _texts(message[start:end])
    elif kind in (_A, _AAAA) and size in (4, 16):
        told = addresses.setdefault(name.lower(), [])
        if len(told) < 16:
            told.append(str(ipaddress.ip_address(message[start:end])))
    return end


def _texts(data: bytes) -> list[str]:
    texts: list[str] = []
    at = 0
    while at < len(data) and len(texts) < _TEXTS_LIMIT:
        size = data[at]
        if size:
            texts.append(decode(data[at + 1 : at + 1 + size]))
        at += 1 + size
    return texts


def _name(message: bytes, at: int) -> tuple[str, int]:
    """A name, and where what follows it begins."""
    labels: list[str] = []
    length, after, jumps = 0, 0, 0
    while True:
        if at >= len(message):
            raise _Cut
        size = message[at]
        if size >= 0xC0:
            if at + 1 >= len(message):
                raise _Cut
            after = after or at + 2
            target = (size & 0x3F) << 8 | message[at + 1]
            jumps += 1
            if target >= at or jumps > _JUMPS_LIMIT:
                raise _Cut
            at = target
            continue
        if size == 0:
            return ".".join(labels), after or at + 1
        length += size + 1
        if size > 63 or length > _NAME_LENGTH or at + 1 + size > len(message):
            raise _Cut
        labels.append(decode(message[at + 1 : at + 1 + size]))
        at += 1 + size

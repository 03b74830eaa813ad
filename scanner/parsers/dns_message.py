"""DNS messages on the wire (RFC 1035 §4), as far as DNS-SD over multicast DNS needs (RFC 6762, 6763).

An answer becomes one canonical text a service instance, the same that a resolver's records become. Names are
bounded in length and in jumps, so that a message which points at itself costs nothing.
"""

from __future__ import annotations

import ipaddress
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from scanner.model.errors import Malformed
from scanner.parsers.mdns import record_text

RECORDS_AT_MOST = 256
INSTANCES_AT_MOST = 32
_NAME_LENGTH = 255
_JUMPS_AT_MOST = 16
_A, _PTR, _TXT, _AAAA, _SRV = 1, 12, 16, 28, 33
_RESPONSE = 0x80
_MARK = "._"


@dataclass(slots=True)
class _Service:
    """What the records of one message say of an instance."""

    host: str = ""
    port: int = 0
    txt: list[str] = field(default_factory=list)


def service_texts(message: bytes) -> list[bytes]:
    """The services that a multicast DNS answer announces, each as canonical text; none for a question.

    Raises:
        Malformed: it is cut, or no DNS message.
    """
    if len(message) < 12:
        raise Malformed("a DNS message is longer than this")
    if not message[2] & _RESPONSE:
        return []
    services: dict[str, _Service] = {}
    addresses: dict[str, dict[str, None]] = {}
    for name, kind, place, size in _records(message):
        data = message[place : place + size]
        if kind == _A and size == 4:
            addresses.setdefault(name.lower(), {})[str(ipaddress.IPv4Address(data))] = None
        elif kind == _AAAA and size == 16:
            addresses.setdefault(name.lower(), {})[str(ipaddress.IPv6Address(data))] = None
        elif kind == _PTR and name.startswith("_"):
            _service(services, _name(message, place)[0])
        elif kind == _SRV and size > 6 and (known := _service(services, name)):
            known.port = int.from_bytes(data[4:6], "big")
            known.host = _name(message, place + 6)[0]
        elif kind == _TXT and (known := _service(services, name)):
            known.txt = list(_strings(data))
    return [
        record_text(
            *_split(name), known.host, known.port, list(addresses.get(known.host.lower(), ())), known.txt
        )
        for name, known in services.items()
    ]


def _service(services: dict[str, _Service], name: str) -> _Service | None:
    """The entry of an instance; None for a name that is none, or one too many."""
    if _MARK not in name or name.startswith("_"):
        return None
    if name not in services and len(services) >= INSTANCES_AT_MOST:
        return None
    return services.setdefault(name, _Service())


def _split(name: str) -> tuple[str, str]:
    """Instance and service type."""
    instance, _, kind = name.partition(_MARK)
    return instance, f"_{kind}"


def _records(message: bytes) -> Iterator[tuple[str, int, int, int]]:
    """Name, type, place and size of the data of each record, whatever section it stands in."""
    questions, *others = struct.unpack_from("!4H", message, 4)
    place = 12
    for _ in range(min(questions, RECORDS_AT_MOST)):
        place = _name(message, place)[1] + 4
    for _ in range(min(sum(others), RECORDS_AT_MOST)):
        if place >= len(message):
            return
        name, place = _name(message, place)
        if place + 10 > len(message):
            raise Malformed("a record is cut")
        kind, _, _, size = struct.unpack_from("!HHIH", message, place)
        yield name, kind, place + 10, size
        place += 10 + size


def _name(message: bytes, place: int) -> tuple[str, int]:
    """A name with its compression undone, and the place behind it."""
    labels: list[str] = []
    behind, jumps, length = 0, 0, 0
    while True:
        if place >= len(message):
            raise Malformed("a name is cut")
        size = message[place]
        if size & 0xC0 == 0xC0:
            jumps += 1
            if jumps > _JUMPS_AT_MOST or place + 2 > len(message):
                raise Malformed("a name points nowhere")
            behind = behind or place + 2
            place = int.from_bytes(message[place : place + 2], "big") & 0x3FFF
            continue
        if size & 0xC0:
            raise Malformed("a label of no known kind")
        if size == 0:
            return ".".join(labels), behind or place + 1
        length += size + 1
        if length > _NAME_LENGTH:
            raise Malformed("a name is too long")
        labels.append(message[place + 1 : place + 1 + size].decode("utf-8", "replace"))
        place += 1 + size


def _strings(data: bytes) -> Iterator[str]:
    """The character strings of a TXT record."""
    place = 0
    while place < len(data):
        size = data[place]
        if size:
            yield data[place + 1 : place + 1 + size].decode("utf-8", "replace")
        place += 1 + size

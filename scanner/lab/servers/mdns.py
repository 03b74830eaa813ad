"""Multicast DNS (UDP 5353): the few records of one device. Only on real interfaces.

Written against RFC 1035 (wire form) and RFC 6762/6763 (who answers what); names are never compressed,
which the standard allows.
"""

from __future__ import annotations

import ipaddress
import struct
from dataclasses import dataclass

from scanner.lab.servers.session import Reply
from scanner.lab.station import Station

_A, _PTR, _TXT, _SRV = 1, 12, 16, 33
_IN = 1
_ANSWER = 0x8400
_TTL = 120
GROUP = "224.0.0.251"


def _wire(name: str) -> bytes:
    return b"".join(bytes([len(part)]) + part for part in (p.encode() for p in name.split("."))) + b"\0"


def _record(name: bytes, kind: int, data: bytes) -> bytes:
    return name + struct.pack("!HHIH", kind, _IN, _TTL, len(data)) + data


@dataclass(frozen=True, slots=True)
class Mdns:
    """One service of one device."""

    instance: str
    """First label of the service instance; may hold blanks."""
    host: str
    """Host name without ``.local``; on many cameras the long serial number."""
    service: str = "_http._tcp.local"
    text: tuple[str, ...] = ()
    service_port: int = 80
    unicast: bool = False
    answers_from_port: bool = True
    port: int = 5353
    groups: tuple[str, ...] = (GROUP,)

    def answer(self, datagram: bytes, station: Station) -> tuple[Reply, ...]:
        """All records at once, to the group, when the service type is asked for."""
        kind = _wire(self.service)
        if len(datagram) < 12 or datagram[2] & 0x80 or kind.lower() not in datagram.lower():
            return ()
        label = self.instance.encode()
        name = bytes([len(label)]) + label + kind
        host = _wire(f"{self.host}.local")
        port = station.port(self.service_port)
        text = b"".join(bytes([len(t)]) + t for t in (x.encode() for x in self.text)) or b"\0"
        records = (
            _record(kind, _PTR, name),
            _record(name, _SRV, struct.pack("!HHH", 0, 0, port) + host),
            _record(name, _TXT, text),
            _record(host, _A, ipaddress.IPv4Address(station.address).packed),
        )
        head = struct.pack("!HHHHHH", 0, _ANSWER, 0, len(records), 0, 0)
        return (Reply(head + b"".join(records), (GROUP, self.port)),)

    def expected(self, datagram: bytes) -> bool:
        """Anything that has a DNS header."""
        return len(datagram) >= 12

"""What a host says about itself in answers to datagrams: ports that are worth a look, and paths.

Everything here holds only for the address that sent the datagram, and only as the protocol that the field
names. An address or a name in the payload is never a new target: a URL counts if its host is the sender's
own address.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol as Interface
from urllib.parse import urlsplit

from scanner.model.errors import Malformed
from scanner.model.fields import Fields
from scanner.model.probe import Service
from scanner.model.protocol import Protocol
from scanner.parsers import read

_CONTROL = {"sadp.CommandPort": "listen", "sadp.SDKOverTLSPort": "tls"}
_SADP_PORTS = {"sadp.HttpPort": "http", "sadp.HttpsPort": "https", **_CONTROL}
"""Field of an answer to what it names. The control ports are not HTTP and are never spoken to."""
_SWITCHES = {"sadp.CommandPort": "sadp.SDKServerStatus", "sadp.SDKOverTLSPort": "sadp.SDKOverTLSServerStatus"}
"""Field that says whether the service behind a port is on."""
_URLS = {Protocol.SSDP: "header.location", Protocol.ONVIF_WSDISCOVERY: "wsd.xaddr"}
_DEFAULT_PORTS = {"http": 80, "https": 443}


class Said(Interface):
    """An exchange or an observation: either has a protocol and a payload."""

    @property
    def protocol(self) -> Protocol:
        """Kind of the payload."""

    @property
    def payload(self) -> bytes:
        """The bytes as they came."""


def services(address: str, said: Iterable[Said]) -> tuple[Service, ...]:
    """The services that a host named itself, each port once, in the order in which they were named.

    Args:
        address: the host; URLs for any other are passed over.
        said: what this same host answered.
    """
    found: dict[int, Service] = {}
    for answer in said:
        for service in _services_of(address, answer):
            found.setdefault(service.port, service)
    return tuple(found.values())


def description_paths(address: str, said: Iterable[Said]) -> tuple[str, ...]:
    """Paths of the descriptions that a host's SSDP answers point to on itself, for the gate to know."""
    paths: dict[str, None] = {}
    for answer in said:
        if answer.protocol is Protocol.SSDP:
            for url in _urls(address, answer):
                parts = urlsplit(url)
                paths[(parts.path or "/") + (f"?{parts.query}" if parts.query else "")] = None
    return tuple(paths)


def control_ports(said: Iterable[Said]) -> frozenset[int]:
    """Ports that a host names as its control ports: connected to at most, never written to."""
    return frozenset(
        port
        for answer in said
        if answer.protocol is Protocol.SADP
        for fields in _fields(answer)
        for name in _CONTROL
        for port in _port(fields.first(name))
    )


def urls(address: str, said: Iterable[Said], protocol: Protocol) -> tuple[str, ...]:
    """The URLs on this same address in the answers of one protocol (SSDP or WS-Discovery)."""
    return tuple(url for answer in said if answer.protocol is protocol for url in _urls(address, answer))


def _services_of(address: str, answer: Said) -> Iterator[Service]:
    if answer.protocol is Protocol.SADP:
        for fields in _fields(answer):
            for name, scheme in _SADP_PORTS.items():
                if fields.first(_SWITCHES.get(name, "")) != "false":
                    yield from (Service(port, scheme) for port in _port(fields.first(name)))
        return
    for url in _urls(address, answer):
        parts = urlsplit(url)
        yield Service(parts.port or _DEFAULT_PORTS[parts.scheme], parts.scheme)


def _urls(address: str, answer: Said) -> Iterator[str]:
    """The URLs of an answer whose host is the address itself."""
    name = _URLS.get(answer.protocol)
    for fields in _fields(answer) if name else ():
        for url in fields[name or ""]:
            try:
                parts = urlsplit(url)
                host, port = parts.hostname, parts.port
            except ValueError:
                continue
            if parts.scheme in _DEFAULT_PORTS and host == address and port != 0 and "@" not in parts.netloc:
                yield url


def _fields(answer: Said) -> Iterator[Fields]:
    try:
        yield read(answer.protocol, answer.payload)
    except Malformed:
        return


def _port(text: str | None) -> Iterator[int]:
    if text and text.isascii() and text.isdigit() and len(text) <= 5 and 0 < int(text) < 65536:
        yield int(text)

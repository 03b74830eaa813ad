"""Assets of runZero: JSON (one list) or JSON lines, of its console or its export API.

``hw``, ``os`` and ``type`` are what it concluded: weak. Addresses, hardware addresses and what services said
(banner, server, title, challenge, certificate names, icon hashes) are taken as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import IO, Any

from scanner.importers.interface import Importer, Row, Source
from scanner.importers.making import (
    NO_ADDRESS,
    address_of,
    broken,
    certificate_text,
    http_head,
    icon_reply,
    opinion,
    port_of,
    station,
    tcp,
    text_of,
    time_of,
    title_page,
    together,
    unused,
)
from scanner.importers.records import first_record, records
from scanner.model.ending import Ending
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol

_SERVICES_LIMIT = 512
_MACS_LIMIT = 16
_HEADERS = {
    "http.head.server": "Server",
    "http.head.wwwAuthenticate": "WWW-Authenticate",
    "http.head.contentType": "Content-Type",
    "http.head.location": "Location",
    "http.head.setCookie": "Set-Cookie",
    "http.head.xPoweredBy": "X-Powered-By",
    "http.head.etag": "ETag",
}
_BANNERS = {"ftp": Protocol.FTP, "ssh": Protocol.SSH, "telnet": Protocol.TELNET, "rtsp": Protocol.RTSP}
_ASSET = frozenset(
    {"service_count", "service_ports_tcp", "hw", "services", "detected_by", "newest_mac", "mac_vendors"}
)


def recognises(head: bytes) -> bool:
    """The first object is an asset: its addresses, and words of this tool."""
    first = first_record(head)
    if first is None:
        return b'"addresses"' in head and b'"service_ports_tcp"' in head and b'"macs"' in head
    if isinstance(first.get("assets"), list) and first["assets"]:
        first = first["assets"][0]
    return isinstance(first, dict) and "addresses" in first and len(_ASSET & set(first)) >= 2


def read(stream: IO[bytes], _source: Source) -> Iterator[Row]:
    """A row for each asset."""
    for record in records(stream):
        if record.value is None:
            yield broken(record.place, record.why)
            continue
        assets = record.value.get("assets")
        if not isinstance(assets, list):
            yield _asset(record.place, record.value)
            continue
        for number, one in enumerate(assets, 1):
            place = f"{record.place}, asset {number}"
            yield _asset(place, one) if isinstance(one, dict) else broken(place, "not an object")


def _asset(place: str, said: Mapping[str, Any]) -> Row:
    addresses = [address for one in _texts(said.get("addresses")) if (address := address_of(one))]
    macs = _texts(said.get("macs"))[:_MACS_LIMIT]
    at = time_of(said.get("last_seen"))
    services = said.get("services")
    rows = [station(place, mac, addresses[0] if addresses else "", at=at) for mac in macs]
    if isinstance(services, dict):
        for key, service in list(services.items())[:_SERVICES_LIMIT]:
            if isinstance(service, dict):
                rows.append(_service(place, key, service, at))
    elif len(addresses) == 1:
        ports = (port_of(port) for port in _texts(said.get("service_ports_tcp"))[:_SERVICES_LIMIT])
        rows += [
            Row(place, endings=(tcp(addresses[0], port, Ending.COMPLETE, at),)) for port in ports if port
        ]
    if addresses and (thought := opinion(addresses[0], 0, _opinions(said), at)):
        rows.append(Row(place, thought))
    if not rows:
        why = "neither a hardware address nor a service in it" if addresses else NO_ADDRESS
        return Row(place, names=tuple(addresses[:64]), unused=why)
    return together(place, rows)


def _opinions(said: Mapping[str, Any]) -> list[tuple[str, object]]:
    words = (
        ("product", "hw"),
        ("vendor", "hw_vendor"),
        ("model", "hw_product"),
        ("type", "type"),
        ("os", "os"),
    )
    return [(word, said.get(key)) for word, key in words]


def _texts(value: object) -> list[str]:
    """A list of texts, or a text with blanks between its parts as some exports have it."""
    if isinstance(value, list):
        return [text_of(one, 256) for one in value[:1024]]
    return text_of(value, 65_536).replace(",", " ").split()


def _service(place: str, key: str, said: Mapping[str, Any], at: str) -> Row:
    """``192.0.2.1/80/tcp/`` and its attributes; what a proxy's name stands behind is left out."""
    host, _, rest = key.partition("/")
    number, _, rest = rest.partition("/")
    transport = rest.partition("/")[0]
    address, port = address_of(host), port_of(number)
    if not address or not port or transport not in ("tcp", "udp"):
        return unused(place, "a service without a port")
    heard = tuple(
        _heard(address, port, {name: text_of(one, 65_536) for name, one in list(said.items())[:1024]}, at)
    )
    if transport == "udp" and not heard:
        return Row(place, names=(address,), unused="a service over UDP that says nothing of a device")
    ended = (tcp(address, port, Ending.COMPLETE, at),) if transport == "tcp" else ()
    return Row(place, heard, ended)


def _heard(address: str, port: int, said: Mapping[str, str], at: str) -> Iterator[Observation]:
    protocols = said.get("protocol", "").split()
    banner = said.get("banner", "")
    web = any(name.startswith(("http.", "html.", "favicon.")) for name in said)
    if web or "http" in protocols:
        kind = Protocol.HTTPS if "tls" in protocols or "https" in protocols else Protocol.HTTP
        headers = [(header, said[name]) for name, header in _HEADERS.items() if said.get(name)]
        body = said.get("http.body", "") or title_page(said.get("html.title", ""))
        if payload := http_head(said.get("http.code", ""), headers, body):
            yield Observation(address, kind, payload, port, "GET /", at=at, synthesised=True)
        icon = icon_reply(said.get("favicon.ico.image.mmh3", ""), said.get("favicon.ico.image.md5", ""))
        if icon:
            yield Observation(address, kind, icon, port, "GET /favicon.ico", at=at, synthesised=True)
    if banner:
        spoken = next((_BANNERS[name] for name in protocols if name in _BANNERS), None)
        if spoken is not None:
            yield Observation(
                address, spoken, banner.encode("utf-8", "replace"), port, at=at, synthesised=True
            )
    subject, issuer = said.get("tls.subject", ""), said.get("tls.issuer", "")
    if subject or issuer:
        payload = certificate_text(
            subject, issuer, said.get("tls.serial", ""), said.get("tls.names", "").split()[:16]
        )
        yield Observation(address, Protocol.TLS_CERT, payload, port, at=at, synthesised=True)


IMPORTER = Importer(
    name="runzero",
    title="runZero assets (JSON, JSON lines)",
    cannot_tell="runZero keeps the attributes that it found and not whole replies; types and hardware that "
    "it concluded are weak.",
    recognises=recognises,
    read=read,
)

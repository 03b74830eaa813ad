"""JSON of Shodan: a banner a line (a download), a search's ``matches``, or a host's ``data``.

Products that it concluded are weak; banner, page, certificate and the icon's hash are taken as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import IO, Any

from scanner.importers.interface import Importer, Row, Source
from scanner.importers.making import (
    NO_ADDRESS,
    address_of,
    broken,
    certificate_text,
    icon_reply,
    name_text,
    opinion,
    port_of,
    tcp,
    text_of,
    time_of,
    unused,
)
from scanner.importers.records import first_record, records
from scanner.model.ending import Ending
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol

_BODY_LENGTH = 256 * 1024
_ITEMS_LIMIT = 100_000
_BEGINNINGS = (
    ("HTTP/", Protocol.HTTP),
    ("RTSP/", Protocol.RTSP),
    ("SSH-", Protocol.SSH),
)
_MODULES = {
    "ftp": Protocol.FTP,
    "ssh": Protocol.SSH,
    "telnet": Protocol.TELNET,
    "rtsp-tcp": Protocol.RTSP,
    "upnp": Protocol.SSDP,
    "mdns": Protocol.MDNS,
}


def recognises(head: bytes) -> bool:
    """A banner with its address and crawler, or what holds such banners."""
    first = first_record(head)
    if first is None:
        return re.search(rb'"_shodan"\s*:\s*\{', head) is not None and b'"ip_str"' in head
    if _is_banner(first):
        return True
    return any(_is_banner(one) for one in _inside(first)[:4])


def _is_banner(one: object) -> bool:
    return (
        isinstance(one, dict) and {"ip_str", "port"} <= set(one) and bool({"_shodan", "transport"} & set(one))
    )


def _inside(said: Mapping[str, Any]) -> list[Any]:
    """The banners of a search, or of a host, whose own address stands in for theirs."""
    found = said.get("matches") if isinstance(said.get("matches"), list) else said.get("data")
    if not isinstance(found, list):
        return []
    host = said.get("ip_str")
    return [
        {"ip_str": host, **one} if isinstance(one, dict) and host else one for one in found[:_ITEMS_LIMIT]
    ]


def read(stream: IO[bytes], _source: Source) -> Iterator[Row]:
    """A row for each banner."""
    for record in records(stream):
        if record.value is None:
            yield broken(record.place, record.why)
            continue
        banners = _inside(record.value)
        if not banners:
            yield _row(record.place, record.value)
        for number, one in enumerate(banners, 1):
            place = f"{record.place}, banner {number}"
            yield _row(place, one) if isinstance(one, dict) else broken(place, "not an object")


def _row(place: str, said: Mapping[str, Any]) -> Row:
    address, port, at = (
        address_of(said.get("ip_str")),
        port_of(said.get("port")),
        time_of(said.get("timestamp")),
    )
    if not address or not port:
        return unused(place, NO_ADDRESS if not address else "no port")
    heard = tuple(_heard(address, port, said, at))
    over_tcp = said.get("transport") != "udp"
    ended = (tcp(address, port, Ending.COMPLETE, at),) if over_tcp else ()
    if not heard and not ended:
        return Row(place, names=(address,), unused="a banner of a kind that says nothing of a device")
    return Row(place, heard, ended)


def _heard(address: str, port: int, said: Mapping[str, Any], at: str) -> Iterator[Observation]:
    data, web, tls = text_of(said.get("data"), 65_536), said.get("http"), said.get("ssl")
    crawler = said.get("_shodan")
    module = text_of(crawler.get("module"), 64) if isinstance(crawler, dict) else ""
    kind = next((one for begin, one in _BEGINNINGS if data.startswith(begin)), None) or _MODULES.get(module)
    if kind is Protocol.HTTP:
        if isinstance(tls, dict) or module.startswith("https"):
            kind = Protocol.HTTPS
        page = text_of(web.get("html"), _BODY_LENGTH) if isinstance(web, dict) else ""
        payload = (_decoded_head(data) + page).encode("utf-8", "replace")
        yield Observation(address, kind, payload, port, "GET /", at=at, synthesised=True)
        icon = web.get("favicon") if isinstance(web, dict) else None
        if isinstance(icon, dict) and (reply := icon_reply(text_of(icon.get("hash"), 16), "")):
            yield Observation(address, kind, reply, port, "GET /favicon.ico", at=at, synthesised=True)
    elif kind is not None and data:
        yield Observation(address, kind, data.encode("latin-1", "replace"), port, at=at)
    yield from opinion(
        address, port, [("product", said.get("product")), ("type", said.get("devicetype"))], at
    )
    if isinstance(tls, dict):
        yield from _certificate(address, port, tls, at)


def _decoded_head(data: str) -> str:
    """The head, without what describes a page on the wire that is kept decoded."""
    lines = [
        line
        for line in data.split("\r\n\r\n", maxsplit=1)[0].split("\r\n")
        if not line.lower().startswith(("transfer-encoding:", "content-encoding:", "content-length:"))
    ]
    return "\r\n".join([*lines, "", ""])


def _certificate(address: str, port: int, tls: Mapping[str, Any], at: str) -> Iterator[Observation]:
    chain = tls.get("chain")
    if isinstance(chain, list) and chain and "BEGIN CERTIFICATE" in text_of(chain[0], 65_536):
        yield Observation(
            address, Protocol.TLS_CERT, text_of(chain[0], 65_536).encode("ascii", "replace"), port, at=at
        )
        return
    cert = tls.get("cert")
    if isinstance(cert, dict):
        payload = certificate_text(name_text(cert.get("subject")), name_text(cert.get("issuer")))
        if payload:
            yield Observation(address, Protocol.TLS_CERT, payload, port, at=at, synthesised=True)


IMPORTER = Importer(
    name="shodan",
    title="Shodan JSON (download, search, host)",
    cannot_tell="Shodan keeps one reply of a port at some time in the past; what it did not list was not "
    "proven silent, and products that it concluded are weak.",
    recognises=recognises,
    read=read,
)

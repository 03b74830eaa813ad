"""JSON lines of httpx (of projectdiscovery): status, server, title, icon hash; all bytes if it was told to.

``tech`` is what it concluded: weak. Of a chain of redirects the last reply is kept; where that is
another host's it says nothing of the address.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import IO, Any
from urllib.parse import urlsplit

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
    tcp,
    text_of,
    time_of,
    title_page,
    unused,
)
from scanner.importers.records import first_record, records
from scanner.model.ending import Ending
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol

_BODY_LENGTH = 256 * 1024


def recognises(head: bytes) -> bool:
    """The first object is of a URL that was asked, with the words of this tool."""
    first = first_record(head)
    if first is None or not {"url", "input"} <= set(first):
        return False
    first = _renamed(first)
    return bool({"status_code", "failed"} & set(first)) and bool(
        {"timestamp", "scheme", "webserver"} & set(first)
    )


def read(stream: IO[bytes], _source: Source) -> Iterator[Row]:
    """A row for each URL."""
    for record in records(stream):
        yield (
            broken(record.place, record.why)
            if record.value is None
            else _row(record.place, _renamed(record.value))
        )


def _renamed(said: Mapping[str, Any]) -> dict[str, Any]:
    """Older releases wrote hyphens in the names."""
    return {name.replace("-", "_"): value for name, value in said.items()}


def _row(place: str, said: Mapping[str, Any]) -> Row:
    first = said["a"][0] if isinstance(said.get("a"), list) and said["a"] else ""
    address = address_of(said.get("host_ip")) or address_of(said.get("host")) or address_of(first)
    url = _split(said.get("url"))
    port = port_of(said.get("port")) or url[2]
    if not address:
        return unused(place, NO_ADDRESS)
    if said.get("failed") is True or not said.get("status_code"):
        return Row(place, names=(address,), unused="no reply; httpx does not say why")
    if not port:
        return broken(place, "no port")
    at = time_of(said.get("timestamp"))
    ended = (tcp(address, port, Ending.COMPLETE, at),)
    final = _split(said.get("final_url"))
    if final[1] and final[:2] != url[:2]:
        return Row(place, endings=ended)
    return Row(place, tuple(_heard(address, port, said, at, url[0] == "https")), ended)


def _heard(address: str, port: int, said: Mapping[str, Any], at: str, secure: bool) -> Iterator[Observation]:
    kind = Protocol.HTTPS if secure else Protocol.HTTP
    body = text_of(said.get("body"), _BODY_LENGTH) or title_page(text_of(said.get("title")))
    request = f"{text_of(said.get('method'), 16) or 'GET'} {text_of(said.get('path'), 1024) or '/'}"
    payload = http_head(said.get("status_code"), _headers(said), body)
    yield Observation(address, kind, payload, port, request, at=at, synthesised=True)
    if icon := icon_reply(text_of(said.get("favicon"), 16), text_of(said.get("favicon_md5"), 32)):
        yield Observation(address, kind, icon, port, "GET /favicon.ico", at=at, synthesised=True)
    tech = said.get("tech")
    if isinstance(tech, list):
        yield from opinion(address, port, [("product", one) for one in tech[:32]], at)
    tls = said.get("tls")
    if isinstance(tls, dict):
        alternatives = tls.get("subject_an")
        names = [text_of(name, 256) for name in alternatives[:16]] if isinstance(alternatives, list) else []
        subject, issuer = text_of(tls.get("subject_dn")), text_of(tls.get("issuer_dn"))
        serial = text_of(tls.get("serial"), 128)
        if subject or issuer:
            payload = certificate_text(subject, issuer, serial, names)
            yield Observation(address, Protocol.TLS_CERT, payload, port, at=at, synthesised=True)


def _headers(said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The head as it came, else its headers, else the few that are kept without being asked for."""
    raw, headers = said.get("raw_header"), said.get("header")
    if isinstance(raw, str) and raw.strip():
        for line in raw[: 64 * 1024].splitlines()[:128]:
            name, colon, value = line.partition(":")
            if colon:
                yield name, value
    elif isinstance(headers, dict) and headers:
        for name, value in list(headers.items())[:128]:
            yield name, text_of(value[0] if isinstance(value, list) and value else value)
    else:
        for name, key in (
            ("Server", "webserver"),
            ("Content-Type", "content_type"),
            ("Location", "location"),
        ):
            yield name, text_of(said.get(key))


def _split(url: object) -> tuple[str, str, int]:
    """Scheme, host and port of a URL."""
    try:
        parts = urlsplit(text_of(url, 2048))
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    except ValueError:
        return "", "", 0
    return parts.scheme, parts.hostname or "", port


IMPORTER = Importer(
    name="httpx",
    title="httpx JSON lines (projectdiscovery)",
    cannot_tell="unless it was told to keep headers and bodies, httpx keeps status, server, title and icon "
    "hash alone; technologies that it concluded are weak.",
    recognises=recognises,
    read=read,
)

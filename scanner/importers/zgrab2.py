"""JSON lines of zgrab2: what each of its modules got from a host, bytes and all.

A failed dial is called a time-out whatever the cause, also where zgrab2's own rate ran out, so a time-out is
no silence of the host. After redirects the reply is another address's; the first reply of the chain is read.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from typing import IO, Any

from scanner.importers.interface import PORTS, Importer, Row, Source
from scanner.importers.making import (
    NO_ADDRESS,
    address_of,
    broken,
    http_head,
    port_of,
    tcp,
    text_of,
    time_of,
    together,
    unused,
)
from scanner.importers.records import first_record, records
from scanner.model.ending import Ending
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol

_BODY_LENGTH = 256 * 1024
_MODULES_LIMIT = 32
_DEFAULT_PORTS = {"ftp": 21, "ssh": 22, "telnet": 23, "http": 80, "tls": 443, "banner": 0, "rtsp": 554}
_BANNERS = {"ftp": Protocol.FTP, "ssh": Protocol.SSH, "telnet": Protocol.TELNET}
_ACCEPTED = frozenset({"success", "protocol-error", "application-error", "connection-closed"})
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]{8,400000}")


def recognises(head: bytes) -> bool:
    """The first object has an address or a name, and data of modules, each with its status and protocol."""
    first = first_record(head)
    if first is None:
        start = head[:4096]
        return (
            re.match(
                rb'\s*\{"(?:ip|domain)":"[^"]{1,255}",.{0,300}"data":\{"[\w-]{1,40}":\{"status":"', start
            )
            is not None
        )
    data = first.get("data")
    if not isinstance(data, dict) or not {"ip", "domain"} & set(first):
        return False
    return any(isinstance(one, dict) and {"status", "protocol"} <= set(one) for one in data.values())


def read(stream: IO[bytes], _source: Source) -> Iterator[Row]:
    """A row for each host."""
    for record in records(stream):
        if record.value is None:
            yield broken(record.place, record.why)
            continue
        address = address_of(record.value.get("ip"))
        data = record.value.get("data")
        if not address or not isinstance(data, dict):
            yield unused(record.place, NO_ADDRESS if not address else "no data in it")
            continue
        modules = [one for one in list(data.values())[:_MODULES_LIMIT] if isinstance(one, dict)]
        yield together(record.place, [_module(record.place, address, one) for one in modules])


def _module(place: str, address: str, one: Mapping[str, Any]) -> Row:
    protocol, status, at = (
        text_of(one.get("protocol"), 32),
        text_of(one.get("status"), 64),
        time_of(one.get("timestamp")),
    )
    given = one.get("result")
    result: dict[str, Any] = given if isinstance(given, dict) else {}
    reply = _first_reply(result)
    port = port_of(one.get("port")) or _port_asked(reply) or _DEFAULT_PORTS.get(protocol, 0)
    if status == "connection-refused" and port in PORTS:
        return Row(place, endings=(tcp(address, port, Ending.REFUSED, at),))
    if status not in _ACCEPTED or not port:
        return Row(
            place, names=(address,), unused="no connection: a time-out of zgrab2 is not the host's silence"
        )
    heard = list(_heard(address, port, protocol, at, result, reply))
    return Row(place, tuple(heard), (tcp(address, port, Ending.COMPLETE, at),))


def _heard(
    address: str, port: int, protocol: str, at: str, result: Mapping[str, Any], reply: Mapping[str, Any]
) -> Iterator[Observation]:
    if reply:
        secure = _request(reply).get("tls_log") is not None or _url(reply).get("scheme") == "https"
        kind = Protocol.HTTPS if secure else Protocol.HTTP
        payload = http_head(
            reply.get("status_code"), _headers(reply.get("headers")), text_of(reply.get("body"), _BODY_LENGTH)
        )
        method, path = text_of(_request(reply).get("method"), 16), text_of(_url(reply).get("path"), 1024)
        if payload:
            yield Observation(
                address, kind, payload, port, f"{method or 'GET'} {path or '/'}", at=at, synthesised=True
            )
    certificate = (
        _certificate(_request(reply).get("tls_log"))
        or _certificate(result.get("tls"))
        or _certificate(result)
    )
    if certificate:
        yield Observation(address, Protocol.TLS_CERT, certificate, port, at=at)
    if protocol in _BANNERS and (banner := _banner(result)):
        yield Observation(address, _BANNERS[protocol], banner.encode("utf-8", "replace"), port, at=at)


def _first_reply(result: Mapping[str, Any]) -> Mapping[str, Any]:
    chain = result.get("redirect_response_chain")
    reply = chain[0] if isinstance(chain, list) and chain else result.get("response")
    return reply if isinstance(reply, dict) else {}


def _request(reply: Mapping[str, Any]) -> Mapping[str, Any]:
    request = reply.get("request")
    return request if isinstance(request, dict) else {}


def _url(reply: Mapping[str, Any]) -> Mapping[str, Any]:
    url = _request(reply).get("url")
    return url if isinstance(url, dict) else {}


def _port_asked(reply: Mapping[str, Any]) -> int:
    if not reply:
        return 0
    _, _, port = text_of(_url(reply).get("host"), 300).rpartition(":")
    return port_of(port) or (443 if _url(reply).get("scheme") == "https" else 80)


def _headers(headers: object) -> Iterator[tuple[str, str]]:
    """Names with underscores for dashes; those that zgrab2 does not know stand in a list of their own."""
    if not isinstance(headers, dict):
        return
    for name, values in list(headers.items())[:64]:
        pairs = values if name == "unknown" and isinstance(values, list) else [{"key": name, "value": values}]
        for pair in pairs[:64]:
            if not isinstance(pair, dict):
                continue
            given = pair.get("value")
            for value in given[:8] if isinstance(given, list) else [given]:
                if text := text_of(value):
                    yield text_of(pair.get("key"), 64), text


def _certificate(log: object) -> bytes:
    """The leaf certificate of a handshake, wherever a module keeps it."""
    for name in ("handshake_log", "server_certificates", "certificate"):
        if isinstance(log, dict) and name in log:
            log = log[name]
    raw = log.get("raw") if isinstance(log, dict) else None
    if not isinstance(raw, str) or not _BASE64.fullmatch(raw):
        return b""
    try:
        decoded = base64.b64decode(raw)
    except binascii.Error:
        return b""
    return decoded if decoded[:1] == b"\x30" else b""


def _banner(result: Mapping[str, Any]) -> str:
    server = result.get("server_id")
    if isinstance(server, dict) and server.get("raw"):
        return text_of(server["raw"])
    return text_of(result.get("banner"))


IMPORTER = Importer(
    name="zgrab2",
    title="zgrab2 JSON lines",
    cannot_tell="zgrab2 keeps one reply of each of its modules; its time-outs prove no silence.",
    recognises=recognises,
    read=read,
)

"""Outputs of nmap's scripts as payloads that the parsers read.

A certificate, and the strings of a fingerprint, are bytes of the device. Of other scripts nmap printed a part
of a reply: it becomes the smallest reply that says the same, marked as ours and not the wire's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from textwrap import dedent
from xml.sax.saxutils import escape

from scanner.importers.making import http_head, icon_reply, title_page
from scanner.importers.nmap_fingerprint import kind_of, request_of, unquoted
from scanner.model.protocol import Protocol
from scanner.parsers.other_tool import opinion_text

_TEXT_LIMIT = 64 * 1024
_REALM = re.compile(r"realm=(.*?)(?=\s+[A-Za-z_-]+=|\s*$)")
_FIRST_LINE = re.compile(r"\s*([^\r\n]{1,4096})")
_NO_TITLE = re.compile(r"Site doesn't have a title|Did not follow redirect")
_ICON = re.compile(r"^\s*Unknown favicon MD5:\s*([0-9A-Fa-f]{32})\s*$")
_ASKED = re.compile(r"^\s*[a-z]{4,5}://[^/\s]{1,255}(/\S{0,1024})\s+HTTP: ([A-Za-z, ]{1,64}?)\s*$")
_WHERE = re.compile(r"\bAddress: *(\S{1,512})")
_TYPE = re.compile(r"\bType: *([^\r\n]{1,512})")
_UPNP_NAMES = {
    "Name": "friendlyName",
    "Manufacturer": "manufacturer",
    "Model Descr": "modelDescription",
    "Model Name": "modelName",
    "Model Version": "modelNumber",
}


@dataclass(slots=True)
class Script:
    """One script's output."""

    id: str
    output: str = ""
    elements: list[tuple[tuple[str, ...], str]] = field(default_factory=list)
    """The structured output: keys from the outermost table on, and the text."""

    def value(self, *keys: str) -> str:
        """The text of the first element under these keys."""
        return next((text for path, text in self.elements if path == keys), "")


@dataclass(frozen=True, slots=True)
class Piece:
    """A payload made of a script's output."""

    protocol: Protocol
    payload: bytes
    request: str | None = None
    synthesised: bool = True


def pieces(script: Script, *, tls: bool) -> Iterator[Piece]:
    """What a script's output gives; nothing for a script that is not read."""
    reader = READERS.get(script.id)
    if reader is not None:
        for piece in reader(script):
            if piece.payload.strip():
                web = tls and piece.protocol is Protocol.HTTP
                yield Piece(Protocol.HTTPS, *_rest(piece)) if web else piece


def _rest(piece: Piece) -> tuple[bytes, str | None, bool]:
    return piece.payload, piece.request, piece.synthesised


def _title(script: Script) -> Iterator[Piece]:
    title = script.value("title")
    where = script.value("redirect_url")
    if not title and not _NO_TITLE.search(script.output):
        found = _FIRST_LINE.match(script.output)
        title = found[1] if found else ""
    where = re.sub(r"://[^/]*@", "://", where).partition("?")[0]
    path = re.sub(r"^[a-z]+://[^/]*", "", where)[:1024]
    if where and "Did not follow" in script.output:
        yield Piece(Protocol.HTTP, http_head("302", [("Location", where)]), "GET /")
    elif title.strip():
        request = f"GET {path}" if path.startswith("/") else "GET /"
        yield Piece(Protocol.HTTP, title_page(title).encode("utf-8", "replace"), request)


def _server(script: Script) -> Iterator[Piece]:
    values = [text for _, text in script.elements] or script.output.splitlines()
    for value in values[:8]:
        yield Piece(Protocol.HTTP, http_head("", [("Server", value)]), "GET /")


def _headers(script: Script) -> Iterator[Piece]:
    lines = [line.strip() for line in script.output[:_TEXT_LIMIT].splitlines()]
    fields = [(name, value) for line in lines for name, colon, value in [line.partition(":")] if colon]
    request = "HEAD /" if "(Request type: HEAD)" in script.output else "GET /"
    status = next((line.split()[1] for line in lines if re.match(r"HTTP/1\.\d \d{3}", line)), "")
    yield Piece(
        Protocol.HTTP,
        http_head(status, [(name, value) for name, value in fields if name[0:1] != "("]),
        request,
    )


def _auth(script: Script) -> Iterator[Piece]:
    """Only the scheme and the realm: nmap prints the parameters without quotes."""
    challenges = []
    for line in script.output[:_TEXT_LIMIT].splitlines():
        scheme, _, rest = line.strip().partition(" ")
        if scheme in {"Basic", "Digest"} and (found := _REALM.search(rest)):
            realm = found[1].strip().replace("\\", "\\\\").replace('"', '\\"')
            challenges.append(("WWW-Authenticate", f'{scheme} realm="{realm}"'))
    if challenges:
        yield Piece(Protocol.HTTP, http_head("401", challenges))


def _certificate(script: Script) -> Iterator[Piece]:
    pem = script.value("pem").strip()
    if pem:
        yield Piece(Protocol.TLS_CERT, pem.encode("ascii", "replace"), synthesised=False)
        return
    lines = [line.strip() for line in script.output[:_TEXT_LIMIT].splitlines()]
    kept = [line for line in lines if line.lower().startswith(("subject:", "issuer:"))]
    yield Piece(Protocol.TLS_CERT, "\n".join(kept).replace("/", ", ").encode("utf-8", "replace"))


def _methods(script: Script) -> Iterator[Piece]:
    if found := _FIRST_LINE.match(script.output):
        yield Piece(
            Protocol.RTSP, f"RTSP/1.0 200 OK\r\nPublic: {found[1].strip()}\r\n\r\n".encode(), "OPTIONS *"
        )


def _system(script: Script) -> Iterator[Piece]:
    if found := _FIRST_LINE.match(script.output):
        yield Piece(
            Protocol.SNMP, f"1.3.6.1.2.1.1.1.0 = STRING: {found[1].strip()}".encode("utf-8", "replace")
        )


def _upnp(script: Script) -> Iterator[Piece]:
    facts: dict[str, str] = {}
    for line in script.output[:_TEXT_LIMIT].splitlines():
        name, colon, value = line.strip().partition(":")
        if colon and value.strip():
            facts.setdefault(name.strip(), value.strip())
    heads = [(name, facts[name]) for name in ("Server", "Location") if name in facts]
    if heads:
        yield Piece(Protocol.SSDP, http_head("200", heads), "M-SEARCH *")
    described = [
        f"<{element}>{escape(facts[name])}</{element}>"
        for name, element in _UPNP_NAMES.items()
        if name in facts
    ]
    if described:
        text = f'<root xmlns="urn:schemas-upnp-org:device-1-0"><device>{"".join(described)}</device></root>'
        yield Piece(Protocol.UPNP_DESCRIPTION, text.encode("utf-8", "replace"))


def _icon(script: Script) -> Iterator[Piece]:
    """The digest that nmap computed of the icon's bytes; of one that it knows it prints the name alone."""
    first = script.output.strip().partition("\n")[0]
    if found := _ICON.match(first):
        yield Piece(Protocol.HTTP, icon_reply("", found[1]), "GET /favicon.ico")
    elif first and "favicon" not in first.lower() and not first.startswith("ERROR"):
        yield Piece(Protocol.OTHER_TOOL, opinion_text([("product", first)]))


def _logins(script: Script) -> Iterator[Piece]:
    """Paths that asked for a login, and by which schemes; their realms are not printed."""
    for line in script.output[:_TEXT_LIMIT].splitlines()[:64]:
        if found := _ASKED.match(line):
            schemes = [("WWW-Authenticate", name.strip()) for name in found[2].split(",") if name.strip()]
            yield Piece(Protocol.HTTP, http_head("401", schemes), f"GET {found[1].partition('?')[0]}")


def _match(script: Script) -> Iterator[Piece]:
    """An answer of WS-Discovery with what nmap printed of it."""
    where, kind = _WHERE.search(script.output), _TYPE.search(script.output)
    if where is None:
        return
    text = "<ProbeMatches><ProbeMatch>"
    text += f"<Types>{escape(kind[1].strip())}</Types>" if kind else ""
    text += f"<XAddrs>{escape(where[1])}</XAddrs></ProbeMatch></ProbeMatches>"
    yield Piece(Protocol.ONVIF_WSDISCOVERY, text.encode("utf-8", "replace"))


def _strings(script: Script) -> Iterator[Piece]:
    """Replies to nmap's questions, as printable as nmap made them."""
    for path, text in script.elements[:32]:
        data = dedent(text).strip().encode("utf-8", "replace")
        protocol = kind_of(data, tls=False)
        if path and protocol is not None:
            yield Piece(protocol, data, request_of(path[0].split(",")[0].strip()))


def _banner(script: Script) -> Iterator[Piece]:
    data = unquoted(script.output[:_TEXT_LIMIT].replace("\n", ""))  # long ones are folded
    protocol = kind_of(data, tls=False)
    if protocol is not None:
        yield Piece(protocol, data)


READERS: Mapping[str, Callable[[Script], Iterator[Piece]]] = {
    "http-title": _title,
    "http-server-header": _server,
    "http-headers": _headers,
    "http-auth": _auth,
    "http-auth-finder": _logins,
    "http-favicon": _icon,
    "ssl-cert": _certificate,
    "rtsp-methods": _methods,
    "snmp-sysdescr": _system,
    "upnp-info": _upnp,
    "wsdd-discover": _match,
    "fingerprint-strings": _strings,
    "banner": _banner,
}
"""Scripts whose output is read; the others say nothing of who made a device, or only what nmap concluded."""


def left_aside(script: Script, *, tls: bool) -> str:
    """What is said of a script that gave nothing; empty for one that did."""
    if not script.output.strip() and not script.elements:
        return ""
    if script.id not in READERS:
        return f"script {script.id[:48] or 'without a name'}"
    return "" if any(pieces(script, tls=tls)) else f"script {script.id}, no part of a reply in it"

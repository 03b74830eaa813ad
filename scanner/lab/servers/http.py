"""A small web server that answers as a recorded device did: same headers, same order, same body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from scanner.lab.servers.onvif import Onvif
from scanner.lab.servers.session import Session
from scanner.lab.servers.tls import Tls
from scanner.lab.station import Station

_REQUESTS = 64
"""Requests on one connection before the device closes it."""


@dataclass(frozen=True, slots=True)
class Page:
    """One reply. Text is filled with living values, bytes go out as they are."""

    status: str
    headers: tuple[str, ...] = ()
    """Whole header lines; Content-Length is added."""
    body: str | bytes = ""
    close: bool = False
    """True: no Content-Length, the end of the connection ends the body (as very old firmware does)."""
    empty: bool = False
    """True: the connection is closed without a byte, whatever else stands here."""

    def render(self, station: Station, version: str = "HTTP/1.1") -> bytes:
        """The bytes of the reply."""
        if self.empty:
            return b""
        body = station.fill(self.body).encode() if isinstance(self.body, str) else self.body
        lines = [f"{version} {self.status}", *(station.fill(line) for line in self.headers)]
        lines.append("Connection: close" if self.close else f"Content-Length: {len(body)}")
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@dataclass(frozen=True, slots=True)
class Request:
    """The part of a request that the lab looks at."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def route(self) -> str:
        """The path without its query."""
        return self.path.split("?", 1)[0]


def read_head(head: bytes) -> Request:
    """Read a request head as leniently as a cheap device."""
    first, *rest = head.decode("latin-1").split("\r\n")
    method, _, tail = first.partition(" ")
    headers = {
        name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)
    }
    return Request(method, tail.rsplit(" ", 1)[0] or "/", headers)


def trespass(request: Request) -> str:
    """Why a careful scanner never sends this request; empty when it may."""
    if "authorization" in request.headers:
        return "a credential"
    if b"Security" in request.body or b"UsernameToken" in request.body:
        return "WS-Security"
    if request.method == "POST":
        return "" if request.route.startswith("/onvif/") else "a POST outside ONVIF"
    if request.method != "GET":
        return f"the method {request.method[:20]}"
    return "a body in a GET" if request.body else ""


@dataclass(frozen=True, slots=True)
class Web:
    """A web server: pages by path, by prefix, and one for everything else."""

    pages: Mapping[str, Page]
    missing: Page
    under: Mapping[str, Page] = field(default_factory=dict)
    """By path prefix; the longest wins."""
    onvif: Onvif | None = None
    port: int = 80
    tls: Tls | None = None

    def reply(self, request: Request, station: Station) -> tuple[bytes, bool]:
        """The reply and whether the device closes after it."""
        if self.onvif and request.route == self.onvif.path and request.method == "POST":
            return self.onvif.reply(request.body, station), False
        page = self.pages.get(request.route)
        if page is None:
            prefixes = [prefix for prefix in self.under if request.route.startswith(prefix)]
            page = self.under[max(prefixes, key=len)] if prefixes else self.missing
        return page.render(station), page.close or page.empty

    async def serve(self, session: Session) -> None:
        """Answer requests until the peer or the device has had enough."""
        for _ in range(_REQUESTS):
            head = await session.head()
            if not head:
                return
            request = await take(session, head)
            reply, close = self.reply(request, session.station)
            ended = close or request.headers.get("connection", "").lower() == "close"
            if not await session.send(reply) or ended:
                return


async def take(session: Session, head: bytes) -> Request:
    """Read the body that belongs to a head, and put the request on record."""
    request = read_head(head)
    length = request.headers.get("content-length", "0")
    body = await session.body(int(length) if length.isdecimal() else 0)
    request = Request(request.method, request.path, request.headers, body)
    session.record("request", f"{request.method} {request.path}".encode("latin-1"))
    if why := trespass(request):
        session.record("unexpected", head + body, why)
    return request

"""The bytes of our HTTP requests, and which addresses in a reply may be followed.

Used by every conversation over HTTP. Nothing here ever writes an ``Authorization`` header: five failed
attempts lock the administrator of a device out for half an hour (signatures.md §2).
"""

from __future__ import annotations

import re
from collections.abc import Generator
from urllib.parse import unquote, urlsplit

from scanner import __version__
from scanner.model.action import Action, Outcome
from scanner.model.ending import Ending
from scanner.model.exchange import Exchange
from scanner.model.probe import Service, Target
from scanner.model.protocol import Protocol
from scanner.probes.framing import Framing, read_status
from scanner.probes.learned import control_ports
from scanner.probes.talk import LISTEN_ONLY, TURN_OVER, Answer, ask

USER_AGENT = f"hiksweep/{__version__} (inventory; read-only)"
"""Says who asks, so that the owner of a log can find us."""
_DEFAULT_PORTS = {"http": 80, "https": 443}
_REDIRECTS = frozenset({"301", "302", "303", "307", "308"})
_PATH_LIMIT = 256
"""Characters of a path taken from a reply; a login page's is under a hundred."""
_PATH = re.compile(r"/[A-Za-z0-9_./~%+-]*(?:\?[A-Za-z0-9_.=&%+-]*)?")
_TREES = re.compile(
    r"(?i)/+(?:isapi|sdk|psia|pramaapi|system|goform|onvif|onvif-http|artemis|cgi-bin)(?:/|\?|$)"
)
"""Trees of device interfaces. Some of their calls act on a GET."""
_DEEDS = re.compile(
    r"(?i)auth|passw|pwd=|user=|login=|token|action=|cmd=|command|reboot|restart|restore|reset|upgrade|format"
    r"|delete|activate|logout|set[a-z]?\w*="
)
"""Words that would log in or do something, in a path or its query."""


def web_services(target: Target) -> tuple[Service, ...]:
    """The services of a host that are spoken to in HTTP, in the order given, each port once.

    Left out are control ports: the known ones, and those that the host itself names as such.
    """
    silent = LISTEN_ONLY | control_ports(target.said)
    seen: dict[int, Service] = {}
    for service in target.services:
        if service.scheme in _DEFAULT_PORTS and service.port not in silent:
            seen.setdefault(service.port, service)
    return tuple(seen.values())


def literal(address: str) -> str:
    """The address as it stands in a URL: IPv6 in brackets and without its zone."""
    bare = address.partition("%")[0]
    return f"[{bare}]" if ":" in bare else bare


def authority(address: str, service: Service) -> str:
    """Value of the ``Host`` header: the address, never a name, and the port where it is not the usual one."""
    port = "" if _DEFAULT_PORTS.get(service.scheme) == service.port else f":{service.port}"
    return literal(address) + port


def get(address: str, service: Service, path: str) -> bytes:
    """The bytes of one GET."""
    lines = (
        f"GET {path} HTTP/1.1",
        f"Host: {authority(address, service)}",
        f"User-Agent: {USER_AGENT}",
        "Accept: */*",
        "Connection: close",
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


def on_same_address(service: Service, address: str, url: str) -> tuple[Service, str] | None:
    """Service and path of a URL in a reply, if it leads to this same address by HTTP; else None.

    None for another host, a name, another scheme, a user in the URL, a control port, an unusual character, a
    path that climbs, or a word that would log in or do something.

    Args:
        service: where the reply came from; a URL without a host stays there.
        address: the host; the URL must spell it the same way.
        url: as it stands in the reply, absolute or a path.
    """
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
    except ValueError:
        return None
    if parts.netloc or parts.scheme:
        if parts.scheme not in _DEFAULT_PORTS or host != address or "@" in parts.netloc:
            return None
        service = Service(port or _DEFAULT_PORTS[parts.scheme], parts.scheme)
    path = "/" + parts.path.removeprefix("/") + (f"?{parts.query}" if parts.query else "")
    decoded = unquote(unquote(path))
    if len(path) > _PATH_LIMIT or not _PATH.fullmatch(path) or _DEEDS.search(path) or _DEEDS.search(decoded):
        return None
    if "//" in decoded or "/." in decoded or ".." in decoded or service.port in LISTEN_ONLY:
        return None
    return service, path


def followable(service: Service, address: str, url: str) -> tuple[Service, str] | None:
    """As `on_same_address`, and not into an interface tree, where a page never sends a browser."""
    place = on_same_address(service, address, url)
    return None if place is None or _TREES.match(unquote(unquote(place[1]))) else place


def redirect(target: Target, service: Service, payload: bytes) -> tuple[Service, str] | None:
    """Where a reply sends us, if it is one of this host's own web services; else None.

    A reply cannot make us open a port that nobody found open: the place must be among ``target.services``.
    """
    message = read_status(payload)
    if message is None or message.status not in _REDIRECTS:
        return None
    for location in message.values("location"):
        found = followable(service, target.address, location)
        return found if found and found[0] in web_services(target) else None
    return None


def post(address: str, service: Service, path: str, content_type: str, body: bytes) -> bytes:
    """The bytes of one POST; `onvif` alone sends them."""
    lines = (
        f"POST {path} HTTP/1.1",
        f"Host: {authority(address, service)}",
        f"User-Agent: {USER_AGENT}",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(body)}",
        "Connection: close",
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii") + body


def answered(exchange: Exchange) -> bool:
    """True when an HTTP server replied, whole or in part."""
    read = exchange.ending in (Ending.COMPLETE, Ending.CUT, Ending.CLOSED_EARLY)
    return read and read_status(exchange.payload) is not None


def open_ports(target: Target) -> frozenset[int]:
    """Ports of a host that are known to be open and may be written to."""
    heard = {exchange.port for exchange in target.said if answered(exchange)}
    known = heard | {service.port for service in target.services}
    return frozenset(known - LISTEN_ONLY - control_ports(target.said))


class Pages:
    """The GETs of one conversation: asks, and keeps an exchange for every page that was wanted.

    Once we were stopped (budget, deadline, a host that stopped answering) the pages still wanted are listed
    as stopped by us and no further action is yielded.
    """

    def __init__(self, target: Target) -> None:
        self._target = target
        self._certified = {e.port for e in target.said if e.protocol is Protocol.TLS_CERT and e.payload}
        self._exchanges: list[Exchange] = []
        self.stopped = False

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """Everything so far, in order."""
        return tuple(self._exchanges)

    def wanted(self, service: Service, path: str) -> bool:
        """True when this page of this service was already wanted, now or in an earlier look at the host."""
        exchanges = (*self._target.said, *self._exchanges)
        return any(e.port == service.port and e.request == f"GET {path}" for e in exchanges)

    def get(
        self, service: Service, path: str, detail: str = "", protocol: Protocol | None = None
    ) -> Generator[Action, Outcome, Exchange]:
        """Ask one page, on a connection of its own."""
        if (before := self._asked_before(service, path)) is not None:
            return before
        if self.stopped:
            answer = Answer(Ending.STOPPED_BY_US, detail=TURN_OVER)
        else:
            answer = yield from ask(service, get(self._target.address, service, path), Framing(b"HTTP/"))
            self.stopped = answer.stopped
        return self._keep(service, path, answer, detail, protocol)

    def drop(self, service: Service, path: str, detail: str) -> Exchange:
        """List a page that is not asked because of a limit of ours."""
        return self._keep(service, path, Answer(Ending.STOPPED_BY_US), detail, None)

    def _keep(
        self, service: Service, path: str, answer: Answer, detail: str, protocol: Protocol | None
    ) -> Exchange:
        if answer.certificate and service.port not in self._certified:
            self._certified.add(service.port)
            self._add(Exchange(Protocol.TLS_CERT, service.port, Ending.COMPLETE, answer.certificate))
        kind = protocol or _protocol_of(service, path)
        detail = "; ".join(text for text in (detail, answer.detail) if text)
        exchange = Exchange(kind, service.port, answer.ending, answer.payload, f"GET {path}", detail)
        self._add(exchange)
        return exchange

    def _add(self, exchange: Exchange) -> None:
        self._exchanges.append(exchange)
        self._target.told.append(exchange)

    def _asked_before(self, service: Service, path: str) -> Exchange | None:
        """The page as it was got before the run was cut, if it was."""
        for exchange in self._target.begun:
            if exchange.port != service.port or exchange.ending is Ending.STOPPED_BY_US:
                continue
            if exchange.protocol is Protocol.TLS_CERT and service.port not in self._certified:
                self._certified.add(service.port)
                self._exchanges.append(exchange)
            elif exchange.request == f"GET {path}":
                self._exchanges.append(exchange)
                return exchange
        return None


def _protocol_of(service: Service, path: str) -> Protocol:
    if path.startswith(("/ISAPI/", "/SDK/", "/pramaAPI/")):
        return Protocol.ISAPI
    return Protocol.HTTPS if service.scheme == "https" else Protocol.HTTP

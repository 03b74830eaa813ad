"""HTTP, second part: the icon, and one page that settles a doubt.

Asks of the port that `http` asked its questions of: ``GET /favicon.ico`` and, only where what the host said
so far is ambiguous, one of ``/doc/page/login.asp`` and ``/doc/script/lib/seajs/config/sea-config.js``. It
comes after `rtsp` because that often settles the matter with less (signatures.md §2, steps 5 and 6).

Where the tree ``/ISAPI/`` answers empty, ``/pramaAPI/System/deviceInfo`` is that one page, and comes before
the icon: firmware for India moved the tree there, and its old place then gives an empty reply (public file
68412526665, seen on one recorder before and after an update). Empty means: no byte at all, or no body; or it
is missing although the front page leads into ``/doc/``. Never after a 401 or 403: then the tree is there.

All within the six GETs a host: each redirect that `http` followed leaves one less here, and what no longer
fits is listed as stopped by us.

Ambiguous means: no reply was an XML document of the tree ``/ISAPI/``, and either that tree answers as if
guarded while a path that no server has does not, or the front page leads into ``/doc/`` and the tree is not
plainly missing, or the front page is of the old generation that had no such tree. For the last, the login
page tells most; else the script's configuration, which belongs to one maker's pages and carries a version.

Silence, refusal: as for `http`. Never: as for `http`.
"""

from __future__ import annotations

from collections.abc import Sequence

from scanner.model.action import Conversation
from scanner.model.ending import Ending
from scanner.model.errors import Malformed
from scanner.model.exchange import Exchange
from scanner.model.fields import Fields
from scanner.model.probe import Probe, ProbeKind, Service, Target
from scanner.model.protocol import Protocol
from scanner.parsers import read
from scanner.probes.http import ACTIVATE_STATUS, DEVICE_INFO, GETS, REDIRECTED
from scanner.probes.http_wire import Pages, web_services

FAVICON = "/favicon.ico"
LOGIN_PAGE = "/doc/page/login.asp"
SCRIPT_CONFIG = "/doc/script/lib/seajs/config/sea-config.js"
PRAMA_INFO = "/pramaAPI/System/deviceInfo"
"""The device information where the interface has another name; guarded like it."""
_FIRST_PAGES = 4
"""GETs that `http` always makes on the first web port; redirects come on top."""
_GUARDED = frozenset({"401", "403"})
_NOT_THERE = "404"
_EMPTY_STATUSES = frozenset({"200", "204", _NOT_THERE})
_OLD_PAGE = ("updateTips", "resizeTo(")
"""Words of the front page of firmware before the script loader (signatures.md §7)."""


def converse(target: Target) -> Conversation:
    """Ask for the icon, and for one page more if it would tell something."""
    pages = Pages(target)
    service = _first_service(target)
    if service is None:
        return ()
    redirects = sum(e.detail.startswith(REDIRECTED) for e in target.said)
    left = GETS - _FIRST_PAGES - redirects
    further = tie_breaker(target.said, service.port, target.nonce)
    wanted = (PRAMA_INFO, FAVICON) if further == PRAMA_INFO else (FAVICON, further)
    for number, path in enumerate(path for path in wanted if path):
        if number < left:
            yield from pages.get(service, path)
        else:
            pages.drop(service, path, f"not asked: {GETS} GETs a host at most")
    return pages.exchanges


def tie_breaker(said: Sequence[Exchange], port: int, nonce: str) -> str | None:
    """The page that would settle what the host's first web port left open; None if nothing is open."""
    replies = {e.request: _read(e) for e in said if e.port == port and e.request}
    none = Fields()
    info = replies.get(f"GET {DEVICE_INFO}", none)
    if any(replies.get(f"GET {path}", none).first("xml.root") for path in (ACTIVATE_STATUS, DEVICE_INFO)):
        return None
    status, other = info.first("status"), replies.get(f"GET /{nonce}", none).first("status")
    guarded = status in _GUARDED and other is not None and other != status
    front = [fields for request, fields in replies.items() if _is_front(request, nonce)]
    texts = [text for fields in front for name in ("body", "header.location") for text in fields[name]]
    leads = any("/doc/" in text or "doc/page/" in text for text in texts)
    old = leads and any(word in text for word in _OLD_PAGE for text in texts)
    if old:
        path = LOGIN_PAGE
    elif _answers_empty(said, port) or (leads and status == _NOT_THERE):
        path = PRAMA_INFO
    elif guarded or leads:
        path = SCRIPT_CONFIG
    else:
        return None
    return None if f"GET {path}" in replies else path


def _answers_empty(said: Sequence[Exchange], port: int) -> bool:
    """Whether the maker's tree gives nothing where this firmware should have its device information."""
    for exchange in said:
        if exchange.port == port and exchange.request == f"GET {DEVICE_INFO}":
            if not exchange.payload:
                return exchange.ending in (Ending.COMPLETE, Ending.CLOSED_EARLY)
            fields = _read(exchange)
            return fields.first("status") in _EMPTY_STATUSES and "body" not in fields
    return False


def _is_front(request: str, nonce: str) -> bool:
    """The first page, or one that a redirect led to."""
    others = (ACTIVATE_STATUS, DEVICE_INFO, f"/{nonce}", FAVICON, PRAMA_INFO)
    return request not in {f"GET {path}" for path in others}


def _first_service(target: Target) -> Service | None:
    """The service that `http` asked all its questions of, if it answered the first one."""
    questions = {f"GET {path}" for path in (ACTIVATE_STATUS, DEVICE_INFO, f"/{target.nonce}")}
    asked = {e.port for e in target.said if e.request in questions and e.ending is not Ending.STOPPED_BY_US}
    return next((service for service in web_services(target) if service.port in asked), None)


def _read(exchange: Exchange) -> Fields:
    try:
        return read(exchange.protocol, exchange.payload, exchange.request)
    except Malformed:
        return Fields()


PROBE = Probe(
    name="http-more",
    title="Icon and one page more",
    kind=ProbeKind.CONVERSATION,
    protocol=Protocol.HTTP,
    order=40,
    transport="tcp",
    ports=(80, 443, 8080, 8443),
    sends=(
        f"GET {FAVICON}",
        f"GET {SCRIPT_CONFIG} or GET {LOGIN_PAGE}, where the replies so far leave a doubt",
        f"GET {PRAMA_INFO}, where {DEVICE_INFO} answers empty, and never after a 401",
    ),
    silence="As for the web pages before: it says nothing about the maker.",
    connections=2,
    requests=2,
    converse=converse,
    sources=("research signatures.md §2, §7", "public file 68412526665, 52041837318"),
    notes={"within": f"These count among the {GETS} GETs on a host's first web port."},
)

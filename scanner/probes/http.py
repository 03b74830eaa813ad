"""HTTP: the first page, the activation state, and how the device's own tree is guarded.

Asks, in the order of signatures.md §2 and each path once whatever the status, of the host's first web port
that answers as HTTP: ``GET /`` (with at most two redirects that stay on the same address and on a port
known to be open), ``GET /SDK/activateStatus``, ``GET /ISAPI/System/deviceInfo`` and one path that no server
has. The last two together show whether the tree ``/ISAPI/`` exists behind a password: 401 for one and not
for the other. Every further web port gets one ``GET /``. Each request goes out on a TCP connection of its
own, over TLS where the port is one of https.

Six GETs a host on that first port, those of `http_more` included, and one for each of five further ports. A
host that names a port of its own later on is looked at once more; what it was asked before counts.

Silence or refusal: the web interface is off, moved or filtered; it says nothing about the maker. An answer
in another protocol is kept and named as such.

Never: a login, a login challenge (``sessionLogin``), an ``Authorization`` header, a method other than GET,
a redirect to another host.
"""

from __future__ import annotations

from collections.abc import Generator

from scanner.model.action import Action, Conversation, Outcome
from scanner.model.probe import Probe, ProbeKind, Service, Target
from scanner.model.protocol import Protocol
from scanner.probes.http_wire import Pages, answered, redirect, web_services

ROOT = "/"
ACTIVATE_STATUS = "/SDK/activateStatus"
"""Unauthenticated since about firmware 5.3: the cheapest proof there is (signatures.md §2, step 2)."""
DEVICE_INFO = "/ISAPI/System/deviceInfo"
"""Guarded on every device that has it: 401, with the realm and often a body that names its namespace."""
GETS = 6
"""GETs for one host on its first web port; research calls this number unremarkable."""
REDIRECTS = 2
FURTHER = 5
"""Further web ports that get their one ``GET /``."""
REDIRECTED = "after a redirect"
"""Marks an exchange that followed another's ``Location``; `http_more` counts them."""


def converse(target: Target) -> Conversation:
    """Ask the pages of one host; an exchange for each page that was wanted."""
    pages = Pages(target)
    services = web_services(target)
    earlier = {e.port for e in target.said if e.request == f"GET {ROOT}"}
    most = max(0, 1 + FURTHER - len(earlier))
    first_is_found = any(e.request == f"GET {ACTIVATE_STATUS}" for e in target.said)
    for service in services[:most]:
        if pages.wanted(service, ROOT):
            continue  # a redirect led there before
        front = yield from pages.get(service, ROOT)
        if not first_is_found and (pages.stopped or answered(front)):
            first_is_found = True
            first = yield from _follow(pages, target, service)
            for path in (ACTIVATE_STATUS, DEVICE_INFO, f"/{target.nonce}"):
                yield from pages.get(first, path)
    for service in services[most:]:
        pages.drop(service, ROOT, f"not asked: {1 + FURTHER} web ports a host at most")
    return pages.exchanges


def _follow(pages: Pages, target: Target, service: Service) -> Generator[Action, Outcome, Service]:
    """Follow the redirects of the front page; the service where they end up."""
    for _ in range(REDIRECTS):
        place = redirect(target, service, pages.exchanges[-1].payload)
        if place is None or pages.stopped or pages.wanted(*place):
            break
        page = yield from pages.get(*place, detail=REDIRECTED)
        if not answered(page):
            break
        service = place[0]
    return service


PROBE = Probe(
    name="http",
    title="Web pages",
    kind=ProbeKind.CONVERSATION,
    protocol=Protocol.HTTP,
    order=20,
    transport="tcp",
    ports=(80, 443, 8080, 8443),
    sends=(
        "GET /",
        "GET of a redirect's target on the same address, two at most",
        f"GET {ACTIVATE_STATUS}",
        f"GET {DEVICE_INFO}",
        "GET /<16 random hexadecimal digits>",
    ),
    silence="The web interface is off, on another port or filtered. It says nothing about the maker.",
    connections=GETS + FURTHER,
    requests=GETS + FURTHER,
    converse=converse,
    sources=("research signatures.md §2", "RFC 9112"),
    notes={
        "limits": "Each reply: 64 KiB of body, 64 headers, 16 KiB of headers.",
        "one after another": "One connection a request, closed before the next.",
    },
)

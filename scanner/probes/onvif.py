"""ONVIF: two questions over SOAP, without credentials.

Asks ``GetServices`` and then ``GetDeviceInformation``, each once, by POST. The first is open to everyone by
the standard (ONVIF Core Specification, access class PRE_AUTH) and its envelope shows whose ONVIF
library answers; the second is answered by few devices without a login, and names maker, model and serial
where it is.

Where: the service address of the host's own WS-Discovery answer (port and path, on this same address only),
else the usual path on its first web port that answered.

Not authorised, by status 401 or 403 or by a fault, ends it and is evidence of its own; so does a port
without ONVIF (404, 405). Silence and refusal say nothing: ONVIF is off as delivered since firmware 5.5.

Never: WS-Security, an ``Authorization`` header, any other operation, a second try.
"""

from __future__ import annotations

from scanner.model.action import Conversation
from scanner.model.ending import Ending
from scanner.model.exchange import Exchange
from scanner.model.probe import Probe, ProbeKind, Service, Target
from scanner.model.protocol import Protocol
from scanner.probes import learned
from scanner.probes.framing import Framing, read_status
from scanner.probes.http_wire import answered, on_same_address, open_ports, post, web_services
from scanner.probes.talk import TURN_OVER, Answer, ask

USUAL_PATH = "/onvif/device_service"
"""The ONVIF Core Specification fixes this path for the device service."""
_WSDL = "http://www.onvif.org/ver10/device/wsdl"
_ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope">'
    "<s:Body>{body}</s:Body></s:Envelope>"
)
_BODIES = {
    "GetServices": "<IncludeCapability>false</IncludeCapability>",
    "GetDeviceInformation": "",
}
QUERIES = {
    name: _ENVELOPE.format(body=f'<{name} xmlns="{_WSDL}">{inside}</{name}>').encode("ascii")
    for name, inside in _BODIES.items()
}
"""The exact bytes of each question; nothing is ever filled in."""
_WEB = (Protocol.HTTP, Protocol.HTTPS, Protocol.ISAPI)
_NOT_AUTHORISED = frozenset({"401", "403"})
_NOT_THERE = frozenset({"404", "405"})


def request(address: str, service: Service, path: str, query: str) -> bytes:
    """The bytes of one question."""
    kind = f'application/soap+xml; charset=utf-8; action="{_WSDL}/{query}"'
    return post(address, service, path, kind, QUERIES[query])


def converse(target: Target) -> Conversation:
    """Ask both questions, the second only if the first left it open."""
    place = where(target)
    if place is None or any(e.protocol is Protocol.ONVIF_SOAP for e in target.said):
        return ()
    service, path = place
    exchanges: list[Exchange] = []
    unasked: Answer | None = None
    for query in QUERIES:
        answer = unasked
        if answer is None:
            answer = yield from ask(service, request(target.address, service, path, query), Framing(b"HTTP/"))
            unasked = _no_more(answer)
        asked = f"POST {path} {query}"
        exchanges.append(
            Exchange(Protocol.ONVIF_SOAP, service.port, answer.ending, answer.payload, asked, answer.detail)
        )
    return tuple(exchanges)


def _no_more(answer: Answer) -> Answer | None:
    """What stands for the questions that are not asked after this answer; None to go on."""
    if answer.stopped:
        return Answer(Ending.STOPPED_BY_US, detail=TURN_OVER)
    message = read_status(answer.payload)
    if message is None or answer.ending is Ending.OTHER_PROTOCOL:
        reason = f"the question before ended {answer.ending}"
    elif message.status in _NOT_AUTHORISED or b"NotAuthorized" in answer.payload:
        reason = "the host answers only those it knows"
    elif message.status in _NOT_THERE:
        reason = "no such service on this port"
    else:
        return None
    return Answer(Ending.NEVER_ASKED, detail=f"not asked: {reason}")


def where(target: Target) -> tuple[Service, str] | None:
    """Port and path of the device service: what the host named itself, else the usual; None for neither.

    A port that the host names counts if it is among its services, and a path if it is one of ONVIF.
    """
    known = open_ports(target)
    for url in learned.urls(target.address, target.said, Protocol.ONVIF_WSDISCOVERY):
        place = on_same_address(Service(0, "http"), target.address, url)
        if place is not None and place[0].port in known:
            named = place[1].lower().startswith("/onvif") and "?" not in place[1]
            return place if named else (place[0], USUAL_PATH)
    spoke = {e.port for e in target.said if e.protocol in _WEB and answered(e)}
    service = next((s for s in web_services(target) if s.port in spoke), None)
    return (service, USUAL_PATH) if service else None


PROBE = Probe(
    name="onvif",
    title="ONVIF device service",
    kind=ProbeKind.CONVERSATION,
    protocol=Protocol.ONVIF_SOAP,
    order=50,
    transport="tcp",
    ports=(80, 443, 8080, 8443),
    sends=tuple(f"POST of {name}, without credentials" for name in QUERIES),
    silence="ONVIF is off, as it is when delivered since firmware 5.5. It says nothing about the maker.",
    connections=len(QUERIES),
    requests=len(QUERIES),
    converse=converse,
    sources=("ONVIF Core Specification, device service", "research signatures.md §7 onvif"),
    notes={"where": f"As the host's WS-Discovery answer says, else {USUAL_PATH} on its first web port."},
)

"""SSDP: who has a UPnP description, and where.

One ``M-SEARCH`` for root devices to UDP 1900 at 239.255.255.250 and ff02::c. Each device answers within two
seconds (``MX: 2``) with the address of its description, which `upnp` then fetches once from that same
device.

``upnp:rootdevice`` and not ``ssdp:all``: every UPnP device answers to it, once, instead of once for each of
its services (UPnP Device Architecture 2.0 §1.3.2). The ``HOST`` line names the IPv4 group in both families,
since one question has one text; receivers do not compare it.

Silence: UPnP is off, as it usually is on current firmware. It proves nothing. Not asked unicast: a router
would be crossed for an answer that hardly any device gives.

Never: NOTIFY, SUBSCRIBE or a control request.
"""

from __future__ import annotations

from scanner.model.probe import Call, Probe, ProbeKind
from scanner.model.protocol import Protocol
from scanner.parsers import ssdp
from scanner.probes.http_wire import USER_AGENT

PORT = 1900
GROUPS = ("239.255.255.250", "ff02::c")
SEARCH_TARGET = "upnp:rootdevice"
_LINES = (
    "M-SEARCH * HTTP/1.1",
    f"HOST: {GROUPS[0]}:{PORT}",
    'MAN: "ssdp:discover"',
    "MX: 2",
    f"ST: {SEARCH_TARGET}",
    f"USER-AGENT: {USER_AGENT}",
)
SEARCH = ("\r\n".join(_LINES) + "\r\n\r\n").encode("ascii")
"""The bytes of the one question."""


def question(_uuid: str) -> bytes:
    """The bytes of one question; it carries no identifier."""
    return SEARCH


def reads(datagram: bytes) -> bool:
    """True for an answer or an announcement, False for a search, ours or another client's."""
    return bool(datagram.strip()) and ssdp.is_answer(datagram)


PROBE = Probe(
    name="ssdp",
    title="UPnP discovery",
    kind=ProbeKind.CALL,
    protocol=Protocol.SSDP,
    order=3,
    transport="udp",
    ports=(PORT,),
    sends=(f"M-SEARCH for {SEARCH_TARGET}, MX 2",),
    silence="UPnP is off, as it usually is on current firmware. Never a sign of absence.",
    needs=("multicast",),
    call=Call(port=PORT, groups=GROUPS, payload=question, reads=reads, unicast=False),
    sources=("UPnP Device Architecture 2.0 §1.3", "research sadp.md §5.3"),
)

"""UPnP description: the XML that a device's SSDP answer points to.

One GET of the address in the ``LOCATION`` of an SSDP answer, only if that address is the sender's own, its
port one of the host's services and no control port, and its path outside the trees where a GET may act.
Once a host, whatever it names.

Silence, refusal: the description is gone or filtered; it says nothing about the maker.

Never: a control or event address from the description, a host that the answer did not come from.
"""

from __future__ import annotations

from scanner.model.action import Conversation
from scanner.model.ending import Ending
from scanner.model.probe import Probe, ProbeKind, Service, Target
from scanner.model.protocol import Protocol
from scanner.probes import learned
from scanner.probes.http import GETS
from scanner.probes.http_wire import Pages, followable, open_ports
from scanner.probes.ssdp import PROBE as SSDP


def converse(target: Target) -> Conversation:
    """Fetch the description, if the host pointed to one on itself."""
    pages = Pages(target)
    if any(e.protocol is Protocol.UPNP_DESCRIPTION for e in target.said):
        return ()
    known = open_ports(target)
    for url in learned.urls(target.address, target.said, Protocol.SSDP):
        place = followable(Service(0, "http"), target.address, url)
        if place is not None and place[0].scheme == "http" and place[0].port in known:
            if _gets(target, place[0].port) >= GETS:
                pages.drop(*place, f"not asked: {GETS} GETs a port at most")
                break
            yield from pages.get(*place, protocol=Protocol.UPNP_DESCRIPTION)
            break
    return pages.exchanges


def _gets(target: Target, port: int) -> int:
    """How many pages this port of the host was asked for before."""
    asked = (e for e in target.said if e.port == port and (e.request or "").startswith("GET "))
    return sum(e.ending is not Ending.STOPPED_BY_US for e in asked)


PROBE = Probe(
    name="upnp",
    title="UPnP description",
    kind=ProbeKind.CONVERSATION,
    protocol=Protocol.UPNP_DESCRIPTION,
    order=55,
    transport="tcp",
    ports=(),
    sends=("GET of the description that the host's own SSDP answer points to",),
    silence="The description is gone or filtered. It says nothing about the maker.",
    connections=1,
    requests=1,
    converse=converse,
    sources=("UPnP Device Architecture 2.0 §2", "research sadp.md §5.3"),
    notes={"only after": f"An answer to `{SSDP.name}` from the same address, on the port that it names."},
)

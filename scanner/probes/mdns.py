"""Multicast DNS: services that announce themselves on the link.

Asks for the pointers of four service types: web pages, two that only video equipment offers, and video
streams. Cameras answer with their full serial number as host name (sadp.md §5.4). Carried by a resolver
library that hands us records, not packets: what is kept is the canonical text of the record, marked as
synthesised.

Silence: Bonjour is off, or the link filters multicast. It proves nothing.

Never: any other type (so no phones, printers or media players are listed), no unicast question, no answer.
"""

from __future__ import annotations

from collections.abc import Sequence

from scanner.model.probe import Probe, ProbeKind
from scanner.model.protocol import Protocol
from scanner.parsers.mdns import record_text

PORT = 5353
SERVICE_TYPES = ("_http._tcp.local.", "_psia._tcp.local.", "_CGI._tcp.local.", "_rtsp._tcp.local.")
"""Each names the source that asks for it: sadp.md §5.4."""


def canonical_text(
    instance: str, service_type: str, host: str, port: int, addresses: Sequence[str], txt: Sequence[str]
) -> bytes:
    """The text of one resolved record that is kept as its observation.

    Args:
        instance: name of the service, with or without its type behind it.
        service_type: one of `SERVICE_TYPES`.
        host: the host that offers it, ``name.local.``.
        port: TCP port.
        addresses: of the host.
        txt: each string of the TXT record, ``key=value``.
    """
    return record_text(instance, service_type, host, port, addresses, txt)


PROBE = Probe(
    name="mdns",
    title="Bonjour",
    kind=ProbeKind.CALL,
    protocol=Protocol.MDNS,
    order=4,
    transport="mdns",
    ports=(PORT,),
    sends=tuple(f"PTR question for {name}" for name in SERVICE_TYPES),
    silence="Bonjour is off, or multicast is filtered. Never a sign of absence.",
    needs=("multicast",),
    sources=("RFC 6762", "RFC 6763", "research sadp.md §5.4"),
    notes={
        "record": "The resolver hands over records; what is kept is their canonical text, marked as such."
    },
)

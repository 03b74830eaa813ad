"""TLS: the certificate that an https port shows, or a control port behind TLS.

Opens the port, shakes hands (old versions and weak ciphers are accepted on purpose: firmware of 2012 speaks
TLS 1.0), keeps the peer's certificate and closes. Not a byte of application data is sent, no client
certificate is offered and the peer's is not verified: factory certificates are self-signed, and that is
what identifies them.

Three ports a host at most; of any further https port the certificate comes with the handshake of `http`.

Failure of the handshake: the port is no TLS port or speaks a version that even we cannot; neither says
anything about the maker. Refused or silent: the port closed since the sweep.

Sources: signatures.md §7 (tls), sadp.md §5.2.
"""

from __future__ import annotations

from scanner.model.action import Close, Conversation
from scanner.model.ending import Ending
from scanner.model.exchange import Exchange
from scanner.model.probe import Probe, ProbeKind, Service, Target
from scanner.model.protocol import Protocol
from scanner.probes.talk import LISTEN_ONLY, TLS_SCHEMES, TURN_OVER, connect

PORTS = 3
"""443, 8443 and one more: a device that serves three certificates has been seen by nobody."""


def converse(target: Target) -> Conversation:
    """Shake hands with each https or tls service; each payload is a certificate (DER)."""
    exchanges: list[Exchange] = []
    stopped = False
    earlier = {e.port for e in target.said if e.protocol is Protocol.TLS_CERT}
    for service in _services(target)[: max(0, PORTS - len(earlier))]:
        if stopped:
            exchanges.append(
                Exchange(Protocol.TLS_CERT, service.port, Ending.STOPPED_BY_US, detail=TURN_OVER)
            )
            continue
        answer = yield from connect(service)
        if answer.ending is Ending.COMPLETE:
            yield Close()
        stopped = answer.stopped
        exchanges.append(
            Exchange(Protocol.TLS_CERT, service.port, answer.ending, answer.certificate, detail=answer.detail)
        )
    return tuple(exchanges)


def _services(target: Target) -> list[Service]:
    """The ports to shake hands with; those first that no other probe shakes hands with."""
    found = {s.port: s for s in target.services if s.scheme in TLS_SCHEMES and s.port not in LISTEN_ONLY}
    return sorted(found.values(), key=lambda service: service.scheme == "https")


PROBE = Probe(
    name="tls",
    title="TLS certificate",
    kind=ProbeKind.CONVERSATION,
    protocol=Protocol.TLS_CERT,
    order=10,
    transport="tls",
    ports=(443, 8443),
    sends=("TLS handshake, nothing after it",),
    silence="TLS is off, or needs a version that we do not speak. It says nothing about the maker.",
    connections=PORTS,
    converse=converse,
    sources=("research signatures.md §7 tls", "research sadp.md §5.2"),
    notes={
        "verification": "The certificate is read, never trusted: old versions and weak ciphers are accepted."
    },
)

"""Control connection: does the address accept a port that nobody would open?

One TCP connection to one port between 50000 and 64999, to a host that accepted another port. The port is
drawn from the run's nonce and the address, so that nobody can know it beforehand and a record tells it again.
Nothing is said on the connection, and nothing is listened for: it is opened and closed. An address that
accepts it accepts every port (SYN proxies and firewalls that answer for whole prefixes: naabu report #1738,
masscan report #387), so an open port proves nothing there.

Silence or refusal: as it should be. Never: a byte.
"""

from __future__ import annotations

import hashlib

from scanner.model.action import Close, Conversation, Open
from scanner.model.ending import Ending
from scanner.model.exchange import Exchange
from scanner.model.probe import Probe, ProbeKind, Target
from scanner.model.protocol import Protocol

FIRST, LAST = 50000, 64999
"""Dynamic ports (RFC 6335 §6), none of which is ever touched for another reason, below those by which
recorders lend their address to cameras."""
WITHIN = 2.0
"""Seconds; who accepts everything does so at once, and a filter that drops must not cost a host its time."""
NAME = "control"


def control_port(nonce: str, address: str) -> int:
    """The port that this run tries of an address."""
    drawn = int(hashlib.sha256(f"{nonce} {address}".encode()).hexdigest()[:8], 16)
    return FIRST + drawn % (LAST - FIRST + 1)


def converse(target: Target) -> Conversation:
    """Open the port and close it; nothing for a host that accepted no port, or was tried already."""
    port = control_port(target.nonce, target.address)
    tried = any(exchange.port == port for exchange in target.said)
    if not target.services or tried or any(service.port == port for service in target.services):
        return ()
    outcome = yield Open(port, WITHIN)
    if outcome.ending is not None:
        return (Exchange(Protocol.SDK8000, port, outcome.ending, detail=outcome.detail),)
    yield Close()
    return (Exchange(Protocol.SDK8000, port, Ending.COMPLETE),)


PROBE = Probe(
    name=NAME,
    title="A port that nobody opens",
    kind=ProbeKind.CONVERSATION,
    protocol=Protocol.SDK8000,
    order=7,
    transport="tcp",
    ports=(),
    sends=(),
    silence="As it should be: the address does not accept every port.",
    connections=1,
    converse=converse,
    sources=("RFC 6335 §6", "naabu#1738, masscan#387: whole prefixes that accept every port"),
    notes={
        "port": f"One between {FIRST} and {LAST}, drawn anew for every run and host, of a host that accepted "
        "another port.",
    },
)

"""What a probe declares about itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from scanner.model.action import Conversation
from scanner.model.exchange import Exchange
from scanner.model.protocol import Protocol


class ProbeKind(StrEnum):
    """How a probe talks."""

    CONVERSATION = "conversation"
    """A generator that opens connections to one host."""
    CALL = "call"
    """One datagram out, a window of answers in, from addresses that were perhaps not known."""
    LISTENING = "listening"
    """Nothing is sent."""


@dataclass(frozen=True, slots=True)
class Service:
    """One open port of a host and how it is to be spoken to."""

    port: int
    scheme: str
    """``http``, ``https``, ``rtsp``, ``tls`` (handshake alone) or ``listen`` (read, send nothing)."""


@dataclass(frozen=True, slots=True)
class Target:
    """One host as a conversation sees it."""

    address: str
    services: tuple[Service, ...]
    nonce: str
    """Sixteen hexadecimal digits, the run's own: names the path that no server has."""
    said: tuple[Exchange, ...] = ()
    """What this host has answered in this run so far, oldest first."""
    begun: tuple[Exchange, ...] = ()
    """What was asked in this conversation before the run was cut, and need not be asked again."""
    told: list[Exchange] = field(default_factory=list, compare=False)
    """Takes exchanges of this conversation as soon as they are over, from those that tell before they end."""


@dataclass(frozen=True, slots=True)
class Call:
    """A datagram question to a group and, where it makes sense, to single hosts."""

    port: int
    groups: tuple[str, ...]
    """Multicast groups or the limited broadcast; IPv6 groups are skipped where the interface has no IPv6."""
    payload: Callable[[str], bytes]
    """Given a random UUID (lower case), the bytes of one ask."""
    reads: Callable[[bytes], bool]
    """True for an answer; False for our own question heard back, or another client's."""
    unicast: bool
    """Whether it is also asked of each address of a routed prefix."""
    listen_port: int | None = None
    """A port to listen on besides the one that the question left from (SADP: 37020)."""


@dataclass(frozen=True, slots=True)
class Probe:
    """The card of a probe: what `plan`, the documents and the wire test show is read from here."""

    name: str
    title: str
    kind: ProbeKind
    protocol: Protocol
    order: int
    """Place in the sequence of a host's conversations; lower goes first."""
    transport: str
    """Name of the module under ``scanner/transports`` that carries it."""
    ports: tuple[int, ...]
    """Ports that it asks when they are open (or UDP ports that it asks at all)."""
    sends: tuple[str, ...]
    """Every kind of message that it may send, in words; empty = nothing."""
    silence: str
    """What no answer means, in words for the reader of a report."""
    connections: int = 0
    """TCP connections a host at most."""
    requests: int = 0
    """Requests a host at most."""
    datagrams: int = 0
    """Datagrams a host at most, when asked one by one."""
    needs: tuple[str, ...] = ()
    """``raw-socket``, ``multicast``, ``community``."""
    converse: Callable[[Target], Conversation] | None = None
    call: Call | None = None
    sources: tuple[str, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)

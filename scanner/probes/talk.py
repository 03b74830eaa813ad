"""What conversations share: open a connection, say one thing, listen until the reply is whole, close.

Generators over `scanner.model.action`; no socket, no clock. Whatever happens becomes the ``ending`` of an
`Answer`; nothing is raised. Every connection that was opened is closed by us, also after a failure.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import TypeAlias

from scanner.model.action import Action, Close, Open, Outcome, Receive, Send, StartTls
from scanner.model.ending import Ending
from scanner.model.probe import Service
from scanner.probes.framing import PIECE, Framing

STEP = 5.0
"""Seconds we wait for the next piece of a reply. An old camera's web server needs up to two."""
LISTEN_ONLY = frozenset({8000, 9010, 9020})
"""Control ports of devices. They are listened to and never written to, whatever a service list says."""
TLS_SCHEMES = frozenset({"https", "tls"})
"""``tls`` = a control port behind TLS: the handshake and nothing after it."""
TURN_OVER = "not asked: the host's turn had ended"


@dataclass(frozen=True, slots=True)
class Answer:
    """What one question got."""

    ending: Ending
    payload: bytes = b""
    detail: str = ""
    certificate: bytes = b""
    """The peer's certificate (DER) when the connection was a TLS one."""

    @property
    def stopped(self) -> bool:
        """True when we ourselves ended the host's turn: nothing further will be let through."""
        return self.ending is Ending.STOPPED_BY_US


Talk: TypeAlias = Generator[Action, Outcome, Answer]


def connect(service: Service) -> Talk:
    """Open the port, with TLS where the service wants it. COMPLETE = the connection stands."""
    outcome = yield Open(service.port)
    if outcome.ending is not None:
        return Answer(outcome.ending, detail=outcome.detail)
    if service.scheme not in TLS_SCHEMES:
        return Answer(Ending.COMPLETE)
    outcome = yield StartTls()
    if outcome.ending is not None:
        yield Close()
        return Answer(outcome.ending, detail=outcome.detail)
    return Answer(Ending.COMPLETE, certificate=outcome.data)


def send_and_listen(request: bytes, framing: Framing) -> Talk:
    """On the open connection: send one request and read its reply."""
    outcome = yield Send(request)
    if outcome.ending is not None:
        return Answer(outcome.ending, detail=outcome.detail)
    while True:
        outcome = yield Receive(PIECE, STEP)
        ending = framing.add(outcome.data) if outcome.data else None
        if ending is not None:
            return Answer(ending, framing.payload)
        if outcome.ending is Ending.SILENT:
            detail = f"nothing more within {STEP:g} s" if framing.payload else outcome.detail
            return Answer(framing.stop(Ending.SILENT), framing.payload, detail)
        if outcome.ending is Ending.CLOSED_EARLY or (outcome.ending is None and not outcome.data):
            return Answer(framing.stop(Ending.CLOSED_EARLY), framing.payload, outcome.detail)
        if outcome.ending is not None:
            return Answer(outcome.ending, framing.payload, outcome.detail)


def ask(service: Service, request: bytes, framing: Framing) -> Talk:
    """One question on a connection of its own."""
    opened = yield from connect(service)
    if opened.ending is not Ending.COMPLETE:
        return opened
    answer = yield from send_and_listen(request, framing)
    yield Close()
    return replace(answer, certificate=opened.certificate)

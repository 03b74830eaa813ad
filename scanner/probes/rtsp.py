"""RTSP: the methods of the video server and the challenge that guards its streams.

Asks, on one connection: ``OPTIONS``, then one ``DESCRIBE`` without credentials. The answer to the first is
a list of methods in the server's own order; the second answers 401 with a realm that, by firmware
generation, holds a model, a MAC address or a short serial (signatures.md §3).

Both name ``rtsp://<address>:<port>/``: the port written out, as common players do, and the root instead of
a stream's path, because a device challenges before it looks at the path, no maker's path has to be guessed,
and an unguarded device is not asked to set up anything. ``CSeq`` counts 1, 2 (RFC 2326 §12.17).

Two RTSP ports a host at most. One TCP connection and two requests each.

Silence: RTSP is off, moved, or filtered. Closed after ``OPTIONS``: some servers do; ``DESCRIBE`` then ends
with that and is not tried on a new connection. Another protocol: kept, named, and not asked any further.

Never: credentials, SETUP, PLAY, a stream's path.
"""

from __future__ import annotations

from collections.abc import Generator

from scanner.model.action import Action, Close, Conversation, Outcome
from scanner.model.ending import Ending
from scanner.model.exchange import Exchange
from scanner.model.probe import Probe, ProbeKind, Service, Target
from scanner.model.protocol import Protocol
from scanner.probes.framing import Framing
from scanner.probes.http_wire import USER_AGENT, literal
from scanner.probes.talk import LISTEN_ONLY, TURN_OVER, Answer, connect, send_and_listen

METHODS = ("OPTIONS", "DESCRIBE")
PORTS = 2
"""554, and one more that the site or a device's own answer names."""


def request(address: str, port: int, method: str) -> bytes:
    """The bytes of one request."""
    lines = [
        f"{method} rtsp://{literal(address)}:{port}/ RTSP/1.0",
        f"CSeq: {METHODS.index(method) + 1}",
        f"User-Agent: {USER_AGENT}",
    ]
    if method == "DESCRIBE":
        lines.append("Accept: application/sdp")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


def converse(target: Target) -> Conversation:
    """Ask each RTSP service; two exchanges a service."""
    exchanges: list[Exchange] = []
    services = [s for s in target.services if s.scheme == "rtsp" and s.port not in LISTEN_ONLY]
    earlier = {e.port for e in target.said if e.protocol is Protocol.RTSP}
    for number, service in enumerate(services, len(earlier)):
        if number >= PORTS:
            answers = _unasked(f"not asked: {PORTS} RTSP ports a host at most")
        elif exchanges and exchanges[-1].ending is Ending.STOPPED_BY_US:
            answers = _unasked(TURN_OVER)
        else:
            answers = yield from _ask(target.address, service)
        for method, answer in zip(METHODS, answers, strict=True):
            exchanges.append(
                Exchange(
                    Protocol.RTSP, service.port, answer.ending, answer.payload, f"{method} /", answer.detail
                )
            )
    return tuple(exchanges)


def _unasked(detail: str) -> tuple[Answer, ...]:
    return tuple(Answer(Ending.STOPPED_BY_US, detail=detail) for _ in METHODS)


def _ask(address: str, service: Service) -> Generator[Action, Outcome, tuple[Answer, ...]]:
    """Both requests on one connection; the second only where the first was answered in RTSP."""
    answer = yield from connect(service)
    answers: list[Answer] = []
    if answer.ending is Ending.COMPLETE:
        for method in METHODS:
            answer = yield from send_and_listen(request(address, service.port, method), Framing(b"RTSP/"))
            answers.append(answer)
            if answer.ending is not Ending.COMPLETE:
                break
        yield Close()
    else:
        answers.append(answer)
    unasked = Ending.STOPPED_BY_US if answer.stopped else Ending.NEVER_ASKED
    while len(answers) < len(METHODS):
        answers.append(
            Answer(unasked, detail=f"not asked: {METHODS[len(answers) - 1]} ended {answer.ending}")
        )
    return tuple(answers)


PROBE = Probe(
    name="rtsp",
    title="Video server",
    kind=ProbeKind.CONVERSATION,
    protocol=Protocol.RTSP,
    order=30,
    transport="tcp",
    ports=(554,),
    sends=("OPTIONS rtsp://<address>:<port>/", "DESCRIBE rtsp://<address>:<port>/ without credentials"),
    silence="The video server is off, on another port or filtered. It says nothing about the maker.",
    connections=PORTS,
    requests=PORTS * len(METHODS),
    converse=converse,
    sources=("RFC 2326 §10", "research signatures.md §7 rtsp"),
    notes={"limits": "Each reply: 64 KiB of body, 64 headers, 16 KiB of headers."},
)

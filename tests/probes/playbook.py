"""Two ways to play the network's part for a conversation, so that a probe is tested without a socket.

`Playbook` is strict: the test says, action by action, what the probe must want and what it is told.
`World` is lively: ports with peers behind them answer whatever comes; afterwards the test looks at what was asked.
Both hold a probe to the manners of a transport: one connection at a time, nothing said on a closed one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from scanner.model.action import Action, Close, Conversation, Open, Outcome, Receive, Send, StartTls
from scanner.model.ending import Ending
from scanner.model.exchange import Exchange

Reply = bytes | Callable[[bytes], bytes]
OK = Outcome()
SILENCE = Outcome(Ending.SILENT)
CLOSED = Outcome(Ending.CLOSED_EARLY, detail="the peer closed")


class Playbook:
    """A script: `expect` an action, `tell` what happened, and `end` with the exchanges."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation
        self._told: Outcome | None = None
        self._waiting: Action | None = None
        self._result: tuple[Exchange, ...] | None = None

    def _advance(self) -> None:
        if self._waiting is not None or self._result is not None:
            return
        try:
            self._waiting = (
                next(self._conversation) if self._told is None else self._conversation.send(self._told)
            )
        except StopIteration as finished:
            self._result = finished.value

    def expect(self, wanted: Action | type[Action], told: Outcome = OK) -> Playbook:
        """The next action must be this one (or of this type); the probe is told ``told``."""
        self._advance()
        assert self._result is None, f"the conversation ended with {self._result}, expected {wanted}"
        matches = isinstance(self._waiting, wanted) if isinstance(wanted, type) else self._waiting == wanted
        assert matches, f"expected {wanted}\n     got {self._waiting}"
        self._waiting, self._told = None, told
        return self

    def hears(self, data: bytes) -> Playbook:
        """The next action must be to receive, and this comes."""
        return self.expect(Receive, Outcome(data=data))

    def end(self) -> tuple[Exchange, ...]:
        """The conversation must be over; its exchanges."""
        self._advance()
        assert self._result is not None, f"not over: the probe wants {self._waiting}"
        return self._result


@dataclass
class Peer:
    """What stands behind one port."""

    replies: Reply | Iterable[bytes] = b""
    """One reply for every request, a function of the request, or one after another."""
    opens: Outcome = OK
    tls: Outcome | None = None
    """How a TLS handshake ends; None = the port speaks no TLS."""
    piece: int = 1 << 20
    """Bytes a receive returns at most."""
    banner: bytes = b""
    """Said as soon as the connection stands."""
    after: Outcome = CLOSED
    """What a receive is told when everything was said."""
    sends: Outcome = OK

    def __post_init__(self) -> None:
        single = isinstance(self.replies, bytes) or callable(self.replies)
        self._queue = None if single else list(self.replies)  # type: ignore[arg-type]

    def reply(self, request: bytes) -> bytes:
        if self._queue is not None:
            return self._queue.pop(0) if self._queue else b""
        return self.replies(request) if callable(self.replies) else self.replies  # type: ignore[return-value]


@dataclass
class World:
    """A host with peers behind its ports; a port without one refuses."""

    peers: dict[int, Peer]
    stop_after: int | None = None
    """After this many connections we ourselves stop, as a used-up budget does."""
    opened: list[int] = field(default_factory=list)
    sent: list[tuple[int, bytes]] = field(default_factory=list)
    waited: float = 0.0

    def play(self, conversation: Conversation) -> tuple[Exchange, ...]:
        """Run a conversation to its end; its exchanges."""
        self._port: int | None = None
        self._inbox = b""
        outcome: Outcome | None = None
        for _ in range(4096):
            try:
                action = next(conversation) if outcome is None else conversation.send(outcome)
            except StopIteration as finished:
                assert self._port is None, "the conversation left a connection open"
                return finished.value
            outcome = self._do(action)
        raise AssertionError("the conversation does not end")

    def _do(self, action: Action) -> Outcome:
        if isinstance(action, Open):
            return self._open(action.port)
        assert self._port is not None, f"{action} without a connection"
        peer = self.peers[self._port]
        if isinstance(action, Close):
            self._port, self._inbox = None, b""
            return OK
        if isinstance(action, StartTls):
            assert not any(port == self._port for port, _ in self.sent[self._mark :]), "TLS after a byte"
            return peer.tls or Outcome(Ending.TLS_FAILED, detail="no TLS here")
        if isinstance(action, Send):
            self.sent.append((self._port, action.data))
            if peer.sends.ending is None:
                self._inbox += peer.reply(action.data)
            return peer.sends
        assert action.up_to > 0, "nothing to receive: up_to"
        assert 0 < action.within <= 5, "longer than a step: within"
        if not self._inbox:
            self.waited += action.within if peer.after.ending is Ending.SILENT else 0
            return peer.after
        size = min(peer.piece, action.up_to)
        data, self._inbox = self._inbox[:size], self._inbox[size:]
        return Outcome(data=data)

    def _open(self, port: int) -> Outcome:
        assert self._port is None, "a second connection while one is open"
        if self.stop_after is not None and len(self.opened) >= self.stop_after:
            return Outcome(Ending.STOPPED_BY_US, detail="budget")
        self.opened.append(port)
        peer = self.peers.get(port)
        if peer is None:
            return Outcome(Ending.REFUSED)
        if peer.opens.ending is None:
            self._port, self._inbox, self._mark = port, peer.banner, len(self.sent)
        return peer.opens

    def asked(self, port: int | None = None) -> list[str]:
        """The first line of every request sent, without its protocol version."""
        lines = [data.split(b"\r\n", 1)[0].decode() for number, data in self.sent if port in (None, number)]
        return [re.sub(r" (?:HTTP|RTSP)/\d\.\d$", "", line) for line in lines]


def http_reply(
    status: str = "200 OK", body: bytes = b"", headers: Iterable[str] = (), *, length: bool = True
) -> bytes:
    """An HTTP/1.1 reply in bytes."""
    lines = [f"HTTP/1.1 {status}", *headers]
    if length:
        lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def by_path(pages: dict[str, bytes], default: bytes) -> Callable[[bytes], bytes]:
    """A web server: the reply for each path, and one for all others."""

    def serve(request: bytes) -> bytes:
        path = request.split(b" ", 2)[1].decode()
        return pages.get(path, default)

    return serve

"""Conversations over real connections on loopback: what they are told of each thing that can happen."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from scanner.model.action import Action, Close, Conversation, Open, Outcome, Receive, Send, StartTls
from scanner.model.ending import Ending
from scanner.model.exchange import Exchange
from scanner.model.protocol import Protocol
from scanner.policy.gate import Gate
from scanner.policy.rules import Limits
from scanner.scope import AddressRange, Scope, parse_target
from scanner.transports import tcp
from scanner.transports.tcp import TcpTransport

ADDRESS = "127.89.0.5"
GET = f"GET / HTTP/1.1\r\nHost: {ADDRESS}\r\n\r\n".encode()


class Server:
    """Serves connections one after another with the behaviours given, and counts them."""

    def __init__(self, *behaviours: Callable[[socket.socket], None]) -> None:
        self._server = socket.create_server((ADDRESS, 0))
        self.port = int(self._server.getsockname()[1])
        self.connections = 0
        threading.Thread(target=self._serve, args=(behaviours,), daemon=True).start()

    def _serve(self, behaviours: tuple[Callable[[socket.socket], None], ...]) -> None:
        for behave in behaviours:
            try:
                plain, _ = self._server.accept()
            except OSError:
                return
            self.connections += 1
            with plain:
                plain.settimeout(3)
                try:
                    behave(plain)
                except OSError:
                    continue

    def close(self) -> None:
        self._server.close()


def run(
    *actions: Action, port: int, seconds: float = 5.0, known: bool = False, **limits: Any
) -> tuple[list[Outcome], Gate, list]:
    found = parse_target("127.89.0.0/24")
    assert isinstance(found, AddressRange)
    gate = Gate(Scope.of([found]), Limits(**({"step": 0.4, "retry_after": 0.1} | limits)), ports=(port,))
    stopped: list[tuple[str, bool]] = []
    transport = TcpTransport(gate, lambda address, prefix: stopped.append((address, prefix)))
    outcomes: list[Outcome] = []

    def converse() -> Conversation:
        for action in actions:
            outcomes.append((yield action))
        return (Exchange(Protocol.HTTP, port, Ending.COMPLETE),)

    async def go() -> tuple[Exchange, ...]:
        if known:
            transport.accepted(ADDRESS, port)
        return await transport.run(ADDRESS, converse(), asyncio.get_running_loop().time() + seconds)

    assert len(asyncio.run(go())) == 1
    return outcomes, gate, stopped


def endings(outcomes: list[Outcome]) -> list[Ending | None]:
    return [outcome.ending for outcome in outcomes]


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    made: list[Server] = []

    def start(*behaviours: Callable[[socket.socket], None]) -> Server:
        made.append(Server(*behaviours))
        return made[-1]

    yield start
    for server in made:
        server.close()


def answer(data: bytes, heard: list[bytes] | None = None) -> Callable[[socket.socket], None]:
    """Take one request, keep it, answer it."""

    def behave(plain: socket.socket) -> None:
        got = plain.recv(4096)
        if heard is not None:
            heard.append(got)
        plain.sendall(data)

    return behave


def closed_port() -> int:
    with socket.create_server((ADDRESS, 0)) as server:
        return int(server.getsockname()[1])


def test_an_answer_arrives_and_then_the_end(serve) -> None:
    server = serve(lambda plain: (plain.recv(1000), plain.sendall(b"HTTP/1.1 200 OK\r\n\r\n")))

    outcomes, _, _ = run(
        Open(server.port), Send(GET), Receive(100, 1), Receive(100, 1), Close(), port=server.port
    )

    assert endings(outcomes) == [None, None, None, Ending.CLOSED_EARLY, None]
    assert outcomes[2].data.startswith(b"HTTP/1.1 200")


def test_a_refusal_and_a_silence_are_two_things(serve) -> None:
    port = closed_port()
    assert endings(run(Open(port), port=port)[0]) == [Ending.REFUSED]

    server = serve(lambda plain: time.sleep(1))
    outcomes, _, _ = run(Open(server.port), Receive(100, 0.2), port=server.port)
    assert endings(outcomes) == [None, Ending.SILENT]


def test_a_peer_that_speaks_no_tls_is_told_as_that(serve) -> None:
    server = serve(lambda plain: (plain.recv(1000), plain.sendall(b"HTTP/1.1 400 Bad\r\n\r\n")))

    outcomes, _, _ = run(Open(server.port), StartTls(), port=server.port)

    assert endings(outcomes) == [None, Ending.TLS_FAILED]


def test_a_forbidden_request_is_a_fault_and_leaves_no_byte(serve) -> None:
    heard: list[bytes] = []
    server = serve(answer(b"", heard))
    outcomes, gate, _ = run(
        Open(server.port),
        Send(b"PUT /ISAPI/System/reboot HTTP/1.1\r\nHost: x\r\n\r\n"),
        Close(),
        port=server.port,
    )

    assert endings(outcomes) == [None, Ending.FAULT, None]
    assert gate.refusals
    assert heard in ([], [b""])


def test_budgets_and_the_hosts_time_are_our_stop_and_not_its_silence(serve) -> None:
    server = serve(*[lambda plain: plain.recv(100)] * 3)
    outcomes, _, _ = run(Open(server.port), Open(server.port), port=server.port, connections=1)
    assert endings(outcomes) == [None, Ending.STOPPED_BY_US]

    outcomes, _, _ = run(
        Open(server.port), Receive(10, 5), Receive(10, 5), port=server.port, seconds=0.3, step=5.0
    )
    assert outcomes[-1].ending is Ending.STOPPED_BY_US


def test_actions_without_a_connection_are_a_fault_of_ours() -> None:
    outcomes, _, _ = run(Send(GET), Receive(1, 1), StartTls(), port=1)

    assert endings(outcomes) == [Ending.FAULT] * 3


def test_a_port_that_was_open_and_fails_twice_leaves_the_host_alone() -> None:
    port = closed_port()

    outcomes, gate, stopped = run(Open(port), Open(port), port=port, known=True)

    assert endings(outcomes) == [Ending.STOPPED_BY_US] * 2
    assert stopped == [(ADDRESS, False)]
    assert gate.breaker.stopped(ADDRESS)


def test_a_port_that_comes_back_is_no_reason_to_leave(serve, monkeypatch) -> None:
    """Refused once, open three seconds later: a busy device and not a broken one."""
    server = serve(lambda plain: None, lambda plain: None)
    connect, calls = tcp._connect, []

    async def once(address: str, port: int, limit: float) -> socket.socket:
        calls.append(port)
        if len(calls) == 1:
            raise ConnectionRefusedError(111, "Connection refused")
        return await connect(address, port, limit)

    monkeypatch.setattr(tcp, "_connect", once)
    outcomes, _, stopped = run(Open(server.port), port=server.port, known=True)

    assert endings(outcomes) == [Ending.REFUSED]
    assert stopped == []


@pytest.mark.parametrize(
    ("location", "allowed"),
    [
        ("/view/login.html", True),
        (f"http://{ADDRESS}/view/login.html", True),
        ("http://192.0.2.1/view/login.html", False),
        ("/ISAPI/System/reboot", False),
    ],
)
def test_a_redirect_is_learnt_only_for_the_same_host_and_harmless_paths(
    serve, location: str, allowed: bool
) -> None:
    server = serve(answer(f"HTTP/1.1 302 Found\r\nLocation: {location}\r\n\r\n".encode()))

    _, gate, _ = run(Open(server.port), Send(GET), Receive(500, 1), Close(), port=server.port)

    path = location.removeprefix(f"http://{ADDRESS}").removeprefix("http://192.0.2.1")
    request = f"GET {path} HTTP/1.1\r\nHost: {ADDRESS}\r\n\r\n".encode()
    if allowed:
        gate.send(ADDRESS, server.port, request)
    else:
        with pytest.raises(Exception, match="closed list"):
            gate.send(ADDRESS, server.port, request)


def test_a_conversation_without_end_is_a_bug_that_is_told() -> None:
    def forever() -> Conversation:
        while True:
            yield Close()

    found = parse_target("127.89.0.0/24")
    assert isinstance(found, AddressRange)
    transport = TcpTransport(Gate(Scope.of([found]), Limits(), ports=()), lambda address, prefix: None)

    async def go() -> None:
        await transport.run(ADDRESS, forever(), asyncio.get_running_loop().time() + 60)

    with pytest.raises(RuntimeError, match="does not end"):
        asyncio.run(go())

"""Conversations at their edges: TLS, hostile headers, a machine without room, hosts that take or give nothing."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
import time
import warnings
from collections.abc import Callable
from typing import Any

import pytest

from scanner.lab.servers.tls import Tls, server_context
from scanner.model.action import Action, Close, Conversation, Open, Outcome, Receive, Send, StartTls
from scanner.model.ending import Ending
from scanner.model.exchange import Exchange
from scanner.model.protocol import Protocol
from scanner.policy.gate import Gate
from scanner.policy.rules import LISTENED_PORTS, Limits
from scanner.scope import Scope, parse_target
from scanner.transports import tcp
from scanner.transports.tcp import TcpTransport

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture
def talk():
    """``talk("127.0.0.1", port, action, …)``: what a conversation of these actions is told."""

    def run(
        address: str, port: int, *actions: Action, seconds: float = 5.0, known: bool = False, **limits: Any
    ) -> list[Outcome]:
        scope = Scope.of([parse_target(address)])
        gate = Gate(scope, Limits(**{"step": 0.5, "retry_after": 0.1, **limits}), ports=(port,))
        run.gate, run.stopped = gate, []
        transport = TcpTransport(gate, lambda *said: run.stopped.append(said))
        outcomes: list[Outcome] = []

        def converse() -> Conversation:
            for action in actions:
                outcomes.append((yield action))
            return (Exchange(Protocol.HTTP, port, Ending.COMPLETE),)

        async def go() -> None:
            if known:
                transport.accepted(address, port)
            await transport.run(address, converse(), asyncio.get_running_loop().time() + seconds)

        asyncio.run(go())
        return outcomes

    return run


def tls_server(*, oldest_only: bool = False) -> Callable[[socket.socket], None]:
    """A handler that answers one request inside TLS."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context = server_context(Tls("C=CN, O=Test, CN=device", oldest_only=oldest_only))

    def serve(plain: socket.socket) -> None:
        with context.wrap_socket(plain, server_side=True) as inside:
            if inside.recv(4096):
                inside.sendall(b"HTTP/1.1 200 OK\r\n\r\n")

    return serve


@pytest.mark.parametrize("oldest_only", [False, True])
def test_a_request_goes_through_tls_new_and_old_and_the_certificate_is_kept(talk, tcp_peer, oldest_only):
    peer = tcp_peer(tls_server(oldest_only=oldest_only))
    opened, shaken, sent, answer, end, closed = talk(
        peer.address,
        peer.port,
        Open(peer.port),
        StartTls(),
        Send(GET),
        Receive(100, 2),
        Receive(100, 2),
        Close(),
    )
    assert [one.ending for one in (opened, shaken, sent, answer, closed)] == [None] * 5
    assert shaken.data[:1] == b"\x30"
    assert b"device" in shaken.data
    assert answer.data == b"HTTP/1.1 200 OK\r\n\r\n"
    assert end.ending is Ending.CLOSED_EARLY


def test_a_peer_that_never_ends_its_handshake_is_tls_failed_in_time(talk, tcp_peer):
    peer = tcp_peer()
    begun = time.monotonic()
    *_, shaken = talk(peer.address, peer.port, Open(peer.port), StartTls(), step=0.3)
    assert (shaken.ending, shaken.detail) == (Ending.TLS_FAILED, "no TLS handshake within the time")
    assert time.monotonic() - begun < 2


def test_a_peer_that_feeds_its_handshake_for_ever_does_not_hold_the_loop(talk, tcp_peer):
    def flood(plain: socket.socket) -> None:
        while True:
            plain.sendall(b"\x16\x03\x03\x40\x00" + bytes(16384))

    peer = tcp_peer(flood)
    begun = time.monotonic()
    *_, shaken = talk(peer.address, peer.port, Open(peer.port), StartTls(), step=0.5)
    assert shaken.ending is Ending.TLS_FAILED
    assert time.monotonic() - begun < 3


@pytest.mark.parametrize("first", [b"", b"\x16\x03"])
def test_a_peer_that_closes_in_the_handshake_is_tls_failed_with_words(talk, tcp_peer, first):
    def close(plain: socket.socket) -> None:
        plain.recv(4096)
        plain.sendall(first)

    peer = tcp_peer(close)
    *_, shaken = talk(peer.address, peer.port, Open(peer.port), StartTls())
    assert shaken.ending is Ending.TLS_FAILED
    assert shaken.detail


def test_a_connection_that_ends_without_the_words_of_tls_is_an_end(talk, tcp_peer):
    context = server_context(Tls("CN=device"))

    def serve(plain: socket.socket) -> None:
        inside = context.wrap_socket(plain, server_side=True)
        inside.recv(4096)
        inside.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        inside.close()

    peer = tcp_peer(serve)
    *_, answer, end = talk(
        peer.address, peer.port, Open(peer.port), StartTls(), Send(GET), Receive(100, 2), Receive(100, 2)
    )
    assert answer.data.startswith(b"HTTP/1.1 200")
    assert end.ending is Ending.CLOSED_EARLY


def test_a_host_that_has_closed_takes_no_request_through_tls(talk, tcp_peer, monkeypatch):
    context = server_context(Tls("CN=device"))

    def serve(plain: socket.socket) -> None:
        inside = context.wrap_socket(plain, server_side=True)
        inside.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        inside.close()

    peer = tcp_peer(serve)
    wait = Receive(100, 1)
    *_, sent, again = talk(
        peer.address,
        peer.port,
        Open(peer.port),
        StartTls(),
        wait,
        Send(GET),
        Send(GET.replace(b"/ ", b"/favicon.ico ")),
    )
    assert Ending.CLOSED_EARLY in (sent.ending, again.ending)


def test_a_session_that_breaks_is_closed_early(talk, tcp_peer):
    context = server_context(Tls("CN=device"))

    def serve(plain: socket.socket) -> None:
        with context.wrap_socket(plain, server_side=True, suppress_ragged_eofs=True) as inside:
            inside.recv(4096)
            socket.socket.send(inside, b"no TLS record at all, and long enough to be read as one")

    peer = tcp_peer(serve)
    *_, answer = talk(peer.address, peer.port, Open(peer.port), StartTls(), Send(GET), Receive(100, 2))
    assert answer.ending is Ending.CLOSED_EARLY
    assert answer.detail


@pytest.mark.parametrize("action", [StartTls(), Send(GET)])
def test_a_control_port_is_connected_to_and_hears_nothing(talk, loopback, tcp_peer, action):
    heard = []
    peer = tcp_peer(lambda plain: heard.append(plain.recv(100)), f"{loopback}.1", LISTENED_PORTS[0])
    opened, spoken, _ = talk(peer.address, peer.port, Open(peer.port), action, Close())
    assert (opened.ending, spoken.ending) == (None, Ending.FAULT)
    until = time.monotonic() + 2
    while not heard and time.monotonic() < until:
        time.sleep(0.01)
    assert heard == [b""]


@pytest.mark.parametrize("location", ["http://[", "http://[x]/a", "//[::1", "http://a]/"])
def test_an_address_that_is_none_in_a_redirect_is_passed_over(talk, tcp_peer, location):
    def serve(plain: socket.socket) -> None:
        plain.recv(1000)
        plain.sendall(f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nLocation: /ok\r\n\r\n".encode())

    peer = tcp_peer(serve)
    *_, answer = talk(peer.address, peer.port, Open(peer.port), Send(GET), Receive(500, 2))
    assert answer.ending is None
    talk.gate.send(peer.address, peer.port, b"GET /ok HTTP/1.1\r\nHost: x\r\n\r\n")


def test_a_redirect_keeps_its_query_and_a_bare_word_is_a_path(talk, tcp_peer):
    def serve(plain: socket.socket) -> None:
        plain.recv(1000)
        plain.sendall(b"HTTP/1.1 302 Found\r\nLocation: /a?b=c\r\nLocation: index.asp\r\n\r\n")

    peer = tcp_peer(serve)
    talk(peer.address, peer.port, Open(peer.port), Send(GET), Receive(500, 2))
    for path in ("/a?b=c", "/index.asp"):
        request = f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
        assert talk.gate.send(peer.address, peer.port, request) == f"GET {path}"


@pytest.mark.parametrize("code", [errno.EMFILE, errno.EADDRNOTAVAIL, errno.ENETUNREACH, errno.EPERM])
def test_a_machine_without_room_is_our_fault_and_says_nothing_of_the_host(talk, monkeypatch, code):
    async def no_room(*_: object) -> socket.socket:
        raise OSError(code, "no room")

    monkeypatch.setattr(tcp, "_connect", no_room)
    (opened,) = talk("127.0.0.1", 80, Open(80), known=True)
    assert (opened.ending, opened.detail) == (Ending.FAULT, "this machine: no room")
    assert talk.stopped == []


def test_a_second_try_for_which_there_is_no_room_proves_nothing(talk, monkeypatch):
    codes = iter((errno.ECONNREFUSED, errno.EMFILE))

    async def connect(*_: object) -> socket.socket:
        raise OSError(next(codes), "why")

    monkeypatch.setattr(tcp, "_connect", connect)
    (opened,) = talk("127.0.0.1", 80, Open(80), known=True)
    assert opened.ending is Ending.REFUSED
    assert talk.stopped == []


def test_no_second_try_is_made_when_the_hosts_time_would_not_last_for_it(talk, closed_port):
    port = closed_port("127.0.0.1")
    (opened,) = talk("127.0.0.1", port, Open(port), known=True, retry_after=10.0)
    assert opened.ending is Ending.REFUSED
    assert talk.stopped == []


def test_a_port_that_answers_nothing_is_silent_and_not_refused(talk, deaf_port, loopback):
    port = deaf_port(f"{loopback}.1")
    begun = time.monotonic()
    (opened,) = talk(f"{loopback}.1", port, Open(port), step=0.3)
    assert opened.ending is Ending.SILENT
    assert time.monotonic() - begun < 2


def test_a_host_that_takes_no_data_is_silent(talk, tcp_peer, monkeypatch):
    """The gate lets no request pass that fills a window, so it is made to look away here."""
    peer = tcp_peer(lambda plain: time.sleep(1))
    monkeypatch.setattr(Gate, "send", lambda *_: "GET /")
    *_, sent = talk(peer.address, peer.port, Open(peer.port), Send(bytes(32 << 20)), step=0.3)
    assert (sent.ending, sent.detail) == (Ending.SILENT, "the host took no data")


def test_a_host_that_resets_is_closed_early(talk, tcp_peer):
    def reset(plain: socket.socket) -> None:
        plain.recv(10)
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")

    peer = tcp_peer(reset)
    *_, answer = talk(peer.address, peer.port, Open(peer.port), Send(GET), Receive(100, 2))
    assert answer.ending is Ending.CLOSED_EARLY


def test_one_connection_is_open_at_a_time(talk, tcp_peer):
    peer = tcp_peer()
    talk(peer.address, peer.port, Open(peer.port), Open(peer.port), Open(peer.port), Receive(1, 0.2))
    assert peer.connections == 3
    until = time.monotonic() + 2
    while peer.at_once and time.monotonic() < until:
        time.sleep(0.01)
    assert peer.at_once == 0


def test_the_hosts_time_ends_a_conversation_whatever_it_wants(talk, tcp_peer):
    def drip(plain: socket.socket) -> None:
        while True:
            plain.sendall(b"x")
            time.sleep(0.02)

    peer = tcp_peer(drip)
    begun = time.monotonic()
    outcomes = talk(peer.address, peer.port, Open(peer.port), *[Receive(1, 1.0)] * 500, Close(), seconds=0.6)
    assert time.monotonic() - begun < 2
    assert outcomes[-2].ending is Ending.STOPPED_BY_US
    assert outcomes[-1].ending is None
    assert b"".join(outcome.data for outcome in outcomes).startswith(b"xxx")


def test_an_ipv6_host_is_talked_to_as_well(talk):
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as listening:
        port = listening.getsockname()[1]
        assert [one.ending for one in talk("::1", port, Open(port), Close())] == [None, None]


def test_a_bug_in_a_probe_closes_its_connection_and_is_raised(tcp_peer):
    peer = tcp_peer()
    gate = Gate(Scope.of([parse_target(peer.address)]), Limits(), ports=(peer.port,))

    def broken() -> Conversation:
        yield Open(peer.port)
        raise KeyError("x")

    async def go() -> None:
        loop = asyncio.get_running_loop()
        await TcpTransport(gate, lambda *_: None).run(peer.address, broken(), loop.time() + 5)

    with pytest.raises(KeyError):
        asyncio.run(go())
    until = time.monotonic() + 2
    while peer.at_once and time.monotonic() < until:
        time.sleep(0.01)
    assert peer.at_once == 0


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"), "Connection refused"),
        (ssl.SSLError("the peer closed"), "the peer closed"),
        (OSError(), "OSError"),
    ],
)
def test_every_error_has_words(error, words):
    assert words in tcp._words(error)

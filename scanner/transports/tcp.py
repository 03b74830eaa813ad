"""Runs conversations: the only owner of TCP connections that say something."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import re
import socket
import ssl
import urllib.parse
from collections.abc import Callable

from scanner.model.action import Action, Close, Conversation, Open, Outcome, Receive, Send, StartTls
from scanner.model.ending import Ending
from scanner.model.errors import Refused
from scanner.model.exchange import Exchange
from scanner.policy.gate import Gate
from scanner.transports.dial import NOT_THE_HOST
from scanner.transports.tls import TlsLayer

_HEAD = 16384
_RESEND = 10_000
"""Milliseconds in which the kernel resends what was not acknowledged (tcp(7))."""
_LOCATION = re.compile(rb"(?im)^location:[ \t]*([^\r\n]{1,512})")
_ACTIONS_AT_MOST = 4096
"""A conversation that wants more than this is a bug of ours, not a talkative host."""


class TcpTransport:
    """Runs a probe's conversation with a host and tells it what happened, never by an exception.

    Args:
        gate: every connection and every request passes it.
        on_stopped: called with the address when a host stopped answering, and whether its prefix stops too.
    """

    def __init__(self, gate: Gate, on_stopped: Callable[[str, bool], None]) -> None:
        self.gate = gate
        self._on_stopped = on_stopped
        self.known_open: set[tuple[str, int]] = set()

    def accepted(self, address: str, port: int) -> None:
        """Note that a port took a connection earlier in this run."""
        self.known_open.add((address, port))

    async def run(
        self,
        address: str,
        conversation: Conversation,
        deadline: float,
        on_step: Callable[[], None] = lambda: None,
    ) -> tuple[Exchange, ...]:
        """Run a conversation to its end and return its exchanges.

        Args:
            address: the host.
            conversation: the generator of a probe.
            deadline: the loop's time at which the host's seconds are used up.
            on_step: called after each step of the conversation.
        """
        connection = _Connection(self, address, deadline)
        try:
            action = next(conversation)
            for _ in range(_ACTIONS_AT_MOST):
                outcome = await connection.perform(action)
                action = conversation.send(outcome)
                on_step()
        except StopIteration as finished:
            exchanges: tuple[Exchange, ...] = finished.value or ()
            return exchanges
        finally:
            connection.close()
            conversation.close()
        raise RuntimeError("a conversation that does not end")

    async def stops_answering(self, address: str, port: int, deadline: float) -> bool:
        """Whether a port that was open fails a second new connect after a pause."""
        loop = asyncio.get_running_loop()
        pause = self.gate.limits.retry_after
        if loop.time() + pause > deadline:
            return False
        await asyncio.sleep(pause)
        self.gate.open(address, port)
        try:
            left = min(self.gate.limits.step, deadline - loop.time())
            probe = await _connect(address, port, left)
        except OSError as error:
            if error.errno in NOT_THE_HOST:
                return False  # nothing was asked: this machine had no room, or no way there any more
            self._on_stopped(address, self.gate.breaker.trip(address))
            return True
        probe.close()
        return False


class _Connection:
    """The one connection that a conversation has open, and what it is told of it."""

    def __init__(self, transport: TcpTransport, address: str, deadline: float) -> None:
        self._transport = transport
        self._gate = transport.gate
        self._address = address
        self._deadline = deadline
        self._socket: socket.socket | None = None
        self._tls: TlsLayer | None = None
        self._port = 0
        self._head = bytearray()

    async def perform(self, action: Action) -> Outcome:
        """Do one action within the limits."""
        left = self._deadline - asyncio.get_running_loop().time()
        if left <= 0 and not isinstance(action, Close):
            self.close()
            return Outcome(Ending.STOPPED_BY_US, detail="the time for this host is used up")
        try:
            return await self._do(action, min(left, self._gate.limits.step))
        except Refused as refused:
            ours = refused.rule in ("budget", "stopped")
            return Outcome(Ending.STOPPED_BY_US if ours else Ending.FAULT, detail=str(refused))

    async def _do(self, action: Action, limit: float) -> Outcome:
        if isinstance(action, Open):
            return await self._open(
                action.port, limit if action.within is None else min(limit, action.within)
            )
        if isinstance(action, Close):
            self.close()
            return Outcome()
        if self._socket is None:
            return Outcome(Ending.FAULT, detail="no connection is open")
        if isinstance(action, StartTls):
            return await self._start_tls(self._socket, limit)
        if isinstance(action, Send):
            return await self._send(self._socket, action.data, limit)
        return await self._receive(self._socket, action, limit)

    async def _open(self, port: int, limit: float) -> Outcome:
        self.close()
        self._gate.open(self._address, port)
        self._port = port
        try:
            self._socket = await _connect(self._address, port, limit)
        except OSError as error:
            if error.errno in NOT_THE_HOST:
                return Outcome(Ending.FAULT, detail=f"this machine: {_words(error)}")
            known = (self._address, port) in self._transport.known_open
            if known and await self._transport.stops_answering(self._address, port, self._deadline):
                return Outcome(Ending.STOPPED_BY_US, detail="the host stopped answering and is left alone")
            refused = error.errno == errno.ECONNREFUSED
            return Outcome(Ending.REFUSED if refused else Ending.SILENT, detail=_words(error))
        self._transport.known_open.add((self._address, port))
        return Outcome()

    async def _start_tls(self, plain: socket.socket, limit: float) -> Outcome:
        self._gate.start_tls(self._address, self._port)
        layer = TlsLayer(plain)
        try:
            certificate = await asyncio.wait_for(layer.handshake(), limit)
        except TimeoutError:
            return Outcome(Ending.TLS_FAILED, detail="no TLS handshake within the time")
        except (ssl.SSLError, OSError) as error:
            return Outcome(Ending.TLS_FAILED, detail=_words(error))
        self._tls = layer
        return Outcome(data=certificate)

    async def _send(self, plain: socket.socket, data: bytes, limit: float) -> Outcome:
        self._gate.send(self._address, self._port, data)
        sending = self._tls.send(data) if self._tls else asyncio.get_running_loop().sock_sendall(plain, data)
        try:
            await asyncio.wait_for(sending, limit)
        except TimeoutError:
            return Outcome(Ending.SILENT, detail="the host took no data")
        except (ssl.SSLError, OSError) as error:
            return Outcome(Ending.CLOSED_EARLY, detail=_words(error))
        return Outcome()

    async def _receive(self, plain: socket.socket, action: Receive, limit: float) -> Outcome:
        receiving = (
            self._tls.receive(action.up_to)
            if self._tls
            else asyncio.get_running_loop().sock_recv(plain, action.up_to)
        )
        wanted = min(action.within, limit)
        try:
            data = await asyncio.wait_for(receiving, wanted)
        except TimeoutError:
            if asyncio.get_running_loop().time() >= self._deadline:
                return Outcome(Ending.STOPPED_BY_US, detail="the time for this host is used up")
            return Outcome(Ending.SILENT, detail=f"nothing within {wanted:.1f} s")
        except (ssl.SSLError, OSError) as error:
            return Outcome(Ending.CLOSED_EARLY, detail=_words(error))
        if not data:
            return Outcome(Ending.CLOSED_EARLY, detail="the peer closed")
        if len(self._head) < _HEAD:
            self._head += data[:_HEAD]
            self._learn()
        return Outcome(data=data)

    def _learn(self) -> None:
        """Let the gate know a path that this host redirects to on itself."""
        learn_places(self._gate, self._address, bytes(self._head))

    def close(self) -> None:
        """Close the connection, if one is open."""
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.close()
        self._socket, self._tls = None, None
        self._head.clear()


def learn_places(gate: Gate, address: str, head: bytes) -> None:
    """Let the gate know the paths that a host redirects to on itself.

    Args:
        gate: of the run.
        address: the host.
        head: how its reply begins.
    """
    for match in _LOCATION.finditer(head[:_HEAD]):
        try:
            location = urllib.parse.urlsplit(match[1].decode("latin-1").strip())
        except ValueError:
            continue  # such as http://[ : no address of anything
        same_host = location.netloc == "" or location.hostname == address
        if same_host and location.path:
            path = location.path + (f"?{location.query}" if location.query else "")
            gate.learn_path(address, path if path.startswith("/") else f"/{path}")


async def _connect(address: str, port: int, limit: float) -> socket.socket:
    """A connected, non-blocking socket.

    Raises:
        OSError: refused, unreachable, or not connected within the limit (ETIMEDOUT).
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    connecting = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    try:
        connecting.setsockopt(socket.IPPROTO_TCP, socket.TCP_SYNCNT, 2)
        connecting.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # The kernel resends by itself, also while this process is stopped: longer than a step nobody waits.
        connecting.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _RESEND)
        loop = asyncio.get_running_loop()
        await asyncio.wait_for(loop.sock_connect(connecting, (address, port)), limit)
    except TimeoutError:
        connecting.close()
        raise OSError(errno.ETIMEDOUT, "not connected within the time") from None
    except BaseException:
        connecting.close()
        raise
    return connecting


def _words(error: Exception) -> str:
    # An error that we raise ourselves has no reason at all.
    if reason := getattr(error, "reason", None):
        return str(reason).replace("_", " ").lower()
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__

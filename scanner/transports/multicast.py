"""One question to a group on one interface, and every answer of the seconds after it.

How it talks (research: sadp.md §1.2). Devices differ in where they answer: to the port that the question came
from, to the protocol's own port, or to the group. So there is one socket on an ephemeral port and, where the
protocol has a port of its own to listen on, one bound to that port and joined to the group; both ask, both
listen. Each is tied to its interface by SO_BINDTODEVICE; where the kernel does not permit that, by
IP_PKTINFO, with a third socket on the interface's own address for unicast answers. TTL and hop limit are 1.
It asks at 0, 1 and 3 seconds because one lost datagram must not hide a device, and listens for 6 seconds.

An answer from an address outside the interface's subnet is kept: a device with a foreign address on our wire.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import hashlib
import ipaddress
import socket
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence

from scanner.model.errors import Refused
from scanner.model.probe import Call
from scanner.policy.gate import Gate
from scanner.transports.endpoint import Endpoint
from scanner.transports.interfaces import Interface
from scanner.transports.reduction import Reduction
from scanner.transports.udp import Datagram

ASKED_AT = (0.0, 1.0, 3.0)
"""Seconds after the start at which the question goes out."""
WINDOW = 6.0
"""Seconds for which answers are taken."""
ANSWER_LIMIT = 8192
"""Answers kept per call; a /16 full of cameras on one wire gives fewer, a flood gives more."""
SENDER_LIMIT = 64
"""Answers kept of one sender, so that one of them cannot use up what there is for all."""
_BATCH = 64
LIMITED_BROADCAST = "255.255.255.255"


class MulticastCall:
    """One run of a call on one interface. Iterate `answers` once, in an asyncio loop."""

    def __init__(
        self,
        gate: Gate,
        interface: Interface,
        call: Call,
        *,
        asked_at: Sequence[float] = ASKED_AT,
        window: float = WINDOW,
        identity: Callable[[], str] = lambda: str(uuid.uuid4()),
        hear_ourselves: bool = False,
    ) -> None:
        """Prepare; nothing is opened or sent before `answers` is iterated.

        Args:
            gate: what may be sent.
            interface: where to ask.
            call: what to ask.
            asked_at: seconds after the start, ascending.
            window: seconds for which answers are taken.
            identity: gives a random UUID for each ask.
            hear_ourselves: loop our own datagrams back to this machine; for tests only.
        """
        self._gate = gate
        self._interface = interface
        self._call = call
        self._asked_at = tuple(asked_at)
        self._window = window
        self._identity = identity
        self._loop_back = int(hear_ourselves)
        self._reductions: list[Reduction] = []
        self._waiting: asyncio.Queue[Datagram] = asyncio.Queue()
        self._taken = 0
        self._seen: set[bytes] = set()
        self._senders: Counter[str] = Counter()
        self.sent = 0
        """Datagrams that the kernel took."""

    @property
    def reductions(self) -> tuple[Reduction, ...]:
        """What could not be done; complete once `answers` has ended."""
        return tuple(self._reductions)

    async def answers(self) -> AsyncIterator[Datagram]:
        """Ask, and yield each answer as it comes; equal datagrams of one sender once.

        Raises:
            Refused: the gate let none of the groups pass.
        """
        loop = asyncio.get_running_loop()
        started = loop.time()
        with contextlib.ExitStack() as open_sockets:
            endpoints = self._open(open_sockets)
            for endpoint in endpoints:
                loop.add_reader(endpoint.socket, self._readable, endpoint)
                open_sockets.callback(loop.remove_reader, endpoint.socket)
            await self._ask(endpoints, first=True)
            later = loop.create_task(self._ask_again(endpoints, started))
            try:
                while (left := started + self._window - loop.time()) > 0:
                    try:
                        yield await asyncio.wait_for(self._waiting.get(), left)
                    except TimeoutError:
                        break
                while not self._waiting.empty():
                    yield self._waiting.get_nowait()
            finally:
                later.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await later
        if not self.sent:
            self._reduce("nothing could be sent", total=True)

    async def _ask_again(self, endpoints: list[Endpoint], started: float) -> None:
        loop = asyncio.get_running_loop()
        for at in self._asked_at[1:]:
            await asyncio.sleep(max(0.0, started + at - loop.time()))
            await self._ask(endpoints, first=False)

    async def _ask(self, endpoints: list[Endpoint], *, first: bool) -> None:
        """One ask: the same bytes from every socket to every group of its family."""
        data = self._call.payload(self._identity())
        passed, refusal = 0, None
        for endpoint in endpoints:
            for group in self._groups(endpoint.family):
                try:
                    self._gate.datagram(group, self._call.port, data, self._interface.name)
                except Refused as refused:
                    refusal = refused
                    self._reduce(f"{group} was not asked: {refused}")
                    continue
                passed += 1
                delay = self._gate.pace(1)
                if delay > 0:
                    await asyncio.sleep(delay)
                try:
                    endpoint.send(group, self._call.port, data)
                    self.sent += 1
                except OSError as error:
                    self._reduce(f"{group} could not be asked: {error.strerror or error}")
        if first and refusal is not None and not passed:
            raise refusal

    def _readable(self, endpoint: Endpoint) -> None:
        for _ in range(_BATCH):
            try:
                found = endpoint.receive()
            except BlockingIOError:
                return
            except OSError:
                return  # a left-over ICMP error; the socket stays good
            if found is None or not self._call.reads(found.data):
                continue
            name = hashlib.sha256(f"{found.address} {found.port} ".encode() + found.data).digest()
            if name in self._seen:
                continue
            if self._senders[found.address] >= SENDER_LIMIT:
                self._reduce(f"more than {SENDER_LIMIT} answers of {found.address}; the rest was not read")
                continue
            if self._taken >= ANSWER_LIMIT:
                self._reduce(f"more than {ANSWER_LIMIT} answers; the rest was not read")
                return
            self._seen.add(name)
            self._taken += 1
            self._senders[found.address] += 1
            self._waiting.put_nowait(found)

    def _groups(self, family: socket.AddressFamily) -> tuple[str, ...]:
        version = 6 if family == socket.AF_INET6 else 4
        return tuple(group for group in self._call.groups if ipaddress.ip_address(group).version == version)

    def _open(self, open_sockets: contextlib.ExitStack) -> list[Endpoint]:
        endpoints: list[Endpoint] = []
        for family, present in (
            (socket.AF_INET, self._interface.ipv4),
            (socket.AF_INET6, self._interface.ipv6),
        ):
            groups = self._groups(family)
            if not groups:
                continue
            if not present:
                if family == socket.AF_INET:
                    self._reduce("the interface has no IPv4 address")
                continue
            joined = tuple(group for group in groups if ipaddress.ip_address(group).is_multicast)
            for port, join in ((0, ()), (self._call.listen_port, joined)):
                if port is not None:
                    endpoints.extend(self._endpoints(open_sockets, family, port, join))
        return endpoints

    def _endpoints(
        self,
        open_sockets: contextlib.ExitStack,
        family: socket.AddressFamily,
        port: int,
        join: tuple[str, ...],
    ) -> list[Endpoint]:
        """The socket for a port, and one on our own address where the first cannot be tied to a device."""
        made: list[Endpoint] = []
        try:
            main = Endpoint(self._interface, family, port, join, self._loop_back)
            open_sockets.callback(main.close)
            made.append(main)
            if port and not main.tied:
                made.append(Endpoint(self._interface, family, port, (), self._loop_back, own_address=True))
                open_sockets.callback(made[-1].close)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                self._reduce(
                    f"UDP port {port} is taken by another program; devices that answer only to that port "
                    "or to the group stay unheard"
                )
            else:
                self._reduce(f"no socket on UDP port {port}: {error.strerror or error}")
        return made

    def _reduce(self, reason: str, *, total: bool = False) -> None:
        reduction = Reduction(self._interface.name, reason, total)
        if reduction not in self._reductions:
            self._reductions.append(reduction)

"""The one thread that serves every device of the lab."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
import ssl
import struct
import threading
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass

from scanner.lab.recorder import Recorder
from scanner.lab.servers.session import RecordingReader, Reply, Session, TcpServer, UdpServer
from scanner.lab.servers.tls import server_context
from scanner.lab.station import Station
from scanner.model.errors import HiksweepError

_BACKLOG = 128
_HANDSHAKE = 10.0
_START = 10.0
_STOP = 10.0
_LAST_CALL = 0.05
"""Seconds in which what has already reached this machine is still put on record."""
_IP_MULTICAST_ALL = 49
"""Linux: by default a socket hears every group that anyone on the host joined; 0 = only its own."""


class LabError(HiksweepError):
    """The lab could not start; the message is one line that says why."""


@dataclass(frozen=True, slots=True)
class Place:
    """One device's services, ready to be opened."""

    station: Station
    tcp: tuple[TcpServer, ...]
    udp: tuple[UdpServer, ...]


def _open(
    place: Station, kind: socket.SocketKind, address: str, port: int, *, shared: bool = False
) -> socket.socket:
    opened = socket.socket(socket.AF_INET, kind)
    try:
        if shared or kind is socket.SOCK_STREAM:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind((address, port))
        if kind is socket.SOCK_STREAM:
            opened.listen(_BACKLOG)
    except OSError as error:
        opened.close()
        reason = error.strerror or str(error)
        raise LabError(
            f"lab: {place.name} cannot have {address}:{port} ({reason}): is a lab running?"
        ) from error
    opened.setblocking(False)
    return opened


def _open_group(station: Station, group: str, port: int) -> socket.socket:
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind((group, port))
        if ipaddress.ip_address(group).is_multicast:
            member = socket.inet_aton(group) + socket.inet_aton(station.address)
            opened.setsockopt(socket.IPPROTO_IP, _IP_MULTICAST_ALL, 0)
            opened.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)
        else:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    except OSError as error:
        opened.close()
        raise LabError(f"lab: {station.name} cannot join {group}:{port} ({error.strerror})") from error
    opened.setblocking(False)
    return opened


class _Datagrams(asyncio.DatagramProtocol):
    """One UDP socket of one device."""

    def __init__(
        self, engine: Engine, station: Station, server: UdpServer, answers_from: socket.socket
    ) -> None:
        self._engine, self._station, self._server = engine, station, server
        self._answers_from = answers_from

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Record and answer; our own multicast heard back is neither."""
        if addr[0] == self._station.address:
            return
        for kind in ("datagram",) if self._server.expected(data) else ("datagram", "unexpected"):
            self._engine.recorder.add(
                self._station.name,
                self._station.address,
                self._server.port,
                kind,
                data=data,
                peer=f"{addr[0]}:{addr[1]}",
            )
        for reply in self._server.answer(data, self._station):
            self._send(reply, addr)

    def _send(self, reply: Reply, addr: tuple[str, int]) -> None:
        with contextlib.suppress(OSError):
            self._answers_from.sendto(reply.data, reply.group or addr)


class Engine:
    """Opens all sockets at once, serves them from a thread of its own, closes them all."""

    def __init__(self, places: Sequence[Place], recorder: Recorder, *, groups: bool) -> None:
        self.recorder = recorder
        self._places = places
        self._groups = groups
        self._listeners: list[tuple[socket.socket, Station, TcpServer, ssl.SSLContext | None]] = []
        self._hearing: list[tuple[socket.socket, Station, UdpServer, socket.socket]] = []
        self._sockets: list[socket.socket] = []
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Open everything, or open nothing and raise `LabError`."""
        try:
            for place in self._places:
                self._open_place(place)
        except LabError:
            self._close_sockets()
            raise
        ready = threading.Event()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._run(ready)), name="hiksweep-lab", daemon=True
        )
        self._thread.start()
        if not ready.wait(_START):
            raise LabError("lab: the devices did not come up in time")

    def stop(self) -> None:
        """End every conversation, close every socket. Safe to call twice."""
        if self._loop and self._stopping and self._thread and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join(_STOP)
        self._thread = None
        self._close_sockets()

    def _close_sockets(self) -> None:
        for opened in self._sockets:
            opened.close()
        self._sockets.clear()

    def _keep(self, opened: socket.socket) -> socket.socket:
        self._sockets.append(opened)
        return opened

    def _open_place(self, place: Place) -> None:
        station = place.station
        for server in place.tcp:
            port = station.port(server.port)
            listener = self._keep(_open(station, socket.SOCK_STREAM, station.address, port))
            context = server_context(server.tls) if server.tls else None
            self._listeners.append((listener, station, server, context))
        for heard in place.udp:
            self._open_udp(station, heard)

    def _open_udp(self, station: Station, server: UdpServer) -> None:
        """One socket on the device's own address, and on real interfaces one for each group.

        Answers always leave from the own address, as a device's would.
        """
        if not server.unicast and not self._groups:
            return
        if server.unicast:
            own = self._keep(_open(station, socket.SOCK_DGRAM, station.address, server.port))
            self._hearing.append((own, station, server, own))
        else:
            port = server.port if server.answers_from_port else 0
            own = self._keep(_open(station, socket.SOCK_DGRAM, station.address, port, shared=True))
        if self._groups:
            interface = socket.inet_aton(station.address)
            own.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, interface)
            own.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, struct.pack("b", 1))
            for group in (*server.groups, "255.255.255.255"):
                heard = self._keep(_open_group(station, group, server.port))
                self._hearing.append((heard, station, server, own))

    async def _run(self, ready: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        transports = []
        for opened, station, server, own in self._hearing:
            transport, _ = await self._loop.create_datagram_endpoint(
                lambda s=station, u=server, o=own: _Datagrams(self, s, u, o),  # type: ignore[misc]
                sock=opened,
            )
            transports.append(transport)
        for listener, station, tcp, context in self._listeners:
            self._spawn(self._accept(listener, station, tcp, context))
        ready.set()
        await self._stopping.wait()
        await asyncio.sleep(_LAST_CALL)
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for transport in transports:
            transport.close()

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _accept(
        self, listener: socket.socket, station: Station, server: TcpServer, context: ssl.SSLContext | None
    ) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                accepted, peer = await loop.sock_accept(listener)
            except OSError:
                await asyncio.sleep(0.1)
                continue
            session = Session(
                station,
                self.recorder,
                station.port(server.port),
                f"{peer[0]}:{peer[1]}",
                self.recorder.number(),
            )
            session.record("connect")
            self._spawn(self._converse(accepted, session, server, context))

    async def _converse(
        self, accepted: socket.socket, session: Session, server: TcpServer, context: ssl.SSLContext | None
    ) -> None:
        loop = asyncio.get_running_loop()
        reader = RecordingReader(session)
        protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
        try:
            transport, _ = await loop.connect_accepted_socket(
                lambda: protocol, accepted, ssl=context, ssl_handshake_timeout=_HANDSHAKE if context else None
            )
        except (OSError, TimeoutError) as error:
            if str(error):  # a peer that connects and leaves, as a sweep does, fails nothing
                session.record("tls-failed", note=str(error)[:200])
            accepted.close()
            return
        session.reader = reader
        session.writer = asyncio.StreamWriter(transport, protocol, reader, loop)
        try:
            await server.serve(session)
        except OSError:
            pass
        finally:
            transport.close()

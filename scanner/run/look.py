"""Looks at hosts that answered: one conversation after another with each, hosts side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from scanner.model.device import Device
from scanner.model.ending import Ending
from scanner.model.exchange import Exchange
from scanner.model.probe import Probe, Service, Target
from scanner.policy.gate import Gate
from scanner.policy.rules import LISTENED_PORTS
from scanner.probes import control, learned, snmp
from scanner.run.plan import Plan
from scanner.run.recorder import Recorder
from scanner.run.snmp_look import SnmpLook
from scanner.transports.tcp import TcpTransport

_SDK_PORT = LISTENED_PORTS[0]


@dataclass
class Host:
    """What is known of a host while the run goes on."""

    address: str
    services: dict[int, Service] = field(default_factory=dict)
    """Open ports that no look has taken yet."""
    taken: set[int] = field(default_factory=set)
    said: list[Exchange] = field(default_factory=list)
    used: float = 0.0
    """Seconds of its time that earlier looks took."""
    looking: bool = False
    looked: bool = False


class Looker:
    """Starts looks and records what they bring.

    Args:
        plan: the run's plan.
        gate: every action passes it.
        recorder: takes every exchange.
        on_device: told of each host that has been looked at.
        on_stopped: told of a host that stopped answering, and whether its prefix stops with it.
        nonce: sixteen hexadecimal digits, the run's own.
    """

    def __init__(
        self,
        plan: Plan,
        gate: Gate,
        recorder: Recorder,
        on_device: Callable[[Device], None],
        on_stopped: Callable[[str, bool], None],
        nonce: str,
    ) -> None:
        self._plan = plan
        self._gate = gate
        self._recorder = recorder
        self._on_device = on_device
        self._nonce = nonce
        self._tcp = TcpTransport(gate, on_stopped)
        self._snmp = SnmpLook(plan.request.community, gate, recorder)
        self._schemes = {service.port: service.scheme for service in plan.services}
        self._places = asyncio.Semaphore(plan.limits.hosts_at_once)
        self._tasks: set[asyncio.Task[None]] = set()
        self.hosts: dict[str, Host] = {}

    def host(self, address: str) -> Host:
        """The host of an address, made on first use."""
        return self.hosts.setdefault(address, Host(address))

    def opened(self, address: str, port: int) -> None:
        """A port accepted a connection of the sweep."""
        self._tcp.accepted(address, port)
        self._offer(self.host(address), Service(port, self._schemes.get(port, "listen")))

    def said(self, address: str, exchange: Exchange) -> None:
        """A host sent a datagram; ports that it names are looked at too."""
        host = self.host(address)
        host.said.append(exchange)
        self._learn(host, (exchange,))

    def _learn(self, host: Host, exchanges: Sequence[Exchange]) -> None:
        for path in learned.description_paths(host.address, exchanges):
            self._gate.learn_path(host.address, path)
        for service in learned.services(host.address, exchanges):
            if service.port in self._schemes:
                continue  # the sweep tries it anyway
            if self._gate.learn_port(host.address, service.port):
                self._offer(host, service)

    def _offer(self, host: Host, service: Service) -> None:
        if service.port not in host.taken:
            host.services.setdefault(service.port, service)

    @property
    def busy(self) -> int:
        """Number of hosts that are being looked at or wait for it."""
        return len(self._tasks)

    def start(self, address: str) -> None:
        """Look at a host, once its ports have been tried. Does nothing while a look is under way."""
        host = self.host(address)
        if host.looking or (host.looked and not host.services):
            return
        host.looking = True
        task = asyncio.get_running_loop().create_task(self._look(host))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def wait(self) -> None:
        """Until every look is over."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def cancel(self) -> None:
        """End every look; hosts that are not finished stay so in the ledger."""
        for task in set(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=2.0)

    async def _look(self, host: Host) -> None:
        async with self._places:
            loop = asyncio.get_running_loop()
            while True:
                services = tuple(host.services.values())
                host.taken |= host.services.keys()
                host.services = {}
                started = loop.time()
                await self._converse(host, services, started + self._plan.limits.host_time - host.used)
                host.used += loop.time() - started
                if not host.services or host.used >= self._plan.limits.host_time:
                    break
            await self._counted(snmp.PROBE.name, host, self._snmp.look(host.address))
            host.looking, host.looked = False, True
            if self._gate.breaker.stopped(host.address) is None:
                # A prefix that was left alone in the middle of a look ended it: that look is not finished.
                self._recorder.looked(host.address)
            self._on_device(self._recorder.result.device(host.address))

    async def _converse(self, host: Host, services: tuple[Service, ...], deadline: float) -> None:
        """Every conversation of the plan with one host, in order."""
        if any(service.port == _SDK_PORT for service in services):
            # Where the vendor's SDK port is open, its sister ports may be: they tell a consumer model apart.
            extra = [Service(port, "listen") for port in LISTENED_PORTS if port not in host.taken]
            host.taken |= {service.port for service in extra}
            services = (*services, *extra)
        port = control.control_port(self._nonce, host.address)
        drawn = self._gate.allow_control(host.address, port)
        for probe in self._plan.conversations:
            if probe.converse is not None and (drawn or probe.name != control.NAME):
                await self._counted(probe.name, host, self._ask(probe, host, services, deadline))

    async def _ask(self, probe: Probe, host: Host, services: tuple[Service, ...], deadline: float) -> None:
        """One conversation; what it brings is recorded, and known to the next."""
        if probe.converse is None:
            return
        target = Target(host.address, services, self._nonce, tuple(host.said))
        exchanges = await self._tcp.run(host.address, probe.converse(target), deadline)
        kept = [self._recorder.exchange(probe.name, host.address, exchange) for exchange in exchanges]
        host.said += kept
        self._learn(host, kept)

    async def _counted(self, method: str, host: Host, work: Awaitable[None]) -> None:
        """A bug of ours must not end the run, or the look at a host: it is counted."""
        try:
            await work
        except Exception as error:  # noqa: BLE001 - counted, and makes the verdict incomplete
            detail = f"{type(error).__name__}: {error}"
            self._recorder.ended(method, host.address, 0, Ending.FAULT, detail=detail)

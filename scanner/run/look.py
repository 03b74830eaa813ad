"""Looks at hosts that answered: one conversation after another with each, hosts side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from scanner.journal import Looking, Talked
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
from scanner.run.standing import HostStanding
from scanner.transports.tcp import TcpTransport, learn_places

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
    began: float | None = None
    """When the look that is under way began, by the loop's clock."""
    looking: bool = False
    looked: bool = False
    group: tuple[Service, ...] | None = None
    """Ports of a look that was cut in an earlier sitting."""
    finished: set[str] = field(default_factory=set)
    """Conversations of it that need no second time."""
    begun: dict[str, list[Exchange]] = field(default_factory=dict)
    """What was asked in those that were cut."""


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

    def restore(self, standing: HostStanding, seconds: float) -> None:
        """Take over what earlier sittings asked a host.

        Args:
            standing: what of it is finished.
            seconds: of the host's time that are used up.
        """
        host = self.host(standing.address)
        host.taken, host.said, host.used = set(standing.taken), list(standing.said), seconds
        host.looked, host.group, host.finished = standing.looked, standing.group, set(standing.finished)
        host.begun = {method: list(found) for method, found in standing.begun.items()}
        for port in standing.opened:
            self.opened(host.address, port)
        self._learn(host, host.said)
        for exchange in (*host.said, *(one for found in host.begun.values() for one in found)):
            learn_places(self._gate, host.address, exchange.payload)

    def seconds(self) -> dict[str, float]:
        """The seconds of their time that hosts which are being looked at have had."""
        now = asyncio.get_running_loop().time()
        return {
            address: round(host.used + now - host.began, 1)
            for address, host in self.hosts.items()
            if host.began is not None
        }

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
            while True:
                await self._one_look(host)
                if not host.services or host.used >= self._plan.limits.host_time:
                    break
            if snmp.PROBE.name not in host.finished:
                await self._counted(snmp.PROBE.name, host, self._snmp.look(host.address))
                self._is_over(snmp.PROBE.name, host)
            host.looking, host.looked = False, True
            if self._gate.breaker.stopped(host.address) is None and not self._gate.closed:
                # A prefix that was left alone in the middle of a look ended it: that look is not finished.
                self._recorder.looked(host.address)
            self._on_device(self._recorder.result.device(host.address))

    async def _one_look(self, host: Host) -> None:
        """Every conversation about the ports that are known by now, or about those of a look that was cut."""
        loop = asyncio.get_running_loop()
        if host.group is not None:
            services, host.group = host.group, None
        else:
            services = self._begin(host)
        host.began = loop.time()
        try:
            await self._converse(host, services, host.began + self._plan.limits.host_time - host.used)
        finally:
            host.used += loop.time() - host.began
            host.began = None

    def _begin(self, host: Host) -> tuple[Service, ...]:
        """Take the ports that no look has taken yet."""
        services = tuple(host.services.values())
        host.services = {}
        host.taken |= {service.port for service in services}
        if any(service.port == _SDK_PORT for service in services):
            # Where the vendor's SDK port is open, its sister ports may be: they tell a consumer model apart.
            extra = [Service(port, "listen") for port in LISTENED_PORTS if port not in host.taken]
            host.taken |= {service.port for service in extra}
            services = (*services, *extra)
        host.finished, host.begun = set(), {}
        ports = tuple(service.port for service in services)
        self._recorder.record(Looking(host.address, ports, tuple(service.scheme for service in services)))
        return services

    async def _converse(self, host: Host, services: tuple[Service, ...], deadline: float) -> None:
        """Every conversation of the plan with one host, in order."""
        port = control.control_port(self._nonce, host.address)
        drawn = self._gate.allow_control(host.address, port)
        for probe in self._plan.conversations:
            if probe.name in host.finished:
                continue
            if probe.converse is not None and (drawn or probe.name != control.NAME):
                await self._counted(probe.name, host, self._ask(probe, host, services, deadline))

    async def _ask(self, probe: Probe, host: Host, services: tuple[Service, ...], deadline: float) -> None:
        """One conversation; what it brings is recorded, and known to the next."""
        if probe.converse is None:
            return
        begun = tuple(host.begun.pop(probe.name, ()))
        target = Target(host.address, services, self._nonce, tuple(host.said), begun)
        kept: dict[int, Exchange] = {id(exchange): exchange for exchange in begun}

        def keep_told() -> None:
            """Some are over before the conversation is: what they brought is on the disk at once."""
            told = [exchange for exchange in target.told if id(exchange) not in kept]
            for exchange, written in zip(
                told, self._recorder.exchanges(probe.name, host.address, told), strict=True
            ):
                kept[id(exchange)] = written

        exchanges = await self._tcp.run(host.address, probe.converse(target), deadline, keep_told)
        new = [one for one in exchanges if id(one) not in kept and not _is_among(one, begun)]
        over = (Talked(probe.name, host.address),) if exchanges and not self._gate.closed else ()
        for exchange, written in zip(
            new, self._recorder.exchanges(probe.name, host.address, new, *over), strict=True
        ):
            kept[id(exchange)] = written
        said = [kept.get(id(exchange), exchange) for exchange in exchanges]
        host.said += said
        self._learn(host, said)

    def _is_over(self, method: str, host: Host) -> None:
        """A question that is put once a host needs no second time."""
        if self._plan.request.community is not None and not self._gate.closed:
            self._recorder.record(Talked(method, host.address))

    async def _counted(self, method: str, host: Host, work: Awaitable[None]) -> None:
        """A bug of ours must not end the run, or the look at a host: it is counted."""
        try:
            await work
        except Exception as error:  # noqa: BLE001 - counted, and makes the verdict incomplete
            detail = f"{type(error).__name__}: {error}"
            self._recorder.ended(method, host.address, 0, Ending.FAULT, detail=detail)


def _is_among(exchange: Exchange, begun: Sequence[Exchange]) -> bool:
    """Whether the same was asked, and the same came back, before the run was cut."""
    return any(
        (one.port, one.request, one.ending, one.payload)
        == (exchange.port, exchange.request, exchange.ending, exchange.payload)
        for one in begun
    )

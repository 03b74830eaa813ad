"""The link-local part of a run: questions to everyone on a link, and the neighbours that the kernel knows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from scanner.journal import Asked
from scanner.model.errors import Refused
from scanner.model.probe import Probe, ProbeKind
from scanner.model.protocol import Protocol
from scanner.policy.gate import Gate
from scanner.policy.rules import ROUTER
from scanner.probes import mdns
from scanner.run.plan import LinkPlan, Plan
from scanner.run.recorder import Recorder
from scanner.run.standing import Standing
from scanner.transports.multicast import MulticastCall
from scanner.transports.neighbours import Neighbour, neighbours
from scanner.transports.netlink import NetlinkUnavailable
from scanner.transports.reduction import Reduction
from scanner.transports.udp import Datagram


class Links:
    """Asks every planned link at the same time.

    Args:
        plan: the run's plan.
        gate: every datagram and frame passes it.
        recorder: takes answers and what could not be done.
        on_answer: told of each datagram and the probe that it answers.
        on_neighbour: told of each address that a neighbour look-up found.
        standing: what earlier sittings of the run asked; that is not asked again.
    """

    def __init__(
        self,
        plan: Plan,
        gate: Gate,
        recorder: Recorder,
        on_answer: Callable[[Probe, Datagram], None],
        on_neighbour: Callable[[str], None],
        standing: Standing | None = None,
    ) -> None:
        self._plan = plan
        self._gate = gate
        self._recorder = recorder
        self._on_answer = on_answer
        self._on_neighbour = on_neighbour
        self._asked = standing.groups if standing else set()
        macs = standing.macs if standing else set()
        self._known = {(address, mac) for method, address, mac in macs if method != ROUTER}

    async def ask(self) -> None:
        """Ask by every method on every link; returns when the last window is over."""
        async with asyncio.TaskGroup() as group:
            for link in self._plan.links:
                for probe in self._plan.probes:
                    if probe.kind is ProbeKind.CALL and probe.call is not None:
                        group.create_task(self._call(link, probe))
                group.create_task(self._service_types(link))
                if self._plan.machine.raw_sockets:
                    group.create_task(self._frames(link))

    async def _call(self, link: LinkPlan, probe: Probe) -> None:
        if probe.call is None or (probe.name, link.interface.name) in self._asked:
            return
        call = MulticastCall(self._gate, link.interface, probe.call)
        try:
            async for datagram in call.answers():
                self._on_answer(probe, datagram)
        except Refused as refused:
            self._reduced(probe.name, [Reduction(link.interface.name, str(refused), total=True)])
            return
        self._recorder.record(Asked(probe.name, link.interface.name))
        self._reduced(probe.name, call.reductions)

    async def _service_types(self, link: LinkPlan) -> None:
        from scanner.transports.mdns import browse

        if (mdns.PROBE.name, link.interface.name) in self._asked:
            return
        heard = await browse(self._gate, link.interface, mdns.SERVICE_TYPES, mdns.canonical_text)
        name = mdns.PROBE.name
        self._recorder.record(Asked(name, link.interface.name))
        for record in heard.records:
            self._recorder.observe(
                name,
                record.address,
                Protocol.MDNS,
                record.port,
                record.text,
                interface=record.interface,
                synthesised=True,
            )
        self._reduced(name, heard.reductions)

    async def _frames(self, link: LinkPlan) -> None:
        from scanner.transports.frames import Frames

        frames = Frames(self._gate, link.interface)
        scope = self._plan.scope
        wanted = (
            str(address)
            for network in link.networks
            if network.version == 4
            for address in network.hosts()
            if str(address) in scope and str(address) not in self._plan.machine.own_addresses
        )
        if link.interface.ipv4 and ("arp", link.interface.name) not in self._asked:
            heard = await asyncio.to_thread(frames.who_has, wanted)
            self._recorder.record(Asked("arp", link.interface.name))
            self._neighbours("arp", heard.found)
            self._reduced("arp", heard.reductions)
        if link.interface.ipv6 and ("icmpv6", link.interface.name) not in self._asked:
            heard = await asyncio.to_thread(frames.all_nodes)
            self._recorder.record(Asked("icmpv6", link.interface.name))
            self._neighbours("icmpv6", heard.found)
            self._reduced("icmpv6", heard.reductions)

    def read_neighbours(self) -> None:
        """Take over what the kernel has learnt of the links that the scope touches."""
        touched = {
            interface.name
            for interface, network in self._plan.machine.connected
            if not interface.loopback and self._plan.scope.touches(network)
        } | {link.interface.name for link in self._plan.links}
        if not touched:
            return
        try:
            found = neighbours()
        except NetlinkUnavailable as error:
            self._reduced("neighbours", [Reduction(", ".join(touched), str(error))])
            return
        self._neighbours("neighbours", [entry for entry in found if entry.interface in touched])

    def _neighbours(self, method: str, found: Iterable[Neighbour]) -> None:
        for entry in found:
            if not entry.present or entry.mac is None or entry.address not in self._plan.scope:
                continue
            if (entry.address, entry.mac) in self._known:
                continue
            self._known.add((entry.address, entry.mac))
            self._recorder.observe(
                method, entry.address, Protocol.MAC, 0, entry.mac.encode(), interface=entry.interface
            )
            self._on_neighbour(entry.address)

    def _reduced(self, method: str, reductions: Iterable[Reduction]) -> None:
        for reduction in reductions:
            self._recorder.gap(
                reduction.interface,
                method,
                reduction.reason,
                affects_verdict=reduction.total,
                state="failed to start" if reduction.total else "reduced",
            )

"""The state of a running scan. Everything but the sweep's own thread happens in one asyncio loop."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import Callable, Sequence

from scanner import __version__
from scanner.journal import Journal, Left, Life, Rejected, Resumed, RunEnded, RunStarted, Spent, Swept
from scanner.knowledge import Knowledge
from scanner.model.device import Device
from scanner.model.ending import Ending
from scanner.model.evidence import Maker
from scanner.model.exchange import Exchange
from scanner.model.probe import Probe
from scanner.policy.gate import Gate
from scanner.policy.ledger import SWEEP
from scanner.policy.tenure import Tenure
from scanner.run.carriers import Carriers
from scanner.run.events import DeviceFound, Event, Finished, Note, Progress, Started
from scanner.run.foreign_file import Opened
from scanner.run.hearing import Listener
from scanner.run.imports import Intake
from scanner.run.links import Links
from scanner.run.look import Looker
from scanner.run.plan import Plan
from scanner.run.recorder import Recorder, utc_now
from scanner.run.restoring import SweepProgress, differences, restore
from scanner.run.result import RunResult, build_report
from scanner.run.router import Routers
from scanner.run.standing import Standing
from scanner.run.start import sensor
from scanner.scope import AddressRange, Permutation, Scope, parse_target
from scanner.sweep.connect import BLOCK, ConnectSweep
from scanner.sweep.interface import Stop, SweepPlan
from scanner.sweep.nmap import NmapSweep
from scanner.transports.own_refusals import OwnRefusals
from scanner.transports.udp import Datagram

INTERRUPTED = "interrupted by the user"
_TICK = 0.5
"""Seconds between two progress events and between two syncs of the journal."""


class Running:
    """One scan under way.

    Args:
        plan: what to do.
        knowledge: for devices and findings.
        started: the first record.
        journal: open for writing; closed at the end.
        stop: ends the run when set.
        emit: takes the events, `Finished` last.
        inputs: files of other tools; what they say is recorded, and nobody is asked for it.
        tenure: how long it may send.
        standing: how far earlier sittings of the run had come.
    """

    def __init__(
        self,
        plan: Plan,
        knowledge: Knowledge,
        started: RunStarted,
        journal: Journal,
        stop: Stop,
        emit: Callable[[Event], None],
        inputs: Sequence[Opened] = (),
        tenure: Tenure | None = None,
        standing: Standing | None = None,
    ) -> None:
        self._plan = plan
        self._standing = standing
        self._knowledge = knowledge
        self._journal = journal
        self._stop = stop
        self._emit = emit
        self._inputs = inputs
        result = RunResult(started, knowledge) if standing is None else standing.result
        self._recorder = Recorder(journal, result, self._journal_failed)
        self._recorder.stopping = lambda: stop.reason if stop.wanted else ""
        self._gate = Gate(
            plan.scope,
            plan.limits,
            links=[link.link for link in plan.links],
            ports=plan.touched_ports,
            routers=[router.address for router in plan.routers],
            tenure=tenure,
        )
        nonce = str(started.asked.get("nonce") or secrets.token_hex(8))
        self._looker = Looker(plan, self._gate, self._recorder, self._device, self._left_alone, nonce)
        self._links = Links(plan, self._gate, self._recorder, self._answer, self._neighbour, standing)
        self._routers = Routers(plan, self._gate, self._recorder, self._neighbour, standing)
        self._permutation = Permutation.of(plan.scope.size, started.seed)
        self._progress = SweepProgress(standing)
        self._passed_blocks: set[int] = set(range(self._progress.first_step // BLOCK))
        self._attempts = 0
        self._found: set[str] = set()
        self._begun = time.monotonic()
        self._own_refusals = OwnRefusals()
        self._carriers = Carriers(plan)

    async def go(self) -> None:
        """Run to the end, or to the stop, and emit the report."""
        if self._standing is None:
            self._recorder.begin()
        else:
            self._go_on(self._standing)
        for gap in self._plan.gaps:
            self._recorder.gap(
                gap.targets, gap.method, gap.reason, affects_verdict=gap.affects_verdict, state=gap.state
            )
        self._emit(Started(self._recorder.result.started.id, self._journal.path))
        Intake(self._recorder, self._plan.scope, self._stop, self._note).read(self._inputs)
        ticking = asyncio.create_task(self._tick())
        working = asyncio.create_task(self._work())
        try:
            while not working.done() and not self._stop.wanted:
                await asyncio.wait({working}, timeout=0.1)
            if not working.done():
                await self._give_up(working)
            elif (error := working.exception()) is not None:
                self._recorder.error("run", f"{type(error).__name__}: {error}")
        finally:
            ticking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await ticking
        self._finish()

    def _go_on(self, standing: Standing) -> None:
        """Take over what earlier sittings did."""
        knowledge = self._knowledge.digest
        self._recorder.record(Resumed(utc_now(), __version__, knowledge, sensor(self._plan.machine)))
        for text in differences(standing.result.started, self._plan, knowledge):
            self._emit(Note(text))
        restore(standing, self._plan.scope, self._gate, self._looker)
        self._attempts = standing.steps * (len(self._plan.ports) + len(self._plan.unicast))

    async def _work(self) -> None:
        """Sweep and links side by side, then what they led to."""
        if self._standing is not None:
            for address in list(self._looker.hosts):
                self._start_if_passed(address)
        links = asyncio.create_task(self._links.ask())
        try:
            await self._sweep(self._plan.scope, self._permutation, whole=True)
            await links
            self._links.read_neighbours()
            if count := len(self._plan.routers):
                self._emit(Note(f"reading the tables of {count} router{'s' if count > 1 else ''}"))
            await self._routers.read()
            await self._ask_neighbours()
            for address, host in list(self._looker.hosts.items()):
                if address in self._plan.scope and (host.services or not host.looked):
                    self._looker.start(address)
            await self._looker.wait()
        finally:
            links.cancel()

    async def _sweep(self, scope: Scope, permutation: Permutation, *, whole: bool) -> None:
        if not scope.size:
            return
        own = self._plan.machine.own_addresses
        plan = SweepPlan(scope, self._plan.ports, self._plan.unicast, permutation, own=own)
        if whole:
            plan = self._progress.go_on(plan)
        listener = Listener(asyncio.get_running_loop(), self, whole=whole)
        engine: ConnectSweep | NmapSweep
        if self._plan.engine == "nmap":
            engine = NmapSweep(plan, self._gate, listener, self._stop)
        else:
            engine = ConnectSweep(plan, self._gate, listener, self._stop)
        await asyncio.to_thread(engine.run)
        await asyncio.sleep(0)  # what the engine said last is heard before anyone goes on

    async def _ask_neighbours(self) -> None:
        """Ask the ports of neighbours in prefixes that are too large to walk."""
        scope = self._plan.scope
        found = [
            parsed
            for address in self._looker.hosts
            if address in scope
            and scope.index(address) is None
            and isinstance(parsed := parse_target(address), AddressRange)
        ]
        if found:
            near = Scope.of(found)
            await self._sweep(near, Permutation.of(near.size, 1), whole=False)

    async def _give_up(self, working: asyncio.Task[None]) -> None:
        """End what is under way, within seconds; what is not finished is aborted."""
        self._gate.close(self._stop.reason)
        await self._looker.cancel()
        await asyncio.wait({working}, timeout=2.0)
        working.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await working

    def _finish(self) -> None:
        self._routers.finish()
        for refusal in dict.fromkeys(self._gate.refusals):
            self._recorder.error("gate", f"an action of ours was refused: {refusal}")
        for name in self._carriers.lost():
            reason = f"{name} lost its link while the scan ran; what was asked then may never have left"
            self._recorder.gap(name, "all", reason, affects_verdict=True, state="link lost")
        if refused := self._own_refusals.count():
            self._recorder.gap(
                "all",
                SWEEP,
                f"this machine's own firewall refused {refused} packets in the asked hosts' name while the "
                "scan ran; some of what counts as refused may never have been asked",
                affects_verdict=True,
                state="refused here",
            )
        reason = self._stop.reason
        if reason and reason != INTERRUPTED:
            self._recorder.gap("all", SWEEP, reason, affects_verdict=True, state="stopped by us")
        self._recorder.record(RunEnded(utc_now(), interrupted=reason == INTERRUPTED, reason=reason))
        self._recorder.close()
        report = build_report([self._recorder.result], self._knowledge, None, None)
        self._emit(Finished(report, self._journal.path, interrupted=reason == INTERRUPTED))

    # What the sweep tells, in the loop's own thread.

    def port(self, address: str, port: int, ending: Ending, detail: str) -> None:
        """A port accepted, refused, or could not be asked."""
        self._recorder.ended(SWEEP, address, port, ending, detail=detail)
        if ending is Ending.COMPLETE:
            self._looker.opened(address, port)
            self._start_if_passed(address)

    def unsent(self, probe: Probe, address: str, ending: Ending, detail: str) -> None:
        """A datagram of the sweep never left."""
        port = probe.call.port if probe.call is not None else 0
        self._recorder.ended(probe.name, address, port, ending, detail=detail)

    def closed_port(self, address: str, port: int) -> None:
        """A host says that a UDP port is closed."""
        for probe in self._plan.unicast:
            if probe.call is not None and probe.call.port == port:
                self._recorder.ended(probe.name, address, port, Ending.REFUSED)

    def reduced(self, method: str, reason: str) -> None:
        """Not everything that came was taken."""
        self._recorder.gap("all", method, reason, affects_verdict=False, state="reduced")

    def sign_of_life(self, address: str) -> None:
        """Something in the prefix is alive."""
        if not self._recorder.result.ledger.knows_life(address):
            self._recorder.record(Life(address))

    def looked_for(self, address: str) -> None:
        """Packets reach the last router of a prefix."""
        self.sign_of_life(address)

    def rejected(self, address: str, router: str) -> None:
        """Somebody on the way keeps us from an address."""
        if not self._recorder.result.ledger.knows_rejected(address):
            self._recorder.record(Rejected(address, router))

    def tried(self, address: str) -> None:
        """Every port of an address that spoke was tried: look at it, whatever its neighbours do."""
        self._looker.start(address)

    def passed(self, addresses: list[str]) -> None:
        """The first try of these addresses is over: look at those that spoke."""
        if addresses and (index := self._plan.scope.index(addresses[0])) is not None:
            self._passed_blocks.add(self._permutation.step_of(index) // BLOCK)
        for address in addresses:
            if address in self._looker.hosts:
                self._looker.start(address)

    def round_over(self, step: int, port: int, again: bool, silent: int) -> None:
        """One try of a port is over in all of a block."""
        self._progress.over(step, port, again=again, silent=silent)

    def done(self, steps: int) -> None:
        """The sweep has come so far."""
        self._progress.done(steps)
        self._recorder.record(Swept(steps))

    def progress(self, attempts: int) -> None:
        """So many questions more."""
        self._attempts += attempts

    def datagram(self, probe: Probe, datagram: Datagram) -> None:
        """An answer to a question that the sweep asked one address."""
        self._answer(probe, datagram)

    def _answer(self, probe: Probe, datagram: Datagram) -> None:
        port = probe.call.port if probe.call is not None else datagram.port
        kept = self._recorder.observe(
            probe.name,
            datagram.address,
            probe.protocol,
            port,
            datagram.data,
            interface=datagram.interface,
        )
        exchange = Exchange(probe.protocol, port, Ending.COMPLETE, kept.payload)
        if datagram.address in self._plan.scope:
            self._looker.said(datagram.address, exchange)
            self._start_if_passed(datagram.address)
        else:
            self._device(self._recorder.result.device(datagram.address))

    def _neighbour(self, address: str) -> None:
        self._looker.host(address)

    def _start_if_passed(self, address: str) -> None:
        index = self._plan.scope.index(address)
        if index is not None and self._permutation.step_of(index) // BLOCK in self._passed_blocks:
            self._looker.start(address)

    def _device(self, device: Device) -> None:
        if device.evidenced_maker is Maker.HIKVISION:
            self._found.update(device.addresses[:1])
        self._emit(DeviceFound(device))

    def _left_alone(self, address: str, prefix: bool) -> None:
        reason = f"{address} stopped answering and is left alone"
        self._recorder.record(Left(address, reason))
        self._emit(Note(reason))
        if prefix:
            stopped = self._gate.breaker.stopped(address) or reason
            reason = f"several hosts stopped answering within a minute; the prefix is left alone ({stopped})"
            self._recorder.record(Left(address, reason, prefix=True))
            self._emit(Note(reason))

    def _note(self, text: str) -> None:
        self._emit(Note(text))

    def _journal_failed(self, reason: str) -> None:
        self._stop.set(reason)
        self._emit(Note(reason))

    async def _tick(self) -> None:
        """Tell how far it is, and bring the journal to the disk."""
        limit = self._plan.request.time_limit
        per_host = len(self._plan.ports) * self._plan.limits.attempts + 2 * len(self._plan.unicast)
        total = self._plan.scope.size * per_host
        while True:
            await asyncio.sleep(_TICK)
            elapsed = time.monotonic() - self._begun
            if limit is not None and elapsed >= limit:
                self._stop.set(f"the time limit of {limit:g} s was reached")
            rate = self._gate.pacer.sent / elapsed
            left = (total - self._attempts) * elapsed / self._attempts if self._attempts else None
            self._emit(
                Progress(
                    done=min(self._attempts, total),
                    total=total,
                    rate=rate,
                    left=left,
                    alive=self._recorder.result.ledger.alive,
                    found=len(self._found),
                    looking=self._looker.busy,
                )
            )
            self._note_progress()
            await asyncio.to_thread(self._recorder.sync)

    def _note_progress(self) -> None:
        """Write down how far it is, where a record of its own does not say so already."""
        if self._stop.wanted:
            return
        if (tried := self._progress.changed()) is not None:
            self._recorder.record(tried)
        connections, requests, gets = self._gate.budgets.changes()
        seconds = self._looker.seconds()
        if connections or requests or gets or seconds:
            self._recorder.record(Spent(connections, requests, gets, seconds))

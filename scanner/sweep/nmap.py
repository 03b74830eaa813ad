"""nmap as the engine of the port sweep: block by block, told in the same words as the connect sweep.

nmap tries the ports; unicast discovery datagrams are asked by the connect sweep's own way beforehand, since
nmap's UDP scan would send bytes of its own choosing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from scanner.model.ending import Ending
from scanner.model.errors import Refused
from scanner.model.probe import Probe
from scanner.policy.gate import Gate
from scanner.policy.rules import Limits
from scanner.sweep.connect import BLOCK, ConnectSweep
from scanner.sweep.interface import Stop, SweepListener, SweepPlan
from scanner.transports.nmap import NmapEnd, NmapHost, NmapPort, NmapTransport, expected_seconds
from scanner.transports.udp import Datagram

_PATIENCE = 2.0
"""The time limit of a call, as a factor on the time that it takes when nobody answers, and at least …"""
_AT_LEAST = 30.0
"""… so many seconds, since a busy machine starts programs slowly."""


ATTEMPTS = 2
"""Connects to a silent port: the first and one retry."""
PACKETS_AN_ATTEMPT = 2
"""The SYN and one resend of the kernel at most, before nmap gives up. nmap's own rate does not count resends;
about 1.2 to 1.5 packets an attempt were measured (nmap 7.93, Linux 6.18)."""


def expected_sweep_seconds(addresses: int, ports: int, asks: int, limits: Limits) -> float:
    """Seconds that a sweep takes when nobody answers: the datagrams, then block by block of nmap."""
    asking = addresses * 2 * asks / limits.rate + 2 * limits.ask_again if asks else 0.0
    whole, rest = divmod(addresses, BLOCK)
    asking += whole * expected_seconds(BLOCK, ports, limits.rate)
    return asking + (expected_seconds(rest, ports, limits.rate) if rest else 0.0)


class NmapSweep:
    """Runs a sweep plan with nmap for the TCP ports."""

    def __init__(self, plan: SweepPlan, gate: Gate, listener: SweepListener, stop: Stop) -> None:
        self._plan, self._gate, self._listener, self._stop = plan, gate, listener, stop
        self._transport = NmapTransport(gate)

    def run(self) -> None:
        """Sweep to the end or to the stop flag."""
        silent = _Quiet(self._listener)
        ConnectSweep(replace(self._plan, ports=()), self._gate, silent, self._stop).run()
        done, unbroken = self._plan.first_step, True
        for block in self._blocks():
            if self._stop.wanted:
                return
            finished = True
            for part in _by_version(block):
                finished &= self._sweep(part)
            self._listener.passed(block)
            done += len(block)
            # Finished is what lies below a step: behind a block that is not, nothing can be called so.
            unbroken &= finished
            if unbroken and not self._stop.wanted:
                self._listener.done(done)

    def _blocks(self) -> Iterator[list[str]]:
        plan = self._plan
        for start in range(plan.first_step, plan.scope.size, BLOCK):
            steps = range(start, min(start + BLOCK, plan.scope.size))
            yield [plan.scope.address(plan.permutation[step]) for step in steps]

    def _sweep(self, addresses: list[str]) -> bool:
        """Have nmap try the ports of some addresses; True when it finished them all."""
        allowed = [address for address in addresses if self._allowed(address)]
        if not allowed:
            return True
        expected = expected_seconds(len(allowed), len(self._plan.ports), self._gate.limits.rate)
        events = self._transport.sweep(
            allowed,
            self._plan.ports,
            rate=self._gate.limits.rate,
            time_limit=math.ceil(max(_PATIENCE * expected, _AT_LEAST)),
            stopped=lambda: self._stop.wanted,
        )
        finished = True
        for event in events:
            if isinstance(event, NmapHost):
                self._tell(event)
            elif isinstance(event, NmapEnd) and not event.complete:
                finished = False
                ending = Ending.FAULT if event.missing else Ending.STOPPED_BY_US
                for address in event.unfinished:
                    self._listener.port(address, 0, ending, event.reason)
        return finished

    def _allowed(self, address: str) -> bool:
        try:
            self._gate.sweep(address, self._plan.ports[0])
        except Refused as refused:
            self._listener.port(address, self._plan.ports[0], Ending.STOPPED_BY_US, str(refused))
            return False
        return True

    def _tell(self, host: NmapHost) -> None:
        self._listener.progress(len(self._plan.ports) * self._gate.limits.attempts)
        told: set[Ending] = set()
        for port in host.ports:
            if port.state == "open":
                self._listener.port(host.address, port.port, Ending.COMPLETE, "")
                continue
            ending, detail = _unanswered(port)
            if ending is not Ending.SILENT and ending not in told:
                told.add(ending)
                self._listener.port(host.address, port.port, ending, detail)


class _Quiet(SweepListener):
    """Passes on what the discovery datagrams bring, but not that a block is over."""

    def __init__(self, listener: SweepListener) -> None:
        self._listener = listener

    def port(self, address: str, port: int, ending: Ending, detail: str) -> None:
        self._listener.port(address, port, ending, detail)

    def unsent(self, probe: Probe, address: str, ending: Ending, detail: str) -> None:
        self._listener.unsent(probe, address, ending, detail)

    def datagram(self, probe: Probe, datagram: Datagram) -> None:
        self._listener.datagram(probe, datagram)

    def reduced(self, method: str, reason: str) -> None:
        self._listener.reduced(method, reason)

    def closed_port(self, address: str, port: int) -> None:
        self._listener.closed_port(address, port)

    def sign_of_life(self, address: str) -> None:
        self._listener.sign_of_life(address)

    def looked_for(self, address: str) -> None:
        self._listener.looked_for(address)

    def rejected(self, address: str, router: str) -> None:
        self._listener.rejected(address, router)

    def round_over(self, step: int, port: int, *, again: bool, silent: int) -> None:
        """The ports are still to be tried."""

    def tried(self, address: str) -> None:
        self._listener.tried(address)

    def progress(self, attempts: int) -> None:
        self._listener.progress(attempts)

    def passed(self, addresses: list[str]) -> None:
        """The ports are still to be tried."""

    def done(self, steps: int) -> None:
        """The ports are still to be tried."""


def _unanswered(port: NmapPort) -> tuple[Ending, str]:
    if port.state == "closed":
        return Ending.REFUSED, ""
    if port.reason == "net-unreach":
        return Ending.NEVER_ASKED, "no route to it from here"
    return Ending.SILENT, ""


def _by_version(addresses: list[str]) -> list[list[str]]:
    """Parts for nmap, which takes one IP version a call."""
    parts = [[a for a in addresses if ":" not in a], [a for a in addresses if ":" in a]]
    return [part for part in parts if part]

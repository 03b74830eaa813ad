"""The connect sweep: every port of every address by the kernel's own connect, paced, with one retry.

Addresses are taken in blocks in the order of the permutation. Within a block the ports are tried one after
another over all its addresses, so that a single host never gets more than its share of packets a second. A
block's silent ports are tried once more when their first attempt is over. What accepted or refused is told at
once; what is silent is not remembered beyond its block.
"""

from __future__ import annotations

import functools
import heapq
import itertools
import math
import resource
import select
import socket
import time
import uuid
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator

from scanner.model.ending import Ending
from scanner.model.errors import Refused
from scanner.model.probe import Probe
from scanner.policy.gate import Gate
from scanner.scope import group_key
from scanner.sweep.block import Attempt, Block, Round
from scanner.sweep.interface import Stop, SweepListener, SweepPlan
from scanner.transports.dial import KEPT_BACK, dial, finish
from scanner.transports.udp import UnicastUdp

BLOCK = 256
_SPARE_DESCRIPTORS = 256
ANSWERS_A_HOST = 8
"""Answers to one discovery question that are kept of one address; a device gives one or two to each ask."""
STRANGERS = 64
"""Addresses outside the targets whose answers are kept: a machine with a second address has few of them, and
whoever sees a question of ours can answer under as many names as he likes."""
_LOOK_UP = 0.8
"""Seconds; a router asks for a neighbour for a second or more before it gives up (RFC 4861 §10: 3 × 1 s)."""
BUSY_AT_MOST = 20.0
"""Seconds without a free descriptor, port or buffer here after which the sweep gives up."""
_POLL_AT_MOST = 0.05
"""Seconds between looks at the stop flag."""
_BUFFER_TRIES = 10
_UNSENT = (Ending.FAULT, Ending.STOPPED_BY_US, Ending.NEVER_ASKED)
_LITTLE = 0.0005
"""Seconds that are not waited for."""


class ConnectSweep:
    """Runs a sweep plan with the kernel's connect and unicast discovery datagrams."""

    def __init__(
        self,
        plan: SweepPlan,
        gate: Gate,
        listener: SweepListener,
        stop: Stop,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._plan, self._gate, self._listener, self._stop, self._clock = plan, gate, listener, stop, clock
        self._limits = gate.limits
        self._epoll = select.epoll()
        self._attempts: dict[int, Attempt] = {}
        self._deadlines: deque[tuple[float, int, socket.socket]] = deque()
        self._rounds: list[Round] = []
        self._order = itertools.count()
        self._blocks = self._cut_blocks()
        self._open_blocks: dict[int, Block] = {}
        self._begun = 0
        self._last_datagram = 0.0
        self._asked: dict[str, float] = {}
        """When an address of an open block was first sent a datagram."""
        self._udp: dict[int, UnicastUdp] = {}
        self._answered: dict[str, Counter[str]] = defaultdict(Counter)
        for method, addresses in plan.answered.items():
            self._answered[method].update(addresses)
        self._strangers: set[str] = set()
        self._reduced: set[str] = set()
        self._most = self._descriptors()

    def _descriptors(self) -> int:
        """How many attempts may be open at one time under the limit on open files."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = self._limits.in_flight + _SPARE_DESCRIPTORS
        if soft < wanted:
            soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        return max(16, min(self._limits.in_flight, soft - min(_SPARE_DESCRIPTORS, soft // 2)))

    def _cut_blocks(self) -> Iterator[Block]:
        plan = self._plan
        for number, start in enumerate(range(plan.first_step, plan.scope.size, BLOCK)):
            steps = range(start, min(start + BLOCK, plan.scope.size))
            yield Block(number, start, [plan.scope.address(plan.permutation[step]) for step in steps])

    def run(self) -> None:
        """Sweep to the end or to the stop flag."""
        try:
            while not self._stop.wanted:
                self._start_due_block()
                if not self._rounds and not self._open_blocks:
                    break
                now = self._clock()
                if self._rounds and self._rounds[0].due <= now:
                    self._ask(heapq.heappop(self._rounds))
                else:
                    self._wait(self._rounds[0].due - now if self._rounds else _POLL_AT_MOST)
            if not self._stop.wanted and self._udp:
                self._linger()
        finally:
            self._close()

    def _linger(self) -> None:
        """Late answers to the last datagrams."""
        end = self._last_datagram + self._limits.ask_again
        while self._clock() < end and not self._stop.wanted:
            self._wait(end - self._clock())

    def _start_due_block(self) -> None:
        """Begin the next block when nothing of the begun ones is due."""
        if self._rounds and self._rounds[0].due <= self._clock():
            return
        block = next(self._blocks, None)
        if block is None:
            return
        self._open_blocks[block.number] = block
        self._begun = block.number + 1
        block.waiting = 1  # for this planning itself: nothing may be there to be asked
        start = self._clock()
        for place, ask in enumerate(self._plan.asks):
            for again in (0.0, self._limits.ask_again):
                due = start + again + place / self._limits.host_rate
                self._plan_round(due, block, block.addresses, ask=ask)
        start += len(self._plan.asks) / self._limits.host_rate
        self._plan_ports(start, block, self._unknown(block))
        self._over(block)

    def _unknown(self, block: Block) -> dict[int, list[str]]:
        """The ports of a block that are to be tried, with their addresses: all that is not known already."""
        plan = self._plan
        for address in block.addresses:
            for port, ending in plan.known.get(address, {}).items():
                block.judged[address] += port in plan.ports
                if ending is Ending.COMPLETE:
                    block.spoke.add(address)
                else:
                    block.told.add((address, ending))
        wanted: dict[int, list[str]] = {}
        over, again = plan.first.get(block.step, {}), plan.again.get(block.step, ())
        for port in plan.ports:
            unknown = [one for one in block.addresses if port not in plan.known.get(one, ())]
            if port not in over:
                wanted[port] = unknown
                continue
            block.judged.update(unknown)
            self._listener.round_over(block.step, port, again=False, silent=over[port])
            if port in again:
                self._listener.round_over(block.step, port, again=True, silent=0)
            elif over[port]:
                block.silent[port] += block.among(unknown, over[port])
        for address in block.spoke:
            if block.judged[address] == len(plan.ports):
                self._listener.tried(address)
        return wanted

    def _plan_ports(self, start: float, block: Block, wanted: dict[int, list[str]]) -> None:
        spacing = self._limits.syn_packets / self._limits.host_rate
        for place, (port, addresses) in enumerate(wanted.items()):
            self._plan_round(start + place * spacing, block, addresses, port=port)

    def _plan_round(
        self, due: float, block: Block, addresses: list[str], port: int = 0, ask: Probe | None = None
    ) -> None:
        block.waiting += 1
        heapq.heappush(
            self._rounds, Round(due, next(self._order), block, addresses, port, ask, not block.first_try)
        )

    def _ask(self, wanted: Round) -> None:
        """Put one question to all addresses of a round, at the pace of the gate."""
        for address in wanted.addresses:
            if self._stop.wanted:
                return
            if address in wanted.block.stopped:
                continue
            if wanted.ask is not None:
                self._send(wanted.block, wanted.ask, address)
            else:
                self._dial(wanted, address)
        if not self._stop.wanted:  # a stop may have come before the last one was asked
            self._asked_all(wanted)
            self._over(wanted.block)

    def _asked_all(self, part: Round) -> None:
        """One part of a round is over; tell when it is the last."""
        part.waiting -= 1
        if part.waiting == 0 and part.ask is None and not part.block.stopped:
            silent = 0 if part.again else part.block.mask(part.port)
            self._listener.round_over(part.block.step, part.port, again=part.again, silent=silent)

    def _spare(self, block: Block, address: str, packets: int) -> None:
        """Hold to the rate of one host, also when the schedule was held up and has to catch up."""
        free_at = block.free_at.get(address, 0.0)
        while (left := free_at - self._clock()) > _LITTLE and not self._stop.wanted:
            self._wait(left)
        block.free_at[address] = self._clock() + packets / self._limits.host_rate

    def _pace(self, packets: int) -> None:
        until = self._clock() + self._gate.pace(packets)
        while (left := until - self._clock()) > _LITTLE and not self._stop.wanted:
            self._wait(left)

    def _dial(self, part: Round, address: str) -> None:
        block, port = part.block, part.port
        self._pace(self._limits.syn_packets)
        self._spare(block, address, self._limits.syn_packets)
        while len(self._attempts) >= self._most and not self._stop.wanted:
            self._wait(_POLL_AT_MOST)
        until = self._clock() + BUSY_AT_MOST
        while not self._stop.wanted:
            try:
                dialled = dial(self._gate, address, port)
            except Refused as refused:
                self._refused_by_gate(block, address, port, refused)
                return
            if not dialled.busy:
                break
            if self._clock() >= until:
                self._stop.set(f"for {BUSY_AT_MOST:g} s this machine had no free descriptor, port or buffer")
            self._wait(_POLL_AT_MOST)
        else:
            return
        self._listener.progress(1)
        if dialled.waiting is None:
            self._judge(block, address, port, dialled.ending or Ending.FAULT, dialled.detail)
            return
        block.waiting += 1
        part.waiting += 1
        descriptor = dialled.waiting.fileno()
        self._attempts[descriptor] = Attempt(dialled.waiting, address, port, part)
        self._epoll.register(descriptor, select.EPOLLOUT | select.EPOLLERR | select.EPOLLHUP)
        self._deadlines.append((self._clock() + self._limits.attempt, descriptor, dialled.waiting))

    def _refused_by_gate(self, block: Block, address: str, port: int, refused: Refused) -> None:
        ending = Ending.STOPPED_BY_US if refused.rule == "stopped" else Ending.FAULT
        block.stopped.add(address)
        self._listener.port(address, port, ending, str(refused))

    def _send(self, block: Block, ask: Probe, address: str) -> None:
        call = ask.call
        if call is None or address in self._answered[ask.name]:
            return
        self._pace(1)
        self._spare(block, address, 1)
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        if family not in self._udp:
            self._udp[family] = UnicastUdp(self._gate, family)
            self._epoll.register(self._udp[family].fileno(), select.EPOLLIN | select.EPOLLERR)
        try:
            outcome = self._udp[family].send(address, call.port, call.payload(str(uuid.uuid4())))
            for _ in range(_BUFFER_TRIES):
                if outcome.ending is not Ending.STOPPED_BY_US or self._stop.wanted:
                    break
                self._wait(_POLL_AT_MOST)  # the kernel's buffer is full just now, of look-ups for neighbours
                outcome = self._udp[family].send(address, call.port, call.payload(str(uuid.uuid4())))
        except Refused:
            return  # a host left alone: the connect attempts tell it
        self._last_datagram = self._clock()
        self._asked.setdefault(address, self._last_datagram)
        self._listener.progress(1)
        if outcome.ending in _UNSENT:
            told = (ask, address, outcome.ending, outcome.detail)
            block.unsent[ask.name, address] = functools.partial(self._listener.unsent, *told)
        else:
            block.sent.add((ask.name, address))

    def _wait(self, seconds: float) -> None:
        """Look at what the kernel reports, for so many seconds at most."""
        self._expire()
        seconds = min(max(seconds, 0.0), _POLL_AT_MOST)
        # epoll counts in milliseconds and rounds down; a short sleep keeps high rates exact.
        timeout = math.floor(seconds * 1000) / 1000
        if timeout == 0.0 and seconds > 0.0:
            time.sleep(seconds)
        for descriptor, events in self._epoll.poll(timeout, 1024):
            attempt = self._attempts.pop(descriptor, None)
            if attempt is None:
                self._read_udp(descriptor, events)
                continue
            self._epoll.unregister(descriptor)
            ending, detail = finish(attempt.waiting)
            self._end(attempt, ending, detail)

    def _expire(self) -> None:
        """Close attempts whose time is over."""
        now = self._clock()
        while self._deadlines and self._deadlines[0][0] <= now:
            _, descriptor, waiting = self._deadlines.popleft()
            attempt = self._attempts.get(descriptor)
            if attempt is None or attempt.waiting is not waiting:
                continue
            del self._attempts[descriptor]
            self._epoll.unregister(descriptor)
            self._end(attempt, *finish(waiting))

    def _end(self, attempt: Attempt, ending: Ending, detail: str) -> None:
        """An attempt is over."""
        self._judge(attempt.part.block, attempt.address, attempt.port, ending, detail)
        self._asked_all(attempt.part)
        self._over(attempt.part.block)

    def _read_udp(self, descriptor: int, events: int) -> None:
        transport = next((found for found in self._udp.values() if found.fileno() == descriptor), None)
        if transport is None:
            return
        if events & select.EPOLLERR:
            for error in transport.errors():
                if error.port_unreachable:
                    self._listener.closed_port(error.address, error.port)
                elif error.address_unreachable and error.offender in self._plan.own:
                    continue  # our own look-up for a neighbour failed: nothing shows that we are on that wire
                elif error.address_unreachable and not self._hasty(error.address):
                    self._listener.looked_for(error.address)
                elif error.rejected or error.address_unreachable:
                    self._listener.rejected(error.address, error.offender)
                elif error.offender and group_key(error.offender) == group_key(error.address):
                    self._listener.sign_of_life(error.offender)
        for datagram in transport.receive():
            for ask in self._plan.asks:
                call = ask.call
                if call is None or datagram.port != call.port or not call.reads(datagram.data):
                    continue
                if self._takes(ask.name, datagram.address):
                    self._listener.datagram(ask, datagram)

    def _hasty(self, address: str) -> bool:
        """A neighbour look-up that fails takes its time; a route that leads nowhere is told at once."""
        asked = self._asked.get(address)
        return asked is None or self._clock() - asked < _LOOK_UP

    def _takes(self, method: str, address: str) -> bool:
        """Whether one more answer of an address is kept; nobody can fill the journal or the report."""
        if address not in self._gate.scope and address not in self._strangers:
            if len(self._strangers) >= STRANGERS:
                if method not in self._reduced:
                    self._reduced.add(method)
                    where = f"more than {STRANGERS} addresses outside the targets"
                    self._listener.reduced(method, f"answers from {where}; the rest was not read")
                return False
            self._strangers.add(address)
        self._answered[method][address] += 1
        return self._answered[method][address] <= ANSWERS_A_HOST

    def _judge(self, block: Block, address: str, port: int, ending: Ending, detail: str) -> None:
        if block.first_try and (ending is Ending.SILENT or detail == KEPT_BACK):
            block.silent[port].append(address)
        elif ending is Ending.COMPLETE:
            block.spoke.add(address)
            self._listener.port(address, port, ending, detail)
        elif ending is not Ending.SILENT and (address, ending) not in block.told:
            block.told.add((address, ending))
            self._listener.port(address, port, ending, detail)
        if block.first_try:
            block.judged[address] += 1
            if block.judged[address] == len(self._plan.ports) and address in block.spoke:
                self._listener.tried(address)

    def _over(self, block: Block) -> None:
        """One part of a block is over; begin its retries, or finish it."""
        block.waiting -= 1
        if block.waiting > 0:
            return
        if block.first_try:
            block.first_try = False
            self._listener.passed(block.addresses)
            if block.silent and self._limits.attempts > 1:
                self._plan_ports(self._clock(), block, dict(block.silent))
                return
        for question, tell in block.unsent.items():
            if question not in block.sent:
                tell()
        del self._open_blocks[block.number]
        for address in block.addresses:
            self._asked.pop(address, None)
        self._listener.done(self._advance())

    def _advance(self) -> int:
        """The number of steps below which every block is finished."""
        finished = min(self._open_blocks, default=self._begun)
        return min(self._plan.first_step + finished * BLOCK, self._plan.scope.size)

    def _close(self) -> None:
        for attempt in self._attempts.values():
            attempt.waiting.close()
        for transport in self._udp.values():
            transport.close()
        self._epoll.close()

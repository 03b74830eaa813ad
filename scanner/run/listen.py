"""Passive listening: what devices say by themselves, on several interfaces at once, for as long as is wanted.

Nothing is sent; with ``join`` the kernel reports the memberships, and nothing else. Memory and journal are
bounded by the number of hosts and by what is kept of each, however much is said.
"""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scanner.journal import Journal, RunEnded
from scanner.knowledge import Knowledge
from scanner.model.device import Device
from scanner.model.errors import UsageError
from scanner.model.evidence import Maker
from scanner.model.protocol import Protocol
from scanner.parsers.heard import Statement, heard, heard_udp
from scanner.parsers.layers import Internet
from scanner.parsers.secrets import strip_secrets
from scanner.policy.heard_ledger import LISTEN
from scanner.run.events import DeviceFound, Event, Finished, Note, Started
from scanner.run.machine import Machine
from scanner.run.recorder import Recorder, utc_now
from scanner.run.result import RunResult, build_report
from scanner.run.running import INTERRUPTED
from scanner.run.start import journal_path, start
from scanner.sweep.interface import Stop
from scanner.transports.ear import Ear, Message, wait

HOSTS_AT_MOST = 8_192
"""Hosts of one protocol of which something is kept; a flood of made-up senders gives more.

Each protocol has its own bound: a flood of one, such as ARP, leaves room for what is heard by another.
"""
KEPT_OF_EACH = 8
"""Different messages kept of one host and protocol: announcements differ in counters and clocks alone."""
KEPT_AT_MOST = 32_768
"""Messages of one protocol kept in all."""
_TICK = 1.0
"""Seconds between two syncs of the journal, and between two looks after the interfaces."""
_WAIT = 0.25
"""Seconds after which a stop is noticed at the latest."""


@dataclass(frozen=True, slots=True)
class ListenRequest:
    """One listening as the user wants it."""

    interfaces: tuple[str, ...] = ()
    """Empty: every one that is up, loopback left out."""
    join: bool = False
    time_limit: float | None = None
    """Seconds; None: until stopped."""
    profiles: tuple[str, ...] = ()
    facts: str = ""
    reference: str | None = None
    journal: Path | None = None


class Listening:
    """One run that listens. Iterate `events` once.

    Raises:
        UsageError: an interface that is not there, or none that could be listened to at all.
    """

    def __init__(self, request: ListenRequest, machine: Machine, knowledge: Knowledge) -> None:
        self._request = request
        self._knowledge = knowledge
        self._names = _names(request, machine)
        capture = machine.raw_sockets
        self.joins = request.join or not capture
        self._ears = [Ear(name, capture=capture, join=self.joins) for name in self._names]
        self._started = start(
            request,
            machine,
            LISTEN,
            self._names,
            connected=tuple(str(network) for link, network in machine.connected if link.name in self._names),
        )
        self._stop = Stop()
        self._internet = Internet(assemble=False)  # the kernel's filter lets no later pieces in
        self._kept: defaultdict[Protocol, dict[str, set[bytes]]] = defaultdict(dict)
        self._counts: Counter[Protocol] = Counter()
        self._levels: dict[str, tuple[Maker, str]] = {}
        self._lost: dict[Ear, str] = {}
        self._pending: list[Event] = []
        self._gaps: set[tuple[str, str]] = set()
        self.journal_path = journal_path(request, self._started.id)

    def stop(self, reason: str = INTERRUPTED) -> None:
        """End soon; `events` still ends with `Finished`. May be called from a signal handler."""
        self._stop.set(reason)

    def events(self) -> Iterator[Event]:
        """Listen, and yield what happens until `Finished`.

        Raises:
            UsageError: nothing can be listened to, or the journal cannot be made.
        """
        with contextlib.ExitStack() as opened:
            for ear in self._ears:
                opened.callback(ear.close)
                ear.listen()
            self._refuse_if_deaf()
            journal = Journal(self.journal_path, strip_secrets)
            self._recorder = Recorder(
                journal, RunResult(self._started, self._knowledge), self._journal_failed
            )
            self._recorder.begin()
            yield Started(self._started.id, journal.path)
            self._say_how()
            yield from self._taken()
            yield from self._listen()
        yield self._finish(journal)

    def _listen(self) -> Iterator[Event]:
        begun = looked_after = time.monotonic()
        limit = self._request.time_limit
        while not self._stop.wanted:
            now = time.monotonic()
            if limit is not None and now - begun >= limit:
                return
            if now - looked_after >= _TICK:
                looked_after = now
                self._look_after()
            left = _WAIT if limit is None else min(_WAIT, max(begun + limit - now, 0.0))
            for ear, ready in wait(self._ears, left):
                if ready not in ear.sockets():
                    continue  # closed since, with its interface
                try:
                    for message in ear.messages(ready):
                        self._take(ear, message)
                except OSError as error:
                    self._lose(ear, error.strerror or str(error))
            yield from self._taken()

    def _taken(self) -> Iterator[Event]:
        """The events that waited."""
        events, self._pending = self._pending, []
        yield from events

    def _take(self, ear: Ear, message: Message) -> None:
        if message.frame:
            statements = heard(message.data, self._internet)
        else:
            statements = heard_udp(message.address, message.source_port, message.port, message.data)
        for statement in statements:
            self._keep(ear, statement)

    def _keep(self, ear: Ear, statement: Statement) -> None:
        """Record a statement that is new, as long as there is room."""
        host, protocol = statement.host, statement.protocol
        hosts = self._kept[protocol]
        if host not in hosts and len(hosts) >= HOSTS_AT_MOST:
            self._full(f"more than {HOSTS_AT_MOST:,} senders by {protocol}; later ones were left out")
            return
        known = hosts.setdefault(host, set())
        name = hashlib.blake2b(statement.payload, digest_size=8).digest()
        if name in known or len(known) >= KEPT_OF_EACH:
            return
        if self._counts[protocol] >= KEPT_AT_MOST:
            self._full(f"more than {KEPT_AT_MOST:,} messages by {protocol}; later ones were left out")
            return
        known.add(name)
        self._counts[protocol] += 1
        self._recorder.observe(
            LISTEN,
            host,
            protocol,
            statement.port,
            statement.payload,
            interface=ear.name,
            synthesised=statement.synthesised,
        )
        self._tell(self._recorder.result.device(host))

    def _tell(self, device: Device) -> None:
        """Say a device once, and again when it is judged otherwise."""
        level = (device.evidenced_maker, f"{device.confidence} {device.model}")
        for address in device.addresses or (device.mac or device.id,):
            if self._levels.get(address) != level:
                self._levels[address] = level
                self._pending.append(DeviceFound(device))
                return

    def _full(self, reason: str) -> None:
        self._gap("all", reason, state="reduced", affects_verdict=True)

    def _gap(self, where: str, reason: str, *, state: str, affects_verdict: bool) -> None:
        key = (where, reason)
        if key not in self._gaps:
            self._gaps.add(key)
            self._recorder.gap(where, LISTEN, reason, affects_verdict=affects_verdict, state=state)
            self._pending.append(Note(f"{where}: {reason}"))

    def _look_after(self) -> None:
        """Bring the journal to the disk; notice what was lost, and what has come back."""
        self._recorder.sync()
        for ear in self._ears:
            if ear.count_dropped():
                reason = "frames came faster than they could be read; some were not heard"
                self._gap(ear.name, reason, state="reduced", affects_verdict=False)
            if ear in self._lost:
                if ear.listen():
                    since = self._lost.pop(ear)
                    reason = f"nothing was heard there from {since} to {utc_now()}"
                    self._gap(ear.name, reason, state="link lost", affects_verdict=True)
                    self._pending.append(Note(f"{ear.name} is back"))
            elif ear.open and not ear.there():
                self._lose(ear, "it is down or gone")

    def _lose(self, ear: Ear, reason: str) -> None:
        if ear not in self._lost:
            self._lost[ear] = utc_now()
            self._pending.append(Note(f"{ear.name} was lost ({reason}); waiting for it to come back"))
        ear.close()

    def _refuse_if_deaf(self) -> None:
        """Nothing open anywhere is a mistake to be told, and no run."""
        if any(ear.open for ear in self._ears):
            return
        reasons = "; ".join(
            f"{ear.name}: {', '.join(filter(None, (ear.refused, *ear.unheard))) or 'nothing to open'}"
            for ear in self._ears
        )
        more = "" if self.joins else "; --join listens without a capture"
        raise UsageError(f"nothing can be listened to: {reasons}{more}")

    def _say_how(self) -> None:
        """Record by what means each interface is heard, and what that costs."""
        for ear in self._ears:
            if not ear.open:
                self._gap(
                    ear.name, f"not heard: {ear.refused}", state="failed to start", affects_verdict=True
                )
                self._lost[ear] = self._started.started
                continue
            if ear.joined:
                reason = (
                    "joined the discovery groups: the kernel sent its IGMP and MLD reports, and nothing else"
                )
                self._gap(ear.name, reason, state="joined", affects_verdict=False)
            if not ear.captures:
                why = f" ({ear.refused})" if ear.refused else ""
                reason = (
                    f"no capture{why}: DHCP, ARP, IPv6 neighbours, raw SADP frames and answers to others are "
                    "not heard"
                )
                self._gap(ear.name, reason, state="reduced", affects_verdict=True)
            for reason in ear.unheard:
                self._gap(ear.name, reason, state="reduced", affects_verdict=False)

    def _journal_failed(self, reason: str) -> None:
        self._stop.set(reason)
        self._pending.append(Note(reason))

    def _finish(self, journal: Journal) -> Finished:
        for ear, since in self._lost.items():
            self._gap(
                ear.name, f"nothing was heard there from {since} on", state="link lost", affects_verdict=True
            )
        reason = self._stop.reason
        cut = reason == INTERRUPTED and self._request.time_limit is not None
        if reason and reason != INTERRUPTED:
            self._recorder.gap("all", LISTEN, reason, affects_verdict=True, state="stopped by us")
        self._recorder.record(RunEnded(utc_now(), interrupted=cut, reason=reason))
        self._recorder.close()
        report = build_report([self._recorder.result], self._knowledge, None, None)
        return Finished(report, journal.path, interrupted=cut)


def _names(request: ListenRequest, machine: Machine) -> tuple[str, ...]:
    """The interfaces to listen on.

    Raises:
        UsageError: a name that is not there, or nothing to listen on.
    """
    known = {interface.name for interface in machine.interfaces}
    if request.interfaces:
        for name in request.interfaces:
            if name not in known:
                raise UsageError(f"--interface {name}: not there; there are {', '.join(sorted(known))}")
        return tuple(dict.fromkeys(request.interfaces))
    names = [one.name for one in machine.interfaces if one.up and not one.loopback]
    if not names:
        raise UsageError("no interface is up besides loopback; name one with --interface")
    return tuple(names)

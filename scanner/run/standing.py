"""How far a run had come when its journal ends: what another sitting needs to go on with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scanner.journal import (
    LINE_LIMIT,
    Asked,
    Left,
    Looked,
    Looking,
    Record,
    Resumed,
    RunEnded,
    RunStarted,
    Spent,
    Stopping,
    Swept,
    Talked,
    Tried,
    is_mac,
    record_of,
)
from scanner.knowledge import Knowledge
from scanner.model.ending import Ended, Ending
from scanner.model.errors import UsageError, unreadable
from scanner.model.exchange import Exchange
from scanner.model.observation import Observation
from scanner.model.probe import ProbeKind, Service
from scanner.model.protocol import Protocol
from scanner.model.report import RunError
from scanner.policy.ledger import SWEEP
from scanner.probes import PROBES
from scanner.run.result import RunResult

_CONVERSATIONS = {probe.name: probe.protocol for probe in PROBES if probe.kind is ProbeKind.CONVERSATION}
_CALLS = {probe.name: probe.protocol for probe in PROBES if probe.call is not None}
_KNOWN = (Ending.COMPLETE, Ending.REFUSED)


@dataclass
class HostStanding:
    """What a host was asked, and what of it is finished."""

    address: str
    opened: dict[int, None] = field(default_factory=dict)
    """Ports that accepted the sweep, in the order in which they did."""
    said: list[Exchange] = field(default_factory=list)
    taken: set[int] = field(default_factory=set)
    """Ports that a look has taken."""
    group: tuple[Service, ...] | None = None
    """Those of the look that is not finished."""
    finished: set[str] = field(default_factory=set)
    """Conversations of it that are."""
    begun: dict[str, list[Exchange]] = field(default_factory=lambda: defaultdict(list))
    """What was asked in conversations that are not."""
    looked: bool = False


class Standing:
    """Takes the records of a run in order.

    Args:
        started: the first of them.
        knowledge: for the result.
    """

    def __init__(self, started: RunStarted, knowledge: Knowledge) -> None:
        self.result = RunResult(started, knowledge)
        self.steps = 0
        self.tried: Tried = Tried({}, {})
        self.hosts: dict[str, HostStanding] = {}
        self.ports: dict[str, dict[int, Ending]] = {}
        """What the sweep knows of addresses that spoke."""
        self.answered: dict[str, set[str]] = defaultdict(set)
        """Addresses that answered or refused a discovery question, by its name."""
        self.groups: set[tuple[str, str]] = set()
        """Methods that asked an interface to the end."""
        self.macs: set[tuple[str, str, str]] = set()
        """Method, address and MAC address of neighbours."""
        self.left: list[Left] = []
        self.spent = Spent({}, {}, {}, {})
        self.end: RunEnded | None = None
        self._stopped = False

    def add(self, record: Record) -> None:
        """Take one record."""
        self.result.add(record)
        match record:
            case Observation():
                self._observed(record)
            case Ended() if not (self._stopped and record.ending is Ending.STOPPED_BY_US):
                self._ended(record)
            case Swept(steps):
                self.steps = max(self.steps, steps)
            case Tried():
                self.tried = record
            case Looking() | Talked() | Looked():
                self._look(record)
            case Asked(method, interface):
                self.groups.add((method, interface))
            case Left():
                self.left.append(record)
            case Spent():
                self.spent = _sum(self.spent, record)
            case Stopping() | RunEnded() | Resumed():
                self._sitting(record)
            case _:
                pass

    def _sitting(self, record: Stopping | RunEnded | Resumed) -> None:
        self._stopped = isinstance(record, Stopping) or (self._stopped and isinstance(record, RunEnded))
        self.end = record if isinstance(record, RunEnded) else None

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do."""
        return self.end is not None and not self.end.interrupted and not self.end.reason

    def host(self, address: str) -> HostStanding:
        """What is known of a host, made on first use."""
        return self.hosts.setdefault(address, HostStanding(address))

    def _observed(self, seen: Observation) -> None:
        if seen.source or is_mac(seen.host):
            return
        if seen.protocol is Protocol.MAC and not seen.port:
            self.macs.add((seen.method, seen.host, seen.payload.decode("ascii", "replace")))
            self.host(seen.host)
        elif seen.method in _CALLS:
            self.answered[seen.method].add(seen.host)
            exchange = Exchange(_CALLS[seen.method], seen.port, Ending.COMPLETE, seen.payload)
            self.host(seen.host).said.append(exchange)
        elif seen.method in _CONVERSATIONS:
            exchange = Exchange(seen.protocol, seen.port, Ending.COMPLETE, seen.payload, seen.request)
            self.host(seen.host).begun[seen.method].append(exchange)

    def _ended(self, ended: Ended) -> None:
        if ended.method == SWEEP:
            if ended.ending in _KNOWN:
                self.ports.setdefault(ended.address, {})[ended.port] = ended.ending
            if ended.ending is Ending.COMPLETE:
                self.host(ended.address).opened.setdefault(ended.port)
        elif ended.method in _CALLS:
            if ended.ending in _KNOWN:
                self.answered[ended.method].add(ended.address)
        elif ended.method in _CONVERSATIONS:
            begun = self.host(ended.address).begun[ended.method]
            last = begun[-1] if begun else None
            if last is not None and _is_end_of(ended, last):
                begun[-1] = Exchange(
                    last.protocol, last.port, ended.ending, last.payload, last.request, ended.detail
                )
                return
            protocol = _CONVERSATIONS[ended.method]
            begun.append(Exchange(protocol, ended.port, ended.ending, b"", ended.request, ended.detail))

    def _look(self, record: Looking | Talked | Looked) -> None:
        host = self.host(record.address)
        match record:
            case Looking(_, ports, schemes):
                host.group = tuple(map(Service, ports, schemes))
                host.taken.update(ports)
                host.finished, host.looked = set(), False
                host.begun.clear()
            case Talked(method, _):
                host.finished.add(method)
                host.said += host.begun.pop(method, [])
            case Looked():
                host.group, host.looked = None, True
                for exchanges in host.begun.values():
                    host.said += exchanges
                host.begun.clear()


def _is_end_of(ended: Ended, last: Exchange) -> bool:
    """Whether an ending is the second of the two records of an exchange that brought something."""
    mine = last.port == ended.port and last.request == ended.request
    return mine and bool(last.payload) and last.ending is Ending.COMPLETE and not last.detail


def _sum(before: Spent, now: Spent) -> Spent:
    def both(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
        return {**one, **other}

    return Spent(
        both(before.connections, now.connections),
        both(before.requests, now.requests),
        both(before.gets, now.gets),
        both(before.seconds, now.seconds),
    )


@dataclass(frozen=True, slots=True)
class Read:
    """A journal as it was found."""

    standing: Standing
    whole: int
    """Bytes of it that are whole lines."""
    unended: bool
    """The last of them lacks its line's end alone."""
    bodies: frozenset[str]
    """The digests of those that stand there."""


def read_standing(path: Path, knowledge: Knowledge) -> Read:
    """Read a journal that may be cut at any byte.

    Raises:
        UsageError: it cannot be read, is no journal, or was cut before its first record was whole.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise UsageError(unreadable(path, error)) from None
    with file:
        bodies: dict[str, bytes] = {}
        standing: Standing | None = None
        whole, unended = 0, False
        for number, line in enumerate(iter(lambda: file.readline(LINE_LIMIT), b""), 1):
            ended = line.endswith(b"\n")
            try:
                record = record_of(line, bodies)
            except (ValueError, KeyError, TypeError, RecursionError):
                if number == 1:
                    break
                if not ended and not file.read(1):
                    break  # cut short: it was never written whole
                record = RunError(f"{path.name}:{number}", "a record is not readable; it was left out")
            if standing is None:
                if not isinstance(record, RunStarted):
                    break
                standing = Standing(record, knowledge)
            elif record is not None:
                standing.add(record)
            whole, unended = whole + len(line), not ended
    if standing is None:
        raise UsageError(f"{path}: not a journal of a scan, or one that was cut in its first record")
    return Read(standing, whole, unended, frozenset(bodies))

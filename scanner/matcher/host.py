"""What is kept of one host: evidence, statements and marks, and none of the replies."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from scanner.matcher.answers import Answers
from scanner.matcher.behind import Behind
from scanner.matcher.crossing import Crossing
from scanner.matcher.reading import Heard
from scanner.matcher.rules import MAX_EVIDENCE, STRENGTHS
from scanner.matcher.statements import Statement
from scanner.model.evidence import Evidence
from scanner.model.observation import Observation

_MOST_STATEMENTS = 8
"""Different values of one attribute at one port; more is a gateway or a joke, and the first are enough."""
_MOST_HEARD = 32
"""Replies by which it is noticed that a host repeats itself."""
_MOST_PORTS = 32
"""Ports at which one attribute is stated."""


@dataclass(slots=True)
class HostState:
    """The sum of the replies of one host; bounded, however much it says."""

    host: str
    crossing: Crossing = field(default_factory=Crossing)
    behind: Behind = field(default_factory=Behind)
    answers: Answers = field(default_factory=Answers)
    last_seen: str = ""
    """Latest time of an observation, ISO 8601; empty = none has one."""
    _heard: set[tuple[int, int]] = field(default_factory=set)
    """Numbers of readings, and ports, of what it said so far."""
    _evidence: dict[tuple[str, int, str], Evidence] = field(default_factory=dict)
    _statements: dict[str, dict[int, list[Statement]]] = field(default_factory=dict)
    """By attribute and port."""

    def has_heard(self, reading: int, observation: Observation) -> bool:
        """Whether it said the same at the same port before, of which only the time is new."""
        self.last_seen = max(self.last_seen, observation.at)
        said = (reading, observation.port)
        if said in self._heard:
            return True
        if len(self._heard) < _MOST_HEARD:
            self._heard.add(said)
        return False

    def note(self, heard: Heard) -> None:
        """Keep what of one reply matters beside others."""
        self.crossing.note(heard.meaning.mark, heard.page, heard.origin)
        self.behind.note(heard.meaning.hint, heard.port)

    def keep(self, evidence: Iterable[Evidence]) -> None:
        """Keep new evidence; of more than can be kept the weakest goes."""
        for one in evidence:
            key = (one.signature, one.port, one.excerpt)
            known = self._evidence.get(key)
            if known is None or STRENGTHS[one.strength] > STRENGTHS[known.strength]:
                self._evidence[key] = one
        while len(self._evidence) > MAX_EVIDENCE:
            weakest = min(self._evidence, key=lambda key: STRENGTHS[self._evidence[key].strength])
            del self._evidence[weakest]

    def hear(self, said: Iterable[Statement], port: int = 0) -> None:
        """Keep what the device said of itself at a port."""
        for one in said:
            ports = self._statements.setdefault(one.attribute, {})
            known = ports.get(port)
            if known is None:
                if len(ports) >= _MOST_PORTS:
                    continue
                known = ports[port] = []
            if len(known) < _MOST_STATEMENTS and one not in known:
                known.append(one)

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """Everything found so far, in the order of its coming, with what the replies prove together."""
        return (*self._evidence.values(), *self.crossing.evidence())

    def cited(self) -> dict[str, list[Evidence]]:
        """Names of the observations that something kept here points to, each with its evidence so far."""
        found: dict[str, list[Evidence]] = {name: [] for name in self.crossing.origins()}
        for one in self._evidence.values():
            found.setdefault(one.observation, []).append(one)
        return found

    def stated(self, attribute: str) -> list[Statement]:
        """Statements of one attribute, the most believable first."""
        ports = self._statements.get(attribute)
        if not ports:
            return []
        said = (one for known in ports.values() for one in known)
        return sorted(dict.fromkeys(said), key=lambda one: -one.rank)

    def stated_at(self, attribute: str) -> Mapping[int, Sequence[Statement]]:
        """Statements of one attribute by the port at which they were made."""
        return self._statements.get(attribute, {})

    @property
    def ports(self) -> frozenset[int]:
        """Ports at which something was found or stated."""
        stated = (port for ports in self._statements.values() for port in ports)
        return frozenset((*stated, *(port for _, port, _ in self._evidence), *self.crossing.ports))

    def part(self, ports: Collection[int], *, main: bool) -> HostState:
        """What of this was found at some ports.

        Args:
            ports: the ports.
            main: whether it is the device that holds the address; what cannot be told by port is its.
        """
        return HostState(
            host=self.host,
            crossing=self.crossing.part(ports),
            behind=self.behind if main else Behind(),
            last_seen=self.last_seen,
            _evidence={key: one for key, one in self._evidence.items() if key[1] in ports},
            _statements={
                attribute: {port: said for port, said in known.items() if port in ports}
                for attribute, known in self._statements.items()
            },
        )

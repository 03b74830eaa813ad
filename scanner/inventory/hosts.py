"""The hosts that a network is known to have: where fewer than half of them answer, a person has to say why.

A sweep that sees a whole network fall silent has seen either hundreds of devices removed in a day or nothing
at all, and cannot know which. So nothing counts from it until a person has said so, once a network.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, MutableMapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum

from scanner.inventory.chronicle import Cause, Chronicle
from scanner.inventory.cover import holds, lies_in
from scanner.inventory.words import EventKind, NetworkView, RunView
from scanner.scope import Network, group_key, group_network

REMOVED, OUTAGE = "removed", "outage"
"""What a person may answer when a network fell silent."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a person has to say of a network: were its hosts removed, or did the sensor fail?"""

    site: str
    prefix: str
    run: str
    """The first sweep in doubt."""
    at: datetime
    known: int
    answered: int
    """How many of these answered in the last sweep in doubt."""
    runs: tuple[str, ...]
    """Every sweep in doubt."""
    hosts: frozenset[str] = frozenset()
    """Who answered in the last of them."""
    methods: frozenset[str] = frozenset()
    """By what that one covered the network whole."""
    expected: frozenset[str] = frozenset()
    """The known hosts."""
    silent: frozenset[str] = frozenset()
    """Who of them did not answer in the last sweep in doubt."""

    def beside(self, part: str) -> Question | None:
        """What is left to ask when a part of the network is answered for; None: most of the rest answered."""
        expected = frozenset(one for one in self.expected if not lies_in(one, part))
        silent = self.silent & expected
        if 2 * len(silent) <= len(expected):
            return None
        known, answered = len(expected), len(expected) - len(silent)
        return replace(self, expected=expected, silent=silent, known=known, answered=answered)

    @property
    def subject(self) -> str:
        """What a decision on it names."""
        return f"{self.site} {self.prefix}"


@dataclass(frozen=True, slots=True)
class Sweep:
    """What a run covered of one network, in one piece or several."""

    prefix: str
    pieces: tuple[NetworkView, ...]
    """Those that were covered whole."""
    elsewhere: frozenset[str]
    """Known addresses whose device answered at another one."""
    inventory: frozenset[str]
    """Last addresses of devices in these pieces."""

    @property
    def answered(self) -> frozenset[str]:
        """Who answered."""
        return frozenset().union(*(piece.answered for piece in self.pieces))

    @property
    def methods(self) -> frozenset[str]:
        """By what all pieces were covered."""
        return frozenset.intersection(*(piece.covered for piece in self.pieces))

    def area(self, addresses: AbstractSet[str]) -> frozenset[str]:
        """Which of these addresses were covered."""
        prefixes = [piece.prefix for piece in self.pieces]
        if self.prefix in prefixes:
            return frozenset(addresses)
        return frozenset(one for one in addresses if any(lies_in(one, prefix) for prefix in prefixes))


def _touch(one: Network, other: Network) -> bool:
    return holds(one, other) or holds(other, one)


def neighbourhood(prefix: str) -> str:
    """The network whose hosts stand together: a prefix, or the /24 (IPv6: /112) that a smaller one is in.

    Exclusions cut what is swept into pieces, and a single host is no measure of whether a sensor hears.
    """
    network = ipaddress.ip_network(prefix)
    group = group_network(group_key(str(network.network_address)))
    return str(group) if network.prefixlen > group.prefixlen else prefix


@dataclass(frozen=True, slots=True)
class KnownHosts:
    """What is known of the hosts of one network."""

    last: frozenset[str] = frozenset()
    """Who answered in the last sweep that was believed."""
    before: frozenset[str] = frozenset()
    """Who answered in the one before."""
    methods: frozenset[str] = frozenset()
    """By what it was covered whole in the last sweep that was believed; empty: there was none."""
    question: Question | None = None

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts to expect: those of the last two sweeps, so that guests who come and go are none."""
        return self.last & self.before or self.last

    def doubts(self, sweep: Sweep) -> bool:
        """Whether fewer than half of the known hosts answered, of those that the sweep covered.

        Before any sweep covered the network, the devices of the inventory are all that is known, and what can
        be compared is how many hosts answered.
        """
        if not self.methods:
            return 2 * len(sweep.answered) < len(sweep.inventory)
        expected = self.hosts & sweep.area(self.hosts)
        return 2 * len(expected & (sweep.answered | sweep.elsewhere)) < len(expected)

    def whole(self, sweep: Sweep) -> bool:
        """Whether a sweep covered all the known hosts, by all the methods of the last one."""
        return self.methods <= sweep.methods and len(sweep.area(self.hosts)) == len(self.hosts)

    def believed(self, sweep: Sweep) -> KnownHosts:
        """After a sweep that is believed; hosts that it did not cover stay known."""
        last = sweep.answered | (self.last - sweep.area(self.last))
        return replace(self, last=last, before=self.last if self.methods else last, methods=sweep.methods)

    def asked(self, sweep: Sweep, run: RunView) -> KnownHosts:
        """After a sweep in doubt."""
        question = self.question or Question(run.site, sweep.prefix, run.run, run.at, 0, 0, ())
        known = self.hosts if self.methods else sweep.inventory
        return replace(
            self,
            question=replace(
                question,
                known=len(known),
                answered=len(known & (sweep.answered | sweep.elsewhere)),
                expected=known,
                silent=known - sweep.answered - sweep.elsewhere,
                runs=(*question.runs, run.run),
                hosts=sweep.answered,
                methods=sweep.methods,
            ),
        )

    def removed(self) -> KnownHosts:
        """After a person said that the hosts are gone: who answered in the last sweep is all there is."""
        if self.question is None:
            return self
        return KnownHosts(
            last=self.question.hosts,
            before=self.last or self.question.hosts,
            methods=self.question.methods,
        )

    def answered(self, part: str, said: str) -> KnownHosts:
        """After a person answered for a part of the network; of the rest the question stays, if it is one."""
        question = self.question
        if question is None:
            return self
        rest = question.beside(part)
        if said != REMOVED:
            return replace(self, question=rest)
        gone = {one for one in question.silent if lies_in(one, part)}
        if not self.methods:  # no sweep was believed yet: what the inventory knew is all there is
            there = question.expected - gone
            return KnownHosts(there, there, question.methods, rest)
        return replace(self, last=self.last - gone, before=self.before - gone, question=rest)

    def outage(self) -> KnownHosts:
        """After a person said that the sensor or the network had failed: the same hosts are expected."""
        return replace(self, question=None)


@dataclass(frozen=True, slots=True)
class Answered:
    """A network that a person answered for."""

    prefix: str
    part: str = ""
    """The part of it that was spoken of; empty: the whole."""
    settled: bool = True
    """Nothing is left to ask there."""


class Doubt(Enum):
    """What a sweep of a network is worth."""

    NONE = "believed"
    ENDED = "believed, and what was in doubt before is settled"
    RAISED = "in doubt"


@dataclass
class HostMemory:
    """What is known of all networks, by site and network; a store hands in what it kept."""

    known: MutableMapping[tuple[str, str], KnownHosts] = field(default_factory=dict)
    widest: MutableMapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    """By what a prefix was covered when it was covered last."""
    asked: set[tuple[str, str]] = field(default_factory=set)
    """Where a question is open."""


class HostBook:
    """What is known of the hosts of every network, and the questions that are open."""

    def __init__(self, chronicle: Chronicle, memory: HostMemory | None = None) -> None:
        memory = memory or HostMemory()
        self._chronicle = chronicle
        self._known, self._widest, self._asked = memory.known, memory.widest, memory.asked

    @property
    def questions(self) -> tuple[Question, ...]:
        """The open questions, by site and network."""
        return tuple(question for _, question in self._open())

    def _open(self) -> Iterator[tuple[tuple[str, str], Question]]:
        for key in sorted(self._asked):
            question = self._known[key].question
            if question is not None:
                yield key, question

    def _keep(self, key: tuple[str, str], known: KnownHosts) -> None:
        self._known[key] = known
        if known.question is None:
            self._asked.discard(key)
        else:
            self._asked.add(key)

    def doubts(self, run: RunView, sweep: Sweep) -> Doubt:
        """Take what a run says of a network; whether it is to be believed."""
        key = (run.site, sweep.prefix)
        known = self._known.get(key, KnownHosts())
        whole = known.whole(sweep)
        if not known.doubts(sweep):
            after = known.believed(sweep)
            if known.question is not None and whole:
                self._tell(
                    EventKind.ANSWERED, known.question, Cause(run.at, run=run.run), "the hosts answer again"
                )
                after = replace(after, question=None)
            self._keep(key, after)
            return Doubt.ENDED if whole else Doubt.NONE
        if whole:  # of a sweep by fewer methods, or of a part of the network, nobody is asked
            after = known.asked(sweep, run)
            self._keep(key, after)
            if known.question is None and (new := after.question) is not None:
                self._ask(new, Cause(run.at, run=run.run))
        return Doubt.RAISED

    def heard(self, run: RunView) -> RunView:
        """A run in which dark networks stand as covered, so that they can be doubted.

        Where nothing at all answers, the silence of a removed network and that of a cut line look the same.
        It never counts by itself; but whoever may say that the hosts are gone has to be asked first.
        """
        networks = tuple(self._lit(run.site, view) for view in run.networks)
        return replace(run, networks=networks)

    def _lit(self, site: str, view: NetworkView) -> NetworkView:
        if view.covered or view.answered or view.interrupted:
            return view
        known = self._known.get((site, neighbourhood(view.prefix)), KnownHosts())
        return replace(view, covered=known.methods)

    def answer(self, site: str, prefix: str, said: str, cause: Cause) -> tuple[Answered, ...] | str:
        """Take a person's answer for every network in a prefix; returns these, or why it does not fit.

        A prefix inside a network is answered for alone.
        """
        if said not in (REMOVED, OUTAGE):
            return f"the answer is {REMOVED} or {OUTAGE}"
        try:
            wanted = ipaddress.ip_network(prefix)
        except ValueError:
            return f"{prefix} is no network"
        asked = [
            (key, question)
            for key, question in self._open()
            if key[0] == site and _touch(wanted, ipaddress.ip_network(key[1]))
        ]
        found = tuple(self._answer(key, question, wanted, said, cause) for key, question in asked)
        return found or "there was no question about this network then"

    def _answer(
        self, key: tuple[str, str], question: Question, wanted: Network, said: str, cause: Cause
    ) -> Answered:
        known = self._known[key]
        if holds(wanted, ipaddress.ip_network(key[1])):
            self._keep(key, known.removed() if said == REMOVED else known.outage())
            self._tell(EventKind.ANSWERED, question, cause, said)
            return Answered(key[1])
        after = known.answered(str(wanted), said)
        self._keep(key, after)
        self._tell(EventKind.ANSWERED, question, cause, f"{said}, of {wanted}")
        if after.question is not None:
            self._ask(after.question, cause, "other known hosts")
        return Answered(key[1], str(wanted), after.question is None)

    def _ask(self, new: Question, cause: Cause, hosts: str = "known hosts") -> None:
        detail = f"{new.answered} of {new.known} {hosts} answered: removed, or an outage?"
        self._tell(EventKind.QUESTION, new, cause, detail)

    def _tell(self, kind: EventKind, question: Question, cause: Cause, detail: str) -> None:
        self._chronicle.tell(kind, question.subject, cause, detail)

    def note_regression(self, run: RunView, view: NetworkView) -> None:
        """Say when a network was covered by less than before."""
        key = (run.site, view.prefix)
        before = self._widest.get(key, frozenset())
        now = frozenset() if view.interrupted else view.covered
        if before - now:
            why = "the run was interrupted" if view.interrupted else "not covered whole"
            detail = f"{why} by {', '.join(sorted(before - now))}"
            self._chronicle.tell(
                EventKind.COVERAGE_REGRESSION, f"{run.site} {view.prefix}", Cause(run.at, run=run.run), detail
            )
        self._widest[key] = now or before

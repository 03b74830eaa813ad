"""The hosts that a network is known to have: where fewer than half of them answer, a person has to say why.

A sweep that sees a whole network fall silent has seen either hundreds of devices removed in a day or nothing
at all, and cannot know which. So nothing counts from it until a person has said so, once a network.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime

from scanner.inventory.chronicle import Cause, Chronicle
from scanner.inventory.words import EventKind, NetworkView, RunView

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

    @property
    def subject(self) -> str:
        """What a decision on it names."""
        return f"{self.site} {self.prefix}"


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

    def doubts(self, answered: AbstractSet[str], inventory: AbstractSet[str]) -> bool:
        """Whether fewer than half of the known hosts answered.

        Args:
            answered: the known addresses that answered, or whose device answered elsewhere, and any more.
            inventory: last addresses of devices there. Before any sweep covered the network whole they are
                all that is known, and what can be compared is how many hosts answered.
        """
        if not self.methods:
            return 2 * len(answered) < len(inventory)
        return 2 * len(self.hosts & answered) < len(self.hosts)

    def believed(self, view: NetworkView) -> KnownHosts:
        """After a sweep that is believed."""
        before = self.last if self.methods else view.answered
        return KnownHosts(last=view.answered, before=before, methods=view.covered)

    def asked(
        self, run: RunView, view: NetworkView, answered: AbstractSet[str], inventory: AbstractSet[str]
    ) -> KnownHosts:
        """After a sweep in doubt."""
        question = self.question or Question(run.site, view.prefix, run.run, run.at, 0, 0, ())
        known = self.hosts if self.methods else inventory
        return replace(
            self,
            question=replace(
                question,
                known=len(known),
                answered=len(known & answered),
                runs=(*question.runs, run.run),
                hosts=view.answered,
                methods=view.covered,
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

    def outage(self) -> KnownHosts:
        """After a person said that the sensor or the network had failed: the same hosts are expected."""
        return replace(self, question=None)


class HostBook:
    """What is known of the hosts of every network, and the questions that are open."""

    def __init__(self, chronicle: Chronicle) -> None:
        self._chronicle = chronicle
        self._known: dict[tuple[str, str], KnownHosts] = {}
        self._widest: dict[tuple[str, str], frozenset[str]] = {}

    @property
    def questions(self) -> tuple[Question, ...]:
        """The open questions, by site and network."""
        return tuple(known.question for _, known in sorted(self._known.items()) if known.question is not None)

    def doubts(
        self, run: RunView, view: NetworkView, answered: AbstractSet[str], inventory: AbstractSet[str]
    ) -> bool:
        """Take what a run says of a network that it covered whole; whether it is in doubt.

        Args:
            run: the run.
            view: what it says of the network.
            answered: addresses that answered, or whose device answered elsewhere.
            inventory: last addresses of devices there.
        """
        key = (run.site, view.prefix)
        known = self._known.get(key, KnownHosts())
        cause = Cause(run.at, run=run.run)
        if not known.doubts(answered, inventory):
            if known.question is not None:
                self._tell(EventKind.ANSWERED, known.question, cause, "the hosts answer again")
            self._known[key] = known.believed(view)
            return False
        if known.methods <= view.covered:  # a sweep by fewer methods may well hear fewer hosts: no question
            asked = known.asked(run, view, answered, inventory)
            self._known[key] = asked
            if known.question is None and (new := asked.question) is not None:
                detail = f"{new.answered} of {new.known} known hosts answered: removed, or an outage?"
                self._tell(EventKind.QUESTION, new, cause, detail)
        return True

    def answer(self, site: str, prefix: str, said: str, cause: Cause) -> str:
        """Take a person's answer; returns why it does not fit, empty if it does."""
        key = (site, prefix)
        known = self._known.get(key, KnownHosts())
        if known.question is None:
            return "there was no question about this network then"
        if said not in (REMOVED, OUTAGE):
            return f"the answer is {REMOVED} or {OUTAGE}"
        self._known[key] = known.removed() if said == REMOVED else known.outage()
        self._tell(EventKind.ANSWERED, known.question, cause, said)
        return ""

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

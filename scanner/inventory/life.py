"""The whole inventory over time: runs and decisions, told in the order of their own times, become states.

The result depends on what happened and never on when it arrived: `replay` orders by each run's own start and
each decision's own time, so that a rebuild, or the same journals in any order, give the same.
"""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from collections.abc import Iterable, Iterator, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from scanner.inventory import presence
from scanner.inventory.chronicle import Cause, Chronicle
from scanner.inventory.cover import Cover
from scanner.inventory.findings import FindingLife, Findings
from scanner.inventory.hosts import REMOVED, Doubt, HostBook, HostMemory, Question, Sweep, neighbourhood
from scanner.inventory.patience import patience_of
from scanner.inventory.presence import DeviceLife
from scanner.inventory.transitions import Patience
from scanner.inventory.words import Decision, Event, EventKind, NetworkView, Presence, RunView, Transition

_FOLLOWED = (Presence.NEW, Presence.PRESENT, Presence.MISSING, Presence.REMOVED_UNVERIFIED)
_THERE = (Presence.NEW, Presence.PRESENT)
_VERIFIABLE = (Presence.MISSING, Presence.REMOVED_UNVERIFIED)


class Roster(Protocol):
    """The devices by their ids, and those of a site."""

    def get(self, key: str, default: None = None, /) -> DeviceLife | None:
        """A device; None: there is none of this id."""

    def __getitem__(self, key: str, /) -> DeviceLife: ...

    def __contains__(self, key: object, /) -> bool: ...

    def __setitem__(self, key: str, value: DeviceLife, /) -> None: ...

    def of_site(self, site: str) -> Iterable[DeviceLife]:
        """The devices that were seen last at a site."""

    def moved(self, life: DeviceLife, before: str) -> None:
        """A device is at another site than before."""


class Everybody(dict[str, DeviceLife]):
    """All devices in memory."""

    def of_site(self, site: str) -> Iterable[DeviceLife]:
        """The devices that were seen last at a site."""
        return [life for life in self.values() if life.site == site]

    def moved(self, life: DeviceLife, before: str) -> None:
        """A device is at another site than before."""


@dataclass
class Standing:
    """How everything stands after what was told; a store hands in what it kept."""

    devices: Roster = field(default_factory=Everybody)
    findings: MutableMapping[str, dict[str, FindingLife]] = field(default_factory=dict)
    waived: dict[str, str] = field(default_factory=dict)
    """The findings that are waived, with the last day of each waiver."""
    hosts: HostMemory = field(default_factory=HostMemory)
    in_doubt: MutableMapping[tuple[str, str], set[str]] = field(default_factory=dict)
    """The devices of which something hangs on an answer, by site and network."""


class Lives:
    """Devices, findings and questions, advanced one run or decision at a time.

    Args:
        patience: the numbers of the rules, until a decision says others.
        standing: where to go on from.
    """

    def __init__(self, patience: Patience | None = None, standing: Standing | None = None) -> None:
        standing = standing or Standing()
        self._chronicle = Chronicle(patience or Patience())
        self._hosts = HostBook(self._chronicle, standing.hosts)
        self._last: tuple[datetime, int, str] | None = None
        self._in_doubt = standing.in_doubt
        self.devices = standing.devices
        self.findings = Findings(self._chronicle, standing.findings, standing.waived)

    @property
    def transitions(self) -> list[Transition]:
        """Every change of state so far."""
        return self._chronicle.transitions

    @property
    def events(self) -> list[Event]:
        """Everything else that happened so far."""
        return self._chronicle.events

    @property
    def questions(self) -> tuple[Question, ...]:
        """What persons have to say of networks that fell silent, one question a network."""
        return self._hosts.questions

    def advance(self, step: RunView | Decision) -> None:
        """Take the next run or decision.

        Raises:
            ValueError: it is earlier than the one before.
        """
        place = order(step)
        if self._last is not None and place < self._last:
            raise ValueError(f"{place[2]} is told after {self._last[2]}, which is later")
        self._last = place
        self.until(step.at)
        if isinstance(step, RunView):
            self._run(step)
        else:
            self._decided(step)

    def until(self, at: datetime) -> None:
        """Let time pass: a waiver whose last day is over ends, though nothing else happens."""
        self.findings.expire(at)

    # A run.

    def _run(self, run: RunView) -> None:
        for view in run.networks:
            self._hosts.note_regression(run, view)
        run = self._hosts.heard(run)
        cover = Cover(run)
        cause = Cause(run.at, run=run.run)
        cleared = {device for device in run.cleared if device in self.devices}
        seen = {one.device for one in run.seen} | cleared
        doubted = self._networks(run, cover, seen)
        for one in run.seen:
            life = self.devices.get(one.device)
            if life is None:
                first = one.heard or run.at
                life = self.devices[one.device] = DeviceLife(one.device, run.site, first, first)
            before = life.site
            if presence.see(life, one, run, cover, self._chronicle):
                self.findings.seen(one.device, one.measures, run.judged, cause)
            if life.site != before:
                self.devices.moved(life, before)
        for device in sorted(cleared):
            presence.clear(self.devices[device], run, self._chronicle)
            self.findings.cleared(device, cause)
        for life in self.devices.of_site(run.site):
            device = life.subject
            if device not in seen and life.state in _FOLLOWED:
                for network in presence.miss(life, run, cover, doubted, self._chronicle):
                    self._in_doubt.setdefault((run.site, network), set()).add(device)
                if life.state in _VERIFIABLE and presence.port_taken(life, run, self._chronicle):
                    self.findings.removed(device, cause, self.transitions[-1].evidence)

    def _networks(self, run: RunView, cover: Cover, seen: set[str]) -> dict[str, str]:
        """Take what a run says of networks; returns pieces of those in doubt, with the network of each."""
        there: defaultdict[str, list[tuple[str, DeviceLife]]] = defaultdict(list)
        for life in self.devices.of_site(run.site):
            for address in life.addresses:
                if view := cover.view_of(address):
                    there[view.prefix].append((address, life))
        pieces: defaultdict[str, list[NetworkView]] = defaultdict(list)
        for view in run.networks:
            if view.covered and not view.interrupted:
                pieces[neighbourhood(view.prefix)].append(view)
        doubted: dict[str, str] = {}
        for name, views in pieces.items():
            lives = [pair for view in views for pair in there[view.prefix]]
            elsewhere = frozenset(address for address, life in lives if life.subject in seen)
            inventory = frozenset(address for address, life in lives if life.state in _THERE)
            doubt = self._hosts.doubts(run, Sweep(name, tuple(views), elsewhere, inventory))
            if doubt is Doubt.RAISED:
                doubted |= {view.prefix: name for view in views}
            elif doubt is Doubt.ENDED:
                self._doubt_ended(run.site, name, Cause(run.at, run=run.run), removed=False)
        return doubted

    def _doubt_ended(self, site: str, prefix: str, cause: Cause, *, removed: bool, part: str = "") -> None:
        waiting = self._in_doubt.pop((site, prefix), set())
        if part:  # of the others nothing was said
            others = {one for one in waiting if not presence.lies_within(self.devices[one], prefix, part)}
            waiting = waiting - others
            if others:
                self._in_doubt[site, prefix] = others
        for device in sorted(waiting):
            life = self.devices[device]
            if life.site == site:
                presence.doubt_ended(life, prefix, cause, self._chronicle, removed=removed)

    # A decision.

    def _decided(self, decision: Decision) -> None:
        why = ""
        match decision.kind:
            case "waive":
                why = self.findings.waive(decision)
            case "verify-removed":
                why = self._verify(decision)
            case "confirm":
                why = self._confirm(decision)
            case "retire":
                why = self._retire(decision)
            case "patience":
                why = self._wait(decision)
        if why:
            cause = Cause(decision.at, decision=decision.id)
            self._chronicle.tell(EventKind.NO_EFFECT, decision.subject, cause, why)

    def _wait(self, decision: Decision) -> str:
        said = patience_of(decision.data)
        if isinstance(said, str):
            return said
        self._chronicle.wait(said)
        return ""

    def _verify(self, decision: Decision) -> str:
        life = self.devices.get(decision.subject)
        if life is None:
            return "there was no such device then"
        cause = Cause(decision.at, decision=decision.id)
        why = presence.stated(life, decision.data, cause, self._chronicle)
        if not why:
            self.findings.removed(life.subject, cause, (decision.id,))
        return why

    def _confirm(self, decision: Decision) -> str:
        site, _, prefix = decision.subject.rpartition(" ")
        cause = Cause(decision.at, decision=decision.id)
        said = str(decision.data.get("answer", ""))
        answered = self._hosts.answer(site, prefix, said, cause)
        if isinstance(answered, str):
            return answered
        for one in answered:
            self._doubt_ended(site, one.prefix, cause, removed=said == REMOVED, part=one.part)
            if one.part and one.settled:  # most of the others answered
                self._doubt_ended(site, one.prefix, cause, removed=False)
        return ""

    def _retire(self, decision: Decision) -> str:
        site, _, prefix = decision.subject.rpartition(" ")
        try:
            ipaddress.ip_network(prefix)
        except ValueError:
            return f"{prefix} is no network"
        cause = Cause(decision.at, decision=decision.id)
        lives = [life for life in self.devices.of_site(site) if presence.lived_in(life, site, prefix)]
        closed = [self.findings.retired(life.subject, cause) for life in lives]
        return "" if any(closed) else "no open finding had its device there then"


def order(step: RunView | Decision) -> tuple[datetime, int, str]:
    """What runs and decisions are told by: their own time, runs before decisions, then their names."""
    return (step.at, 0, step.run) if isinstance(step, RunView) else (step.at, 1, step.id)


def in_order(steps: Iterable[RunView | Decision]) -> Iterator[RunView | Decision]:
    """Each run and decision once, in the order in which they happened, whenever they arrived."""
    once = {order(step): step for step in steps}
    return (once[place] for place in sorted(once))


def replay(
    steps: Iterable[RunView | Decision], until: datetime | None = None, patience: Patience | None = None
) -> Lives:
    """Tell runs and decisions from the beginning.

    Args:
        steps: in any order; one that is given twice counts once.
        until: leave out what is later, and let waivers end that are over by then.
        patience: the numbers of the rules.
    """
    lives = Lives(patience)
    for step in in_order(step for step in steps if until is None or step.at <= until):
        lives.advance(step)
    if until is not None:
        lives.until(until)
    return lives

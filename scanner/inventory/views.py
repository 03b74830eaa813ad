"""The views: what all runs and decisions of a store add up to, computed anew and written at once.

Nothing here depends on when a run arrived: runs and decisions are told in the order of their own time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from scanner.inventory.aliases import Aliases
from scanner.inventory.decisions import time_of, time_text
from scanner.inventory.derive import Derived, Found
from scanner.inventory.devices import NOBODY, Joiner, Told, barred_names, wanted_merges
from scanner.inventory.findings import FindingLife
from scanner.inventory.intervals import Intervals
from scanner.inventory.life import Lives, order
from scanner.inventory.tables import to_text
from scanner.inventory.words import Decision, Event, EventKind, NetworkView, RunView, Seen, Transition
from scanner.scope import group_key


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A run of the store, and what it amounts to by itself."""

    id: str
    site: str
    started: str
    derived: Derived

    @property
    def at(self) -> datetime:
        """When it started."""
        return time_of(self.started)


class Story:
    """Everything that a store holds, told from the beginning.

    Args:
        runs: can be gone through several times; in the order of their own time.
        decisions: in the order of theirs.
    """

    def __init__(self, runs: Iterable[StoredRun], decisions: Sequence[Decision]) -> None:
        self._runs = runs
        self._decisions = decisions
        self._joiner = Joiner(barred_names((run.derived for run in runs), decisions))
        self._told: dict[str, Told] = {}
        self._last: dict[int, Seen] = {}
        self._first: dict[int, tuple[str, str]] = {}
        self._here: dict[tuple[str, str], int] = {}
        self.aliases = Aliases(self._joiner)
        self.intervals = Intervals()
        self.appearances: list[dict[str, str]] = []
        self.networks: list[dict[str, Any]] = []
        self.lives = Lives()
        self._join()
        self._live()

    def _join(self) -> None:
        for run in self._runs:
            self._told[run.id] = self._joiner.tell(run.id, run.site, run.at, run.derived.found)
        self._note_aliases()
        merges = [
            (one, other, said)
            for said in wanted_merges(self._decisions)
            if (one := self.aliases.device(said.subject, said.data)) is not None
            and (other := self.aliases.device(str(said.data.get("with", "")))) is not None
        ]
        for one, other, said in merges:
            self._joiner.merge(one, other, said)
        if merges:
            self.aliases = Aliases(self._joiner)
            self._note_aliases()

    def _note_aliases(self) -> None:
        for run in self._runs:
            self.aliases.note(self._told[run.id], run.started, run.derived.found)

    def _live(self) -> None:
        waiting = [self.aliases.resolved(said) for said in self._decisions]
        place = 0
        for run in self._runs:
            view = self._view(run)
            while place < len(waiting) and order(waiting[place]) < order(view):
                self.lives.advance(waiting[place])
                place += 1
            self.lives.advance(view)
        for said in waiting[place:]:
            self.lives.advance(said)

    def id_of(self, number: int) -> str:
        """The id of a device."""
        return self._joiner.things[self._joiner.root(number)].id

    def _view(self, run: StoredRun) -> RunView:
        """A run as the rules of presence see it; notes on the way who appeared where."""
        numbers = [
            number if number == NOBODY else self._joiner.root(number) for number in self._told[run.id].numbers
        ]
        found = run.derived.found
        seen = self._seen(run, numbers)
        cleared = {
            number
            for number, one in zip(numbers, found, strict=True)
            if number != NOBODY and one.maker == "other" and number in self._last and number not in seen
        }
        others = {
            address
            for number, one in zip(numbers, found, strict=True)
            if number == NOBODY
            for address in one.addresses
            if self._is_another(one, run.site, address)
        } - {address for one in seen.values() for address in one.addresses}
        networks = tuple(_with_others(run.derived.networks, others))
        walked = {group_key(network.prefix.partition("/")[0]) for network in networks}
        for number, one in seen.items():
            self._last[number] = one
            self._first.setdefault(number, (run.started, run.id))
            self._here.update(dict.fromkeys(((run.site, address) for address in one.addresses), number))
            self.intervals.see(one.device, run.site, one.addresses, (run.started, run.id), walked)
        self._note_networks(run, networks)
        return RunView(
            run=run.id,
            site=run.site,
            at=run.at,
            networks=networks,
            seen=tuple(seen.values()),
            judged=run.derived.judged,
            cleared=frozenset(self.id_of(number) for number in cleared),
            sightings=run.derived.sightings,
        )

    def _is_another(self, one: Found, site: str, address: str) -> bool:
        """Whether what answers there is beyond doubt not the device that was seen there last."""
        holder = self._here.get((site, address))
        if holder is None or one.maker == "other":
            return True
        known = {name.rung for name in self._joiner.things[holder].names}
        return any(name.rung in known for name in one.names)

    def _seen(self, run: StoredRun, numbers: Sequence[int]) -> dict[int, Seen]:
        seen: dict[int, Seen] = {}
        for number, one in zip(numbers, run.derived.found, strict=True):
            if number == NOBODY or not (one.ours or (one.maker == "unknown" and number in self._last)):
                continue
            mine = self._as_seen(number, one)
            seen[number] = _together(seen[number], mine) if number in seen else mine
            for address in one.addresses or ("",):
                row = {"run": run.id, "device": mine.device, "address": address, "called": one.called}
                self.appearances.append(row)
        return seen

    def _as_seen(self, number: int, one: Found) -> Seen:
        if one.ours:
            return Seen(
                self.id_of(number),
                one.names,
                one.addresses,
                one.methods,
                one.fields or {},
                one.measures,
                _moment(one.heard),
            )
        # It answers by one of its names, and did not say enough this time to tell its maker.
        return replace(self._last[number], addresses=one.addresses, heard=_moment(one.heard))

    def _note_networks(self, run: StoredRun, networks: Iterable[NetworkView]) -> None:
        self.networks += [
            {
                "run": run.id,
                "prefix": network.prefix,
                "site": run.site,
                "at": run.started,
                "covered": to_text(sorted(network.covered)),
                "answered": to_text(sorted(network.answered)),
                "others": to_text(sorted(network.others)),
                "interrupted": int(network.interrupted),
            }
            for network in networks
        ]

    def devices(self) -> Iterator[dict[str, str]]:
        """A row for each device."""
        for number, last in self._last.items():
            life = self.lives.devices[last.device]
            thing = self._joiner.things[number]
            first_at, first_run = self._first[number]
            yield {
                "id": last.device,
                "site": life.site,
                "presence": life.state,
                "since": time_text(life.since),
                "first_run": first_run,
                "first_at": first_at,
                "last_run": life.last_run,
                "last_at": time_text(life.last_seen),
                "addresses": to_text(list(life.addresses)),
                "names": to_text([str(name) for name in thing.names]),
                "fields": to_text(dict(last.fields)),
            }

    def findings(self) -> Iterator[dict[str, Any]]:
        """A row for each finding."""
        yield from map(finding_row, self.lives.findings.all())

    def events(self) -> list[Event]:
        """Everything that happened without a change of state by itself, in order."""
        joined = [
            Event(EventKind.MERGED, self.id_of(one.one), one.at, one.run, one.decision, one.reason)
            for one in self._joiner.merges
        ]
        split = [
            Event(EventKind.SPLIT, said.subject, said.at, "", said.id, f"{said.by} says so")
            for said in map(self.aliases.resolved, self._decisions)
            if said.kind == "split"
        ]
        return sorted(
            [*self.lives.events, *joined, *split], key=lambda one: (one.at, one.run, one.subject, one.kind)
        )


def _together(one: Seen, other: Seen) -> Seen:
    """One device that a run took for two."""
    return Seen(
        one.device,
        tuple(dict.fromkeys((*one.names, *other.names))),
        tuple(dict.fromkeys((*one.addresses, *other.addresses))),
        one.methods | other.methods,
        {**other.fields, **one.fields},
        one.measures | other.measures,
        max(one.heard, other.heard) if one.heard and other.heard else None,
    )


def _moment(text: str) -> datetime | None:
    """When a file says; None where it says no moment."""
    try:
        return time_of(text) if text else None
    except ValueError:
        return None


def _with_others(networks: Iterable[NetworkView], others: Iterable[str]) -> Iterator[NetworkView]:
    groups: defaultdict[tuple[int, int], set[str]] = defaultdict(set)
    for address in others:
        groups[group_key(address)].add(address)
    for network in networks:
        there = groups.get(group_key(network.prefix.partition("/")[0]))
        yield replace(network, others=network.answered & there) if there else network


def finding_row(one: FindingLife) -> dict[str, Any]:
    """A finding as the store keeps it."""
    return {
        "id": one.subject,
        "device": one.device,
        "measure": one.measure,
        "state": str(one.state),
        "since": time_text(one.since),
        "until": one.waived_until.isoformat() if one.waived_until else None,
        "data": to_text({"waiver": one.waiver, "opened": time_text(one.opened) if one.opened else ""}),
    }


def transition_row(place: int, one: Transition) -> dict[str, Any]:
    """A change of state as the store keeps it."""
    return {
        "place": place,
        "subject": one.subject,
        "before": str(one.before),
        "after": str(one.after),
        "trigger": str(one.trigger),
        "needs": one.needs,
        "run": one.run,
        "decision": one.decision,
        "at": time_text(one.at),
        "evidence": to_text(list(one.evidence)),
    }


def event_row(place: int, one: Event) -> dict[str, Any]:
    """Something that happened as the store keeps it."""
    return {
        "place": place,
        "kind": str(one.kind),
        "subject": one.subject,
        "at": time_text(one.at),
        "run": one.run,
        "decision": one.decision,
        "detail": one.detail,
    }


def rows_of(story: Story) -> Mapping[str, list[dict[str, Any]]]:
    """The rows of every view but `derived`, by the name of its table."""
    transitions = [transition_row(place, one) for place, one in enumerate(story.lives.transitions)]
    events = [event_row(place, one) for place, one in enumerate(story.events())]
    aliases = {
        (alias, story.id_of(root)): at for alias, root, at in sorted(story.aliases.rows(), reverse=True)
    }
    appearances = {(one["run"], one["device"], one["address"]): one for one in story.appearances}
    intervals = {(one.device, one.site, one.address, one.first_at): one for one in story.intervals.all()}
    return {
        "device": list(story.devices()),
        "alias": [
            {"alias": alias, "device": device, "since": at} for (alias, device), at in sorted(aliases.items())
        ],
        "appearance": list(appearances.values()),
        "network_run": story.networks,
        "address_interval": [
            {
                "device": one.device,
                "site": one.site,
                "address": one.address,
                "first_at": one.first_at,
                "first_run": one.first_run,
                "last_at": one.last_at,
                "last_run": one.last_run,
            }
            for one in intervals.values()
        ],
        "finding": list(story.findings()),
        "transition": transitions,
        "event": events,
    }

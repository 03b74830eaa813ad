"""What is to be done in a tracker, and why: worked out from the inventory and what the tracker holds.

Nothing is asked and nothing is written here. The same inventory and the same tickets give the same plan, in a
store that was made yesterday too: what was done before is read from the tickets themselves.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from scanner.inventory.words import FindingState, Presence
from scanner.tickets.groups import groups_of
from scanner.tickets.keys import duplicate_mark, fits, mark_of, version_of
from scanner.tickets.memo import CLOSED, REOPENED, SAID
from scanner.tickets.policy import Again, TicketPolicy
from scanner.tickets.stand import Stand, last_change, opened_again, stand_of, version_parts, wanted
from scanner.tickets.words import WRITES, Act, Change, Group, Grouping, Item, Step, Ticket

_AWAY = (Presence.MISSING, Presence.REMOVED_UNVERIFIED, Presence.STALE)


UNLINKED = ""
"""In place of a ticket: a person says that none of those that fit by an address is meant."""


@dataclass(frozen=True, slots=True)
class Known:
    """What this store remembers of a tracker; a new store remembers nothing, and plans the same writes."""

    linked: Mapping[str, str] = field(default_factory=dict)
    """Ticket by key: linked by a person, or made by this store."""
    made: Mapping[str, str] = field(default_factory=dict)
    """Key by ticket: made by this store; one that the tracker no longer has was deleted."""
    closed_since: Mapping[str, str] = field(default_factory=dict)
    """When this store first saw a ticket closed."""
    doubtful: frozenset[str] = frozenset()
    """Keys of tickets of which it is not known yet whether they were made."""
    said: frozenset[str] = frozenset()
    """Marks of comments that are known to be written."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps in the order in which they are done."""

    steps: tuple[Step, ...]

    @property
    def counts(self) -> Counter[Act]:
        """How many of each."""
        return Counter(step.act for step in self.steps)

    @property
    def writes(self) -> tuple[Step, ...]:
        """What changes something in the tracker."""
        return tuple(step for step in self.steps if step.act in WRITES)

    def needs_word(self, policy: TicketPolicy) -> str:
        """Why a person has to confirm it; empty if nobody has to."""
        counts = self.counts
        closes = counts[Act.CLOSE] + counts[Act.DUPLICATE]
        if counts[Act.CREATE] > policy.most_creates:
            return f"{counts[Act.CREATE]} tickets would be created (more than {policy.most_creates})"
        if closes > policy.most_closes:
            return f"{closes} tickets would be closed (more than {policy.most_closes})"
        return ""


def make_plan(
    items: Sequence[Item], tickets: Iterable[Ticket], policy: TicketPolicy, known: Known | None = None
) -> Plan:
    """Work out what is to be done.

    Args:
        items: every device that has findings, whatever their state.
        tickets: every ticket of ours that the tracker holds, open or closed.
        policy: what the organisation wants.
        known: what this store remembers.
    """
    planner = _Planner(tuple(items), tuple(tickets), policy, known or Known())
    order = {act: place for place, act in enumerate(Act)}
    steps = sorted(planner.steps(), key=lambda step: order[step.act])  # stable: in the order of the inventory
    return Plan(tuple(steps))


class _Planner:
    def __init__(
        self, items: tuple[Item, ...], tickets: tuple[Ticket, ...], policy: TicketPolicy, known: Known
    ) -> None:
        self._items, self._policy, self._known = items, policy, known
        self._tickets = {one.id: one for one in sorted(tickets, key=lambda one: one.number)}
        self._by_key: defaultdict[str, list[Ticket]] = defaultdict(list)
        for ticket in self._tickets.values():
            for key in ticket.keys:
                self._by_key[key].append(ticket)
        self._covered: set[tuple[str, str]] = set()
        """Devices and measures that an open ticket is about."""

    def steps(self) -> Iterator[Step]:
        """All steps, by group."""
        later: list[tuple[Group, list[Ticket]]] = []
        for grouping in Grouping:
            for group in groups_of(self._items, grouping):
                sure, maybe = self._matches(group)
                if open_ones := [one for one in sure if one.open]:
                    yield from self._followed(group, open_ones)
                elif maybe:
                    yield from self._maybe(group, maybe)
                elif grouping is self._policy.grouping:
                    later.append((group, sure))
        for group, closed in later:
            yield from self._without_open(group, closed)

    def _matches(self, group: Group) -> tuple[list[Ticket], list[Ticket]]:
        """The tickets of a group by a sure key or a link, and those that fit by an address alone."""
        sure: dict[str, Ticket] = {}
        maybe: dict[str, Ticket] = {}
        none_fits = False
        for key in group.keys:
            linked = self._known.linked.get(key.text)
            if linked is not None and linked in self._tickets:
                sure[linked] = self._tickets[linked]
            none_fits = none_fits or linked == UNLINKED
            for ticket in self._by_key.get(key.text, ()):
                (sure if key.sure else maybe)[ticket.id] = ticket
        names = [key.text for key in group.keys]
        kept = [] if none_fits else [one for one in maybe.values() if one.id not in sure]
        kept = [one for one in kept if fits(one.keys, names)]
        return sorted(sure.values(), key=lambda one: one.number), kept

    # A group with open tickets.

    def _followed(self, group: Group, tickets: list[Ticket]) -> Iterator[Step]:
        self._cover(group)
        stays, *others = tickets
        for other in others:
            yield Step(
                Act.DUPLICATE, group, other, f"about the same as {stays.id}, which is older and stays",
                note="duplicate", other=stays.id, mark=duplicate_mark(other.id, stays.id),
            )  # fmt: skip
        stand = stand_of(group)
        steps = [*self._settled(group, stays, stand), *self._told(group, stays, stand)]
        if any(step.act is Act.CLOSE and step.mark in stays.marks for step in steps):
            steps = [Step(Act.LISTED, group, stays, "we closed it, and a person opened it again")]
        closes = any(step.act is Act.CLOSE for step in steps)
        if not closes and stays.version != version_of(version_parts(group)):
            missing = [key for key in group.keys if key.sure and key.text not in stays.keys]
            why = "it can be named by more than before" if missing else "what is known of it has changed"
            steps.insert(0, Step(Act.UPDATE, group, stays, why))
        yield from steps or [Step(Act.NOTHING, group, stays, "up to date")]

    def _settled(self, group: Group, ticket: Ticket, stand: Stand) -> Iterator[Step]:
        """What ends a ticket."""
        if stand is Stand.DONE:
            change = last_change(group, FindingState.CLOSED, FindingState.DECLARED)
            declared = change is not None and change.after == FindingState.DECLARED
            why = "its network is declared out of service" if declared else "its removal is verified"
            yield self._said(
                Act.CLOSE, group, ticket, why, "declared" if declared else "removed", change, CLOSED
            )
        elif stand is Stand.RETRACTED:
            change = last_change(group, FindingState.RETRACTED)
            why = "by what is known today it is no such equipment, or no measure reaches it"
            if self._policy.close_retracted:
                yield self._said(Act.CLOSE, group, ticket, why, "retracted", change, CLOSED)
            else:
                yield from self._once(group, ticket, why, "retracted", change)

    def _told(self, group: Group, ticket: Ticket, stand: Stand) -> Iterator[Step]:
        """What a ticket that stays open is told."""
        if stand is Stand.WAIVED:
            change = last_change(group, FindingState.WAIVED)
            yield from self._once(group, ticket, "waived until a day", "waived", change)
        if stand not in (Stand.OPEN, Stand.WAIVED):
            return
        for item in group.items:
            if item.presence in _AWAY:
                why = f"{item.called} is {item.presence}"
                yield from self._once(group, ticket, why, str(item.presence), item.change, item)
            elif item.change is not None and item.change.trigger == "reappeared":
                if self._was_reopened(group, ticket, item.change.cause):
                    continue
                why = f"{item.called} is there again"
                yield from self._once(group, ticket, why, "reappeared", item.change, item)

    @staticmethod
    def _was_reopened(group: Group, ticket: Ticket, cause: str) -> bool:
        """Whether the ticket was opened again for the same reason, and so has been told."""
        changes = [one.change for one in group.obligations if one.change and one.change.cause == cause]
        return any(not ticket.marks.isdisjoint(mark_of(group, one, REOPENED)) for one in changes)

    def _once(
        self,
        group: Group,
        ticket: Ticket,
        why: str,
        note: str,
        change: Change | None,
        item: Item | None = None,
    ) -> Iterator[Step]:
        about = group if item is None else replace(group, items=(item,))
        step = self._said(Act.COMMENT, about, ticket, why, note, change, SAID)
        if step.mark and not self._was_said(about, ticket, change):
            yield step

    def _was_said(self, group: Group, ticket: Ticket, change: Change | None) -> bool:
        marks = mark_of(group, change) if change else ()
        return any(
            mark in ticket.said or mark in ticket.marks or f"{ticket.id} {mark}" in self._known.said
            for mark in marks
        )

    @staticmethod
    def _said(
        act: Act, group: Group, ticket: Ticket, why: str, note: str, change: Change | None, kind: str
    ) -> Step:
        mark = mark_of(group, change, kind)[0] if change else ""
        return Step(act, group, ticket, why, mark=mark, note=note, change=change)

    def _cover(self, group: Group) -> None:
        for item in group.items:
            self._covered.update((item.device, one.measure) for one in item.obligations)

    def _maybe(self, group: Group, tickets: Collection[Ticket]) -> Iterator[Step]:
        """A ticket that has an address in common: it may be about this device, or about one before it."""
        if not any(one.open for one in tickets) and stand_of(group) is not Stand.OPEN:
            return
        self._cover(group)
        ticket = next((one for one in tickets if one.open), next(iter(tickets)))
        why = f"the address alone fits; say 'hiksweep tickets link FINDING {ticket.id}', or link another"
        yield Step(Act.MAYBE, group, ticket, why)

    # A group without an open ticket.

    def _without_open(self, group: Group, closed: list[Ticket]) -> Iterator[Step]:
        rest = self._uncovered(group)
        if not rest.items:
            return
        if any(key.text in self._known.doubtful for key in group.keys):
            yield Step(Act.LISTED, rest, None, "it is not known yet whether its ticket was made")
        elif closed:
            yield from self._closed_before(rest, closed[-1])
        elif deleted := self._deleted(group):
            yield Step(
                Act.LISTED, rest, None, f"its ticket {deleted} was deleted in the tracker; not made anew"
            )
        elif any(wanted(item, self._policy) for item in rest.items):
            yield Step(Act.CREATE, rest, None, "no ticket is about it")

    def _uncovered(self, group: Group) -> Group:
        """What of a group no open ticket of another grouping is about."""
        items = []
        for item in group.items:
            left = tuple(one for one in item.obligations if (item.device, one.measure) not in self._covered)
            if left:
                items.append(item if len(left) == len(item.obligations) else replace(item, obligations=left))
        return replace(group, items=tuple(items))

    def _deleted(self, group: Group) -> str:
        names = {key.text for key in group.keys}
        return next(
            (name for name, key in self._known.made.items() if key in names and name not in self._tickets), ""
        )

    def _closed_before(self, group: Group, ticket: Ticket) -> Iterator[Step]:
        """The device of a closed ticket: there again, still there, or gone."""
        if stand_of(group) is not Stand.OPEN:
            yield Step(Act.NOTHING, group, ticket, "closed, and nothing of it is open")
            return
        again = opened_again(group)
        by_us = any(mark.startswith(f"hsm{CLOSED}-") for mark in ticket.marks)
        since = self._known.closed_since.get(ticket.id, "")
        if again is not None and (by_us or (since and again.at > since)):
            why = "its waiver ended" if again.trigger == "waiver-ended" else "it is there again"
            yield self._said(Act.REOPEN, group, ticket, why, "reopened", again, REOPENED)
        else:
            yield from self._closed_by_person(group, ticket, since)

    def _closed_by_person(self, group: Group, ticket: Ticket, since: str) -> Iterator[Step]:
        latest = max(group.items, key=lambda item: item.last_at)
        if not since or latest.last_at <= since:
            yield Step(
                Act.LISTED, group, ticket, "a person closed it; no run that began since saw the device"
            )
            return
        change = Change(
            "open", "closed-by-person", latest.last_run, latest.last_at, "a run saw it after that"
        )
        was = any(mark.startswith(f"hsm{REOPENED}-") for mark in ticket.marks)
        if was or self._policy.closed_by_person is Again.LIST:
            often = "a person closed it again" if was else "a person closed it"
            yield Step(Act.LISTED, group, ticket, f"{often}, and {latest.called} is still there")
        elif self._policy.closed_by_person is Again.COMMENT:
            once = replace(change, cause="closed", at=since)
            yield from self._once(
                group, ticket, "a person closed it, and it is still there", "still-there", once
            )
        else:
            why = "a person closed it, and a run that began later saw it"
            yield self._said(Act.REOPEN, group, ticket, why, "still-there", change, REOPENED)

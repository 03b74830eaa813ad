"""A tracker and the inventory side by side: what is to be done, and doing it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from scanner.inventory import standing
from scanner.inventory.decisions import decisions
from scanner.inventory.engine import Store
from scanner.inventory.leases import Holder, Lease
from scanner.inventory.outbox import Entry, Outbox
from scanner.knowledge import Knowledge
from scanner.model.errors import Locked
from scanner.policy.tenure import Tenure
from scanner.scope import AddressRange
from scanner.tickets.apply import Applier, Outcome, utc_now
from scanner.tickets.content import Voice, Writer
from scanner.tickets.facts import Facts, facts_of
from scanner.tickets.gather import items_of
from scanner.tickets.keys import device_keys, finding_keys, is_sure
from scanner.tickets.plan import UNLINKED, Known, Plan, make_plan
from scanner.tickets.policy import TicketPolicy
from scanner.tickets.trackers.interface import Tracker
from scanner.tickets.words import Act, Group, Grouping, Item, Step

_ALL = (AddressRange(4, 0, 0),)
"""What a tracker's lease is of: a lease holds addresses, and this one is nobody's."""
LOST = "another program may have taken over: the lease of this tracker could not be renewed"


@dataclass(frozen=True, slots=True)
class Wishes:
    """How tickets are written."""

    languages: Mapping[str, str]
    """By site; English elsewhere."""
    templates: Path | None = None
    report: str = ""


class Desk:
    """Plans and writes the tickets of one store in one tracker.

    Args:
        store: of the inventory; its views are up to date.
        tracker: to write to.
        name: of the tracker in the outbox.
        knowledge: as loaded.
        policy: what the organisation wants.
        wishes: how tickets are written.
        now: the clock.
        sleep: waits, in seconds.
    """

    def __init__(
        self,
        store: Store,
        tracker: Tracker,
        name: str,
        knowledge: Knowledge,
        policy: TicketPolicy,
        wishes: Wishes,
        *,
        now: Callable[[], datetime] = utc_now,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._store, self._knowledge, self._policy, self._wishes = store, knowledge, policy, wishes
        self._tracker, self._now, self._sleep = tracker, now, sleep
        self._outbox = Outbox(store, name)
        self._name = name
        self._writers: dict[str, Writer] = {}
        self._tenure = Tenure(reason=LOST)
        self.doubtful: list[Entry] = []
        """Creates of which nobody knows yet whether they were done."""

    def plan(self, site: str | None = None) -> Plan:
        """What is to be done now. First it is settled what became of earlier writes.

        Raises:
            UsageError: we are not who we think, or may not do what we need.
            ServiceFault: the tracker cannot be read.
            StoreUnusable: the store cannot be used.
        """
        self._tracker.who()
        self.doubtful = self._applier().settle()
        tickets = list(self._tracker.tickets())
        now = self._now()
        since = self._outbox.note_closed((one.id for one in tickets if not one.open), now)
        with self._store.reading() as connection:
            items = items_of(connection, now.date(), site)
        return make_plan(items, tickets, self._policy, self._known(items, since))

    @contextmanager
    def alone(self) -> Iterator[None]:
        """While we plan and write here, nobody else who uses this store does.

        Raises:
            Locked: somebody does now.
            StoreUnusable: the store cannot be used.
        """
        try:
            lease = Lease(self._store, f"tracker {self._name}", _ALL, "tickets", self._tenure)
        except Locked:
            raise Locked("another program writes tickets of this tracker now; wait for it") from None
        with Holder(lease, lambda _: None):
            yield

    def apply(self, steps: Sequence[Step]) -> Iterator[Outcome]:
        """Carry out steps of a plan; each outcome as it comes."""
        yield from self._applier().apply(steps)

    def has(self, ticket: str) -> bool:
        """Whether the tracker has a ticket of this name.

        Raises:
            UsageError: as for `plan`.
            ServiceFault: as for `plan`.
        """
        self._tracker.who()
        return self._tracker.read(ticket) is not None

    def _known(self, items: Sequence[Item], since: Mapping[str, str]) -> Known:
        made: dict[str, str] = {}
        linked: dict[str, str] = {}
        said = set()
        for entry in self._outbox.done():
            if entry.act == Act.CREATE and entry.keys:
                made[entry.ticket] = entry.keys[0]
                # An address stands for it only where nothing better did: another device may have it now.
                lasting = [key for key in entry.keys if is_sure(key)]
                linked.update(dict.fromkeys(lasting or entry.keys, entry.ticket))
            elif entry.act == Act.DUPLICATE:
                made.pop(entry.ticket, None)
            if entry.mark:
                said.add(f"{entry.ticket} {entry.mark}")
        linked |= self._links(items)
        doubtful = frozenset(key for entry in self.doubtful for key in entry.keys)
        return Known(linked, made, since, doubtful, frozenset(said))

    def _links(self, items: Sequence[Item]) -> dict[str, str]:
        """The tickets that persons linked, by every key of what they linked them to."""
        with self._store.reading() as connection:
            told = [one for one in decisions(connection, "ticket") if one.data.get("tracker") == self._name]
            names = {one.subject.partition("/")[0] for one in told}
            today = standing.called(connection, names)
        by_device = {item.device: item for item in items}
        found: dict[str, str] = {}
        for one in told:
            name, _, measure = one.subject.partition("/")
            item = by_device.get(today.get(name, name))
            if item is None:
                continue
            ticket = str(one.data.get("ticket", UNLINKED))
            by_finding = measure and self._policy.grouping is Grouping.FINDING
            keys = finding_keys(item, measure) if by_finding else device_keys(item)
            found.update(dict.fromkeys((key.text for key in keys), ticket))
        return found

    def _writer(self, group: Group) -> Writer:
        """The writer of the language of a group's site."""
        language = self._wishes.languages.get(group.items[0].site if group.items else "", "en")
        if language not in self._writers:
            voice = Voice(self._tracker.markup, language, self._wishes.templates, self._wishes.report)
            self._writers[language] = Writer(voice)
        return self._writers[language]

    def _applier(self) -> Applier:
        return Applier(
            self._tracker,
            self._outbox,
            self._writer,
            self._facts,
            over=self._tenure.over,
            now=self._now,
            sleep=self._sleep,
        )

    def _facts(self, group: Group) -> list[Facts]:
        with self._store.reading() as connection:
            return [facts_of(connection, item, self._knowledge) for item in group.items]

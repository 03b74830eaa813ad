"""The year of the inventory's tests as tickets in any tracker, step by step beside a hand-written table."""

from __future__ import annotations

import importlib.util
from collections import Counter, defaultdict
from datetime import timedelta
from pathlib import Path

from scanner.inventory.decisions import decide
from scanner.inventory.engine import open_store
from scanner.inventory.ingest import take
from scanner.inventory.rebuild import refresh
from scanner.tickets.desk import Desk, Wishes
from scanner.tickets.memo import keys_in
from scanner.tickets.policy import TicketPolicy

_SPEC = importlib.util.spec_from_file_location(
    "replayed", Path(__file__).parents[1] / "inventory/test_year.py"
)
assert _SPEC is not None
assert _SPEC.loader is not None
replayed = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(replayed)

TABLE = {
    # What changes in which week: the state of a device's ticket, and what it is told.
    0: "steady +, roaming +, old +, off +, laptop +, blinking +, discovered +, returned +, vlan-1 +, vlan-2 +, "
    "vlan-3 +, spared +, twin +",
    1: "foreign +",
    3: "returned missing",
    4: "added +",
    6: "foreign stale, successor +, roaming update",
    8: "old missing, returned removed-unverified",
    10: "off missing, laptop missing, returned closed",
    13: "old removed-unverified",
    14: "discovered stale",
    15: "off removed-unverified, laptop removed-unverified",
    17: "old closed",
    20: "twin missing",
    21: "laptop closed",
    25: "vlan-1 missing, vlan-2 missing, vlan-3 missing",
    28: "twin removed-unverified",
    30: "vlan-1 removed-unverified, vlan-2 removed-unverified, vlan-3 removed-unverified",
    31: "off reappeared",
    40: "discovered closed",
    41: "returned reopened",
    45: "vlan-1 declared, vlan-2 declared, vlan-3 declared",
}
CLOSES = ("closed", "declared")


def table(week):
    """Tickets after a week: open or not, and how many comments of each kind it ever got."""
    open_ones, told = {}, defaultdict(Counter)
    for number in range(week + 1):
        for change in filter(None, TABLE.get(number, "").split(", ")):
            name, what = change.rsplit(" ", 1)
            if what in ("+", "reopened"):
                open_ones[name] = True
            elif what in CLOSES:
                open_ones[name] = False
            if what != "+":
                told[name][what] += 1
    return open_ones, told


WORDS = {
    "is missing since": "missing",
    "it is taken for removed": "removed-unverified",
    "Somebody has to look": "stale",
    "is there again: a run": "reappeared",
    "Closed: the removal is verified": "closed",
    "Closed by declaration": "declared",
    "Open again:": "reopened",
    "Why we believe it": "update",
}


class World:
    """A store, a tracker and the time."""

    def __init__(self, folder, knowledge, adapter, say, journals, name="roundup"):
        self.folder, self.knowledge, self.adapter, self.say, self.name = folder, knowledge, adapter, say, name
        self.by_week = defaultdict(list)
        for path, site in journals:
            moment = path.name[:8]
            week = next(n for n in range(53) if str(say.day(7 * n).date()).replace("-", "") == moment)
            self.by_week[week].append((path, site))
        self.stores = 0
        self.lose_store()

    def lose_store(self):
        self.stores, self.taken = self.stores + 1, -1
        self.store = open_store(str(self.folder / f"{self.stores}.sqlite"), self.folder, make=True)

    def until(self, week):
        for number in range(self.taken + 1, week + 1):
            for path, site in self.by_week[number]:
                take(self.store, path, site)
        self.taken = week
        refresh(self.store, self.knowledge)
        known = {name: identifier for identifier, name in replayed.names(self.store).items()}
        limit = self.say.day(7 * week) + timedelta(days=2)
        for one in replayed.year.decisions(self.say):
            if one.kind != "waive" and one.at <= limit:
                decide(
                    self.store, one.at, one.by, one.kind, known.get(one.subject, one.subject), dict(one.data)
                )
        refresh(self.store, self.knowledge)
        self.now = limit

    def desk(self, url=None, store=None):
        return Desk(
            store or self.store, self.adapter(url), self.name, self.knowledge, TicketPolicy(), Wishes({}),
            now=lambda: self.now, sleep=lambda _: None,
        )  # fmt: skip

    def apply(self, **given):
        desk = self.desk(**given)
        return list(desk.apply(desk.plan().writes))


def seen(person):
    """The tickets of the tracker, as a person sees them, by the names of the table."""
    by_mac = {replayed.mac(name): name for name in replayed.DEVICES}
    open_ones, told, keys = {}, defaultdict(Counter), Counter()
    for ticket in person.tickets():
        if not keys_in(ticket.memo):
            continue
        name = next(name for mac, name in by_mac.items() if mac in ticket.body)
        assert not (ticket.open and open_ones.get(name)), f"two open tickets of {name}"
        open_ones[name] = ticket.open or open_ones.get(name, False)
        for text in ticket.comments:
            told[name][next(word for words, word in WORDS.items() if words in text)] += 1
        if ticket.open:
            keys.update(keys_in(ticket.memo))
    assert not [key for key, count in keys.items() if count > 1 and key[3] in "df"]
    return open_ones, told


def replay(world, person, *, weeks=53, lost=27, updates=True):
    """Week after week; the store is lost once.

    Args:
        world: store, adapter, journals.
        person: who looks at the tracker; the suite's `once` says what of.
        weeks: how many of the year.
        lost: the week before which the store is lost.
        updates: the tracker tells what is known now in a comment; else it puts it in place of our block.

    Returns:
        The first week that is not as the table has it, with what differs; empty for none.
    """
    found = None
    for week in range(weeks):
        if week == lost:
            world.lose_store()
        world.until(week)
        outcomes = world.apply()
        bad = [one for one in outcomes if one.done not in ("done", "already")]
        found = seen(person) if outcomes or week in (0, weeks - 1) else found
        expected = table(week)
        if not updates:
            for counts in expected[1].values():
                del counts["update"]
        expected = (expected[0], {name: counts for name, counts in expected[1].items() if counts})
        if bad or found != expected:
            return {week: (bad, *[_differs(*pair) for pair in zip(found, expected, strict=True)])}
    return {}


def _differs(found, expected):
    names = {*found, *expected}
    return {
        name: (found.get(name), expected.get(name)) for name in names if found.get(name) != expected.get(name)
    }

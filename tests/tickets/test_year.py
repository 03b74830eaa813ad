"""The year of the inventory's tests as tickets in a real tracker, step by step beside a hand-written table."""

from __future__ import annotations

import importlib.util
from collections import Counter, defaultdict
from datetime import timedelta
from pathlib import Path

import pytest

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

    def __init__(self, folder, knowledge, adapter, say, journals):
        self.folder, self.knowledge, self.adapter, self.say = folder, knowledge, adapter, say
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
            store or self.store, self.adapter(url), "roundup", self.knowledge, TicketPolicy(), Wishes({}),
            now=lambda: self.now, sleep=lambda _: None,
        )  # fmt: skip

    def apply(self, **given):
        desk = self.desk(**given)
        return list(desk.apply(desk.plan().writes))


def seen(roundup, cache):
    """The tickets of the tracker, as a person sees them, by the names of the table."""
    by_mac = {replayed.mac(name): name for name in replayed.DEVICES}
    open_ones, told, keys = {}, defaultdict(Counter), Counter()
    for issue in roundup.issues():
        if not issue["hiksweep"]:
            continue
        texts = cache.setdefault(issue["id"], [])
        if len(texts) < len(issue["messages"]):
            texts[:] = roundup.messages(issue["id"])
        name = next(name for mac, name in by_mac.items() if mac in texts[0])
        is_open = issue["status"]["id"] != "8"
        assert not (is_open and open_ones.get(name)), f"two open tickets of {name}"
        open_ones[name] = is_open or open_ones.get(name, False)
        for text in texts[1:]:
            told[name][next(word for words, word in WORDS.items() if words in text)] += 1
        if is_open:
            keys.update(keys_in(issue["hiksweep"]))
    assert not [key for key, count in keys.items() if count > 1 and key[3] in "df"]
    return open_ones, told


@pytest.mark.slow
@pytest.mark.peer
def test_a_year_gives_the_tickets_of_the_table_with_the_store_lost_halfway(
    tmp_path, knowledge, adapter, say, journals, roundup
):
    world = World(tmp_path, knowledge, adapter, say, journals)
    cache = {}
    wrong, found = {}, None
    for week in range(53):
        if week == 27:
            world.lose_store()
        world.until(week)
        outcomes = world.apply()
        bad = [one for one in outcomes if one.done not in ("done", "already")]
        found = seen(roundup, cache) if outcomes or week in (0, 52) else found
        if bad or found != table(week):
            wrong[week] = (bad, *[_differs(*pair) for pair in zip(found, table(week), strict=True)])
            break
    assert wrong == {}


def _differs(found, expected):
    names = {*found, *expected}
    return {
        name: (found.get(name), expected.get(name)) for name in names if found.get(name) != expected.get(name)
    }

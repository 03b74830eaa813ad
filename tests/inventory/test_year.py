"""The year of the hand-written table, as journals in a store: every state each week, and in any order of arrival."""

from __future__ import annotations

import importlib.util
import json
import random
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from scanner.inventory.decisions import decide
from scanner.inventory.engine import open_store
from scanner.inventory.ingest import take
from scanner.inventory.rebuild import refresh
from scanner.inventory.schema import VIEWS, device, transition
from scanner.journal import Asked, Looked
from scanner.knowledge import load
from scanner.model.ending import Ended, Ending
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol
from scanner.model.sighting import Sighting

_SPEC = importlib.util.spec_from_file_location("year", Path(__file__).with_name("year.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
year = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(year)

DEVICES = (*year.ABSENT, "foreign", "twin")
SERIALS = {name: 100 + place for place, name in enumerate(DEVICES)}
INTEL = "00:1b:21:0a:0b:0c"


def mac(name: str) -> str:
    return f"44:19:b6:00:00:{SERIALS[name]:02x}"


@pytest.fixture(scope="module")
def knowledge():
    return load()


@pytest.fixture
def journals(journal_of, things, say):
    """Each run of the year as a journal, with its site."""

    def sadp_only(name, address):
        protocol, payload = things.camera(SERIALS[name])
        return [Observation(address, protocol, payload, 37020, method="sadp"), Looked(address)]

    def others(addresses):
        for address in sorted(addresses):
            yield Ended("tcp", address, 22, Ending.COMPLETE)
            yield Observation(address, *things.LAPTOP, 22, method="tcp")
            yield Looked(address)

    def laboratory(week):
        view = year.laboratory(say, week)
        answers, more = {}, [Asked("sadp", "eth0")]
        for seen in view.seen:
            (address,) = seen.addresses
            if seen.methods == {"sadp"}:
                more += sadp_only(seen.device, address)
            else:
                answers[address] = things.camera(SERIALS[seen.device])
        for network in view.networks:
            more += others(network.others - {"10.1.0.17"} - set(answers))
            if "10.1.0.17" in network.others and "10.1.0.17" not in answers:
                # The laptop that has the address now is known by the hardware address of its own maker.
                more.append(
                    Observation("10.1.0.17", Protocol.MAC, INTEL.encode(), method="arp", synthesised=True)
                )
        rows = {year.MAC: mac("laptop"), year.LATER: INTEL}
        more += [Sighting(rows[one.mac], "", one.switch, one.port, source="fdb") for one in view.sightings]
        low = ("10.1.0.0/28", year.VLAN) if week == year.NARROW else (say.NET, year.VLAN)
        cut = {"swept": 40, "finished": False} if week == year.INTERRUPTED else {}
        day = str(say.day(7 * week).date())
        return journal_of(day, answers, low, more=more, **cut)

    def annex(week):
        there = {"10.1.0.11": things.camera(SERIALS["twin"])} if week < 12 else {}
        day = str(say.day(7 * week).date())
        name = f"{day.replace('-', '')}T040000Z-annex"
        more = others(say.OTHERS)
        return journal_of(day, there, (say.NET,), more=tuple(more), id=name, started=f"{day}T04:00:00Z")

    made = [(laboratory(week), "lab") for week in range(53)]
    return [*made, *((annex(week), "annex") for week in range(0, 53, 4))]


def names(store):
    """The devices of the store by the names of the table."""
    by_mac = {mac(name): name for name in DEVICES}
    with store.reading() as connection:
        return {row.id: by_mac[json.loads(row.fields)["mac"]] for row in connection.execute(select(device))}


def say_decisions(store, say):
    """What persons said, by the ids that the store gave."""
    ids = {name: identifier for identifier, name in names(store).items()}
    for one in year.decisions(say):
        if one.kind != "waive":
            decide(store, one.at, one.by, one.kind, ids.get(one.subject, one.subject), dict(one.data))


def states(store, week, say):
    """What each device was after a week, by the store's own transitions."""
    known = names(store)
    until = (say.day(7 * week) + timedelta(days=2)).isoformat()
    found = {}
    with store.reading() as connection:
        for row in connection.execute(select(transition).order_by(transition.c.place)):
            if row.subject in known and row.at < until:
                found[known[row.subject]] = row.after
    return found


def table(week):
    said = {}
    for number in range(week + 1):
        changes = year.STATES.get(number, "").split(", ")
        said |= dict(change.rsplit(" ", 1) for change in changes if change)
    return said


def rows(store):
    with store.reading() as connection:
        return {one.name: sorted(map(repr, connection.execute(select(one)).all())) for one in VIEWS}


@pytest.mark.slow
def test_a_year_of_journals_gives_the_table_and_the_same_views_in_any_order(
    journals, knowledge, say, tmp_path
):
    store = open_store(str(tmp_path / "year.sqlite"), tmp_path, make=True)
    for journal, site in journals:
        take(store, journal, site)
    refresh(store, knowledge)
    say_decisions(store, say)
    refresh(store, knowledge)

    wrong = {week: (states(store, week, say), table(week)) for week in range(53)}
    assert {week: pair for week, pair in wrong.items() if pair[0] != pair[1]} == {}

    expected = rows(store)
    refresh(store, knowledge, anew=True)
    assert rows(store) == expected
    for seed in range(20):
        shuffled = random.Random(seed).sample(journals, len(journals))
        other = open_store(str(tmp_path / f"{seed}.sqlite"), tmp_path, make=True)
        for journal, site in shuffled:
            take(other, journal, site)
        refresh(other, knowledge)
        say_decisions(other, say)
        refresh(other, knowledge)
        assert rows(other) == expected, f"order {seed}"

"""Single runs by the inventory's own ids, and whether the views show all that was taken."""

from __future__ import annotations

import random
from array import array
from dataclasses import replace

import pytest
from sqlalchemy import insert, update

from scanner.inventory import schema
from scanner.inventory.derive import Derived, Found, derived_row
from scanner.inventory.devices import NOBODY
from scanner.inventory.diff import diff
from scanner.inventory.engine import open_store
from scanner.inventory.rebuild import tell
from scanner.inventory.run_views import Comparable, behind, differing, walked
from scanner.inventory.views import packed_numbers
from scanner.inventory.words import NetworkView
from scanner.model.errors import UsageError
from scanner.model.identity import Name, Rung

SERIAL = Name(Rung.SERIAL, "K1")


@pytest.fixture
def store(store_url, tmp_path):
    made = open_store(store_url, tmp_path, make=True)
    yield made
    made.close()


@pytest.fixture
def told(store):
    """A run that took one device for two, and saw a laptop."""
    found = (
        Found(
            "dev-1",
            (SERIAL,),
            ("10.1.0.5",),
            "hikvision",
            frozenset({"tcp"}),
            frozenset({"m1"}),
            {"model": "M"},
        ),
        Found(
            "dev-2", (), ("10.1.0.6",), "hikvision", frozenset({"sadp"}), frozenset({"m2"}), {"model": "N"}
        ),
        Found("dev-3", (), ("10.1.0.7",), "other"),
    )
    amounts = Derived(found, frozenset(), (), frozenset({"m1", "m2"}), ())
    with store.writing() as connection:
        connection.execute(
            insert(schema.run),
            [
                {
                    "id": "r1",
                    "site": "lab",
                    "header": "{}",
                    "started": "2026-01-05T02:00:00Z",
                    "lines": 9,
                    "chain": "",
                }
            ],
        )
        connection.execute(insert(schema.derived), [derived_row("r1", 9, "k", amounts)])
        connection.execute(
            insert(schema.appearance),
            [{"run": "r1", "mark": "m", "numbers": packed_numbers(array("I", [7, 7, NOBODY]))}],
        )
        device = dict.fromkeys(column.name for column in schema.device.c)
        connection.execute(insert(schema.device), [dict.fromkeys(device, "") | {"id": "inv-1", "number": 7}])
        connection.execute(
            insert(schema.network_run),
            [
                {"run": "r1", "prefix": "10.1.0.0/24", "site": "lab", "at": "2026-01-05T02:00:00Z",
                 "covered": '["tcp"]', "answered": '["10.1.0.7"]', "others": '["10.1.0.7"]', "interrupted": 0}
            ],
        )  # fmt: skip
    return store


def test_a_run_is_seen_with_each_device_of_the_inventory_once(told):
    with told.reading() as connection:
        walk = walked(connection, ["r1"])[0]
        view, _ = differing(connection, walk, replace(walk, networks=()))

    assert walk.seen == ()
    (seen,) = view.seen
    assert (seen.device, seen.names, seen.addresses) == ("inv-1", (SERIAL,), ("10.1.0.5", "10.1.0.6"))
    assert (seen.methods, seen.measures) == ({"tcp", "sadp"}, {"m1", "m2"})
    assert seen.fields == {"model": "M"}
    assert (view.site, view.at.isoformat()) == ("lab", "2026-01-05T02:00:00+00:00")
    there = frozenset({"10.1.0.7"})
    assert view.networks == (NetworkView("10.1.0.0/24", frozenset({"tcp"}), there, there, False),)


def test_a_run_of_which_nothing_is_known_yet_is_refused(store):
    with store.reading() as connection, pytest.raises(UsageError, match="store rebuild"):
        walked(connection, ["r9"])


def a_run(chance, number):
    """Some of ten devices at some of twenty addresses in three networks."""
    found = []
    for one in chance.sample(range(10), chance.randrange(8)):
        places = (f"10.1.{chance.choice((0, 0, 1, 2))}.{chance.randrange(9)}", "")
        names = (Name(Rung.SERIAL, f"K{one}"),)
        fields = {"model": chance.choice("MN")}
        methods = frozenset(chance.choice((("tcp",), ("sadp",), ("tcp", "sadp"))))
        addresses = (places[0],) if chance.random() < 0.9 else ()
        found.append(Found(f"dev-{one}", names, addresses, "hikvision", methods, frozenset({"m1"}), fields))
    networks = tuple(
        NetworkView(
            f"10.1.{net}.0/24",
            frozenset({"tcp"}) if chance.random() < 0.8 else frozenset(),
            frozenset(
                one.addresses[0] for one in found if one.addresses and f".{net}." in one.addresses[0][4:]
            ),
            frozenset(),
            interrupted=False,
        )
        for net in chance.sample(range(3), 2)
    )
    return f"r{number}", Derived(tuple(found), frozenset(), networks, frozenset({"m1"}), ())


@pytest.mark.parametrize("seed", range(20))
def test_what_is_left_out_is_what_changes_nothing(seed, store, monkeypatch):
    chance = random.Random(seed)
    with store.writing() as connection:
        for number in range(2):
            name, told = a_run(chance, number)
            head = {"id": name, "site": "lab", "header": "{}", "lines": 1, "chain": ""}
            connection.execute(insert(schema.run), [head | {"started": f"2026-01-0{number + 1}T00:00:00Z"}])
            connection.execute(insert(schema.derived), [derived_row(name, 1, "k", told)])
    tell(store)
    with store.reading() as connection:
        pair = walked(connection, ["r0", "r1"])
        some = differing(connection, *pair)
        monkeypatch.setattr(Comparable, "looked_at", lambda *_: False)  # nothing is left out
        everything = differing(connection, *pair)

    small, whole = diff(*some), diff(*everything)
    assert small.compared == whole.compared
    assert sorted(map(repr, small.changes)) == sorted(map(repr, whole.changes))
    assert sorted(map(repr, small.left_out)) == sorted(map(repr, whole.left_out))
    assert small.notes == whole.notes


def test_the_views_are_behind_when_records_came_since(told):
    with told.reading() as connection:
        assert not behind(connection)
    with told.writing() as connection:
        connection.execute(update(schema.run).values(lines=10))
    with told.reading() as connection:
        assert behind(connection)

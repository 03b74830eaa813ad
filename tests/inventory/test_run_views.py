"""Single runs by the inventory's own ids, and whether the views show all that was taken."""

from __future__ import annotations

from array import array

import pytest
from sqlalchemy import insert, update

from scanner.inventory import schema
from scanner.inventory.derive import Derived, Found, derived_row
from scanner.inventory.devices import NOBODY
from scanner.inventory.engine import open_store
from scanner.inventory.run_views import behind, run_views
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
        (view,) = run_views(connection, ["r1"])

    (seen,) = view.seen
    assert (seen.device, seen.names, seen.addresses) == ("inv-1", (SERIAL,), ("10.1.0.5", "10.1.0.6"))
    assert (seen.methods, seen.measures) == ({"tcp", "sadp"}, {"m1", "m2"})
    assert seen.fields == {"model": "M"}
    assert (view.site, view.at.isoformat(), view.judged) == ("lab", "2026-01-05T02:00:00+00:00", {"m1", "m2"})
    there = frozenset({"10.1.0.7"})
    assert view.networks == (NetworkView("10.1.0.0/24", frozenset({"tcp"}), there, there, False),)


def test_a_run_of_which_nothing_is_known_yet_is_refused(store):
    with store.reading() as connection, pytest.raises(UsageError, match="store rebuild"):
        run_views(connection, ["r9"])


def test_the_views_are_behind_when_records_came_since(told):
    with told.reading() as connection:
        assert not behind(connection)
    with told.writing() as connection:
        connection.execute(update(schema.run).values(lines=10))
    with told.reading() as connection:
        assert behind(connection)

"""All that was told stands on its shelves, and is there again for who opens them anew."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scanner.inventory.cells import Cells
from scanner.inventory.devices import Thing
from scanner.inventory.memory import SHAPE, Shelves, Shown
from scanner.inventory.presence import DeviceLife
from scanner.inventory.words import Seen

AT = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.fixture
def cells():
    """Two devices at two sites."""
    made = Cells()
    shelves = Shelves(made)
    for number, (name, site) in enumerate((("inv-b", "lab"), ("inv-a", "annex"))):
        shelves.joined.ids[name] = number
        shelves.joined.things[number] = Thing(name, number, site)
        shelves.joined.count += 1
        seen = Seen(name, (), ("10.1.0.5",), frozenset(), {})
        shelves.shown[number] = Shown(seen, "2026-01-05T00:00:00Z", "r", ("r", "dev"))
        shelves.standing.devices[name] = DeviceLife(name, site, AT, AT)
    shelves.standing.waived["inv-a/m"] = "2026-02-01"
    shelves.standing.hosts.asked.add(("lab", "10.1.0.0/24"))
    shelves.joined.here["lab", "10.1.0.5"] = 0
    shelves.here["lab", "10.1.0.5"] = 1
    shelves.standing.in_doubt["lab", "10.1.0.0/24"] = {"inv-b"}
    shelves.keep_joined(0)
    shelves.keep_lives(0)
    return made


def test_everything_stands_where_it_was_put(cells):
    shelves = Shelves(cells)

    assert shelves.joined.count == 2
    assert list(shelves.all_numbers()) == [0, 1]
    assert shelves.standing.waived == {"inv-a/m": "2026-02-01"}
    assert shelves.standing.hosts.asked == {("lab", "10.1.0.0/24")}
    assert (shelves.joined.here["lab", "10.1.0.5"], shelves.here["lab", "10.1.0.5"]) == (0, 1)
    assert shelves.standing.in_doubt["lab", "10.1.0.0/24"] == {"inv-b"}
    assert shelves.shown[1].called == ("r", "dev")


def test_the_devices_of_a_site_are_known_without_the_others(cells):
    roster = Shelves(cells).standing.devices

    assert [life.subject for life in roster.of_site("lab")] == ["inv-b"]
    assert list(roster.of_site("elsewhere")) == []
    assert roster.get("inv-nobody") is None
    assert "inv-nobody" not in roster


def test_a_device_that_goes_to_another_site_is_there(cells):
    shelves = Shelves(cells)
    life = shelves.standing.devices["inv-b"]
    life.site = "annex"
    shelves.standing.devices.moved(life, "lab")
    shelves.keep_lives(1)
    roster = Shelves(cells).standing.devices

    assert [one.subject for one in roster.of_site("annex")] == ["inv-a", "inv-b"]
    assert list(roster.of_site("lab")) == []


def test_the_shape_of_what_is_kept_has_a_name():
    assert len(SHAPE) == 16

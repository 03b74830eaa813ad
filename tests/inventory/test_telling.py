"""A run is told by the inventory's own ids, by what was known on its day."""

from __future__ import annotations

from scanner.inventory.cells import Cells
from scanner.inventory.derive import Derived, Found
from scanner.inventory.devices import Joiner
from scanner.inventory.memory import Shelves
from scanner.inventory.telling import StoredRun, Teller
from scanner.inventory.words import NetworkView
from scanner.model.identity import Name, Rung

HERE = "10.1.0.5"


def found(maker="hikvision", **names: str) -> Found:
    told = tuple(Name(Rung(rung), key) for rung, key in names.items())
    return Found(f"dev-{maker}-{names}", told, (HERE,), maker, fields={"model": "M"})


def views(*weeks: Found):
    """What the rules see of each week, and the teller."""
    shelves = Shelves(Cells())
    joiner = Joiner(memory=shelves.joined)
    teller = Teller(shelves, joiner, joiner.root)
    told = []
    for week, one in enumerate(weeks, 1):
        network = NetworkView("10.1.0.0/24", frozenset({"tcp"}), frozenset({HERE}), frozenset(), False)
        derived = Derived((one,), frozenset(), (network,), frozenset(), ())
        run = StoredRun(f"run-{week}", "s", f"2026-01-0{week}T00:00:00Z", derived)
        told.append(teller.view(run, joiner.tell(run.id, run.site, run.at, derived.found).numbers))
    return told, teller


def test_a_device_bears_the_id_of_the_inventory():
    (view,), teller = views(found(serial="A"))

    assert [one.device for one in view.seen] == [teller.lives.devices.get("x") or view.seen[0].device]
    assert view.seen[0].device.startswith("inv-")
    assert teller.touched == {0}


def test_who_else_answers_is_told_by_what_was_known_on_the_day():
    strange = found("unknown", serial="B")
    told, _ = views(found(mac="1"), strange, found(mac="1", serial="A"), strange)

    assert [view.networks[0].others for view in told] == [frozenset(), frozenset(), frozenset(), {HERE}]


def test_what_says_less_this_time_is_seen_and_what_is_none_of_the_makers_is_cleared():
    told, _ = views(found(mac="1"), found("unknown", mac="1"), found("other", mac="1"))

    assert [len(view.seen) for view in told] == [1, 1, 0]
    assert told[1].seen[0].fields == {"model": "M"}
    assert told[2].cleared == {told[0].seen[0].device}

"""A device is meant by anything that it was ever called, as long as that means one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scanner.inventory.aliases import Aliases, anchor_of
from scanner.inventory.derive import Found
from scanner.inventory.devices import Joiner
from scanner.inventory.words import Decision
from scanner.model.identity import Name, Rung

AT = datetime(2026, 1, 5, tzinfo=UTC)


def found(called: str, address: str, serial: str = "") -> Found:
    names = (Name(Rung.SERIAL, serial),) if serial else ()
    return Found(called, names, (address,), "hikvision")


@pytest.fixture
def aliases() -> Aliases:
    joiner = Joiner()
    runs = [[found("dev-1", "10.1.0.5"), found("dev-2", "10.1.0.6", "B")], [found("dev-3", "10.1.0.5", "A")]]
    for number, run in enumerate(runs):
        joiner.tell(f"run{number}", "s", AT, run)
    return Aliases(joiner, joiner.root, lambda name: [1] if name == "K1" else [], {("run0", "dev-1"): 0})


def decision(subject: str, **data) -> Decision:
    return Decision("dec-1", AT, "A", "waive", subject, data)


def test_a_device_is_found_by_each_of_its_lasting_names(aliases):
    assert aliases.device("serial:A") == aliases.device("dev-3") is not None
    assert aliases.device("dev-2") == aliases.device("serial:B") != aliases.device("serial:A")


def test_an_id_that_was_made_of_an_address_means_the_device_that_bore_it(aliases):
    assert aliases.device("dev-1") == aliases.device("serial:A")


def test_an_id_that_was_made_of_an_address_joins_nothing_across_sites_and_means_nobody_there():
    joiner = Joiner()
    for site in ("a", "b"):
        joiner.tell(f"run-{site}", site, AT, [found("dev-1", "10.1.0.5")])
    both = Aliases(joiner, joiner.root)

    assert len({joiner.root(number) for number in joiner.things}) == 2
    assert both.device("dev-1") is None
    assert both.device(joiner.things[0].id) != both.device(joiner.things[1].id)


def test_a_decision_means_the_device_that_was_seen_then(aliases):
    own = aliases.resolved(decision("serial:A")).subject

    assert own.startswith("inv-")
    assert (
        aliases.resolved(decision("whatever/a-measure", seen=["run0", "dev-1"])).subject == f"{own}/a-measure"
    )
    assert aliases.resolved(decision("s 10.1.0.0/24")).subject == "s 10.1.0.0/24"


def test_a_name_that_was_told_earlier_means_its_device_still(aliases):
    assert aliases.device("K1") == aliases.device("dev-2")


def test_a_decision_may_name_a_run_and_what_that_called_its_device():
    assert anchor_of({"seen": ["run0", "dev-1"]}) == ("run0", "dev-1")
    assert anchor_of({"seen": "run0"}) is anchor_of({}) is None

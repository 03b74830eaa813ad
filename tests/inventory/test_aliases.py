"""A device is meant by anything that it was ever called, as long as that means one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scanner.inventory.aliases import Aliases
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
    told = [joiner.tell(f"run{n}", "s", AT, run) for n, run in enumerate(runs)]
    made = Aliases(joiner)
    for one, run in zip(told, runs, strict=True):
        made.note(one, "2026-01-05T00:00:00Z", run)
    return made


def decision(subject: str, **data) -> Decision:
    return Decision("dec-1", AT, "A", "waive", subject, data)


def test_a_device_is_found_by_each_of_its_lasting_names(aliases):
    assert aliases.device("serial:A") == aliases.device("dev-3") is not None
    assert aliases.device("dev-2") == aliases.device("serial:B") != aliases.device("serial:A")


def test_an_id_that_was_made_of_an_address_means_nobody(aliases):
    assert aliases.device("dev-1") is None


def test_a_decision_means_the_device_that_was_seen_then(aliases):
    own = aliases.resolved(decision("serial:A")).subject

    assert own.startswith("inv-")
    assert (
        aliases.resolved(decision("whatever/a-measure", seen=["run0", "dev-1"])).subject == f"{own}/a-measure"
    )
    assert aliases.resolved(decision("s 10.1.0.0/24")).subject == "s 10.1.0.0/24"


def test_each_alias_is_told_with_its_device(aliases):
    assert {alias for alias, _, _ in aliases.rows() if not alias.startswith("inv-")} == {
        "dev-2",
        "dev-3",
        "serial:A",
        "serial:B",
    }

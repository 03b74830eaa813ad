"""What a person means who takes a device apart."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from scanner.inventory.engine import open_store
from scanner.inventory.ingest import take
from scanner.inventory.naming import bearers, called_so, names_meant, names_of, sights_of
from scanner.inventory.rebuild import refresh
from scanner.inventory.schema import device
from scanner.knowledge import load
from scanner.model.errors import UsageError
from scanner.parsers.mac import canonical_mac

RUN = "20260105T020000Z"


@pytest.fixture
def store(store_url, tmp_path, journal_of, things):
    made = open_store(store_url, tmp_path, make=True)
    answers = {"10.1.0.1": things.camera(1), "10.1.0.2": things.NAMELESS}
    take(made, journal_of("2026-01-05", answers, id=RUN))
    refresh(made, load())
    return made


@pytest.fixture
def named(store):
    with store.reading() as connection:
        yield connection, {row.addresses[2:10]: row.id for row in connection.execute(select(device))}


def test_a_name_is_meant_with_and_without_its_kind(named):
    connection, ids = named
    name = ids["10.1.0.1"]

    assert names_of(connection, name) == ["serial:G00000001", "mac:44:19:b6:00:00:01"]
    assert names_meant(connection, name, ["g00000001", "44-19-B6-00-00-01"], canonical_mac) == names_of(
        connection, name
    )
    with pytest.raises(UsageError, match="it has serial:G00000001"):
        names_meant(connection, name, ["G00000009"], canonical_mac)
    with pytest.raises(UsageError, match="it has none"):
        names_meant(connection, ids["10.1.0.2"], ["G00000001"], canonical_mac)


def test_what_a_run_saw_without_a_name_is_found(named):
    connection, ids = named

    ((run, called),) = sights_of(connection, ids["10.1.0.2"], RUN)
    assert run == RUN
    assert bearers(connection, [], [(run, called)]) == [ids["10.1.0.2"]]
    with pytest.raises(UsageError, match="by its names"):
        sights_of(connection, ids["10.1.0.1"], RUN)
    with pytest.raises(UsageError, match="did not see"):
        sights_of(connection, "inv-0", RUN)
    with pytest.raises(UsageError, match="did not see"):
        sights_of(connection, "inv-0", "no run")


def test_every_alias_leads_to_who_bears_it(named):
    connection, ids = named
    called = called_so(connection, ids["10.1.0.1"])

    assert {"serial:G00000001", "mac:44:19:b6:00:00:01", ids["10.1.0.1"]} < set(called)
    assert bearers(connection, called) == [ids["10.1.0.1"]]

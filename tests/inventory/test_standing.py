from __future__ import annotations

import pytest

from scanner.inventory import standing
from scanner.inventory.engine import open_store
from scanner.inventory.ingest import take
from scanner.inventory.rebuild import refresh
from scanner.knowledge import load


@pytest.fixture(scope="module")
def knowledge():
    return load()


@pytest.fixture
def store(tmp_path, journal_of, things, knowledge):
    made = open_store(str(tmp_path / "s.sqlite"), tmp_path, make=True)
    take(made, journal_of("2026-01-05", {"10.1.0.1": things.camera(1)}), "lab")
    take(made, journal_of("2026-01-12", {"10.1.0.1": things.camera(1)}, id="20260112T020000Z-b"), "annex")
    refresh(made, knowledge)
    return made


def test_a_device_stands_where_its_last_run_left_it(store):
    with store.reading() as connection:
        ((device, names),) = standing.lasting_names(connection).items()
        last = standing.last_changes(connection)[device]
        assert (last.after, last.trigger, last.cause) == ("present", "seen-again", "20260112T020000Z-b")
        assert last.at == standing.begun(connection)[last.cause] == "2026-01-12T02:00:00Z"
        assert standing.sites_of(connection) == {device: ["annex", "lab"]}
        assert [name.partition(":")[0] for name in names] == ["serial", "mac"]
        assert standing.called(connection, names) == dict.fromkeys(names, device)
        assert standing.called(connection, ()) == {}

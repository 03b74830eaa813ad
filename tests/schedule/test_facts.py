from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from scanner.config.settings import parse
from scanner.inventory.engine import open_store
from scanner.inventory.leases import Lease
from scanner.schedule.facts import gather, shared
from scanner.schedule.pauses import Pause, write_pauses
from scanner.scope import parse_target

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
TEXT = """
[sites.main.networks.cameras]
targets = "10.1.0.0/24"
[sites.main.networks.doors]
targets = "10.2.0.0/24"
[sites.depot.networks.cameras]
targets = "10.1.0.0/24"
"""


@pytest.fixture
def found(tmp_path):
    return parse(f'store = "{tmp_path}/i.sqlite"\n{TEXT}', tmp_path / "hiksweep.toml", (), {})


def test_who_sweeps_what_is_known_by_site_and_address(found, tmp_path):
    store = open_store(str(tmp_path / "i.sqlite"), tmp_path, make=True)
    lease = Lease(store, "main", [parse_target("10.1.0.7")], "a run by hand")

    facts = gather(found, found.networks, tmp_path, NOW)

    assert set(facts.elsewhere) == {"main/cameras"}
    assert facts.trouble == ""
    lease.release()
    assert gather(found, found.networks, tmp_path, NOW).elsewhere == {}
    store.close()


def test_pauses_are_heeded(found, tmp_path):
    write_pauses(tmp_path, {"main/doors": Pause(NOW.isoformat(), None, "CHG-1")})

    facts = gather(found, found.networks, tmp_path, NOW)

    assert [facts.due(network, NOW).at for network in found.networks] == [NOW, None, NOW]


def test_a_store_that_cannot_be_asked_leaves_what_this_machine_knows(tmp_path):
    (tmp_path / "i.sqlite").write_text("not a database, and long enough to be seen as none" * 100)
    found = parse(f'store = "{tmp_path}/i.sqlite"\n{TEXT}', tmp_path / "hiksweep.toml", (), {})

    facts = gather(found, found.networks, tmp_path, NOW)

    assert "not a store" in facts.trouble
    assert facts.due(found.networks[0], NOW).is_now(NOW)


def test_a_database_is_shared_and_a_file_is_not():
    path = Path("hiksweep.toml")

    assert shared(parse(f'store = "postgresql://h/d"\n{TEXT}', path, (), {}))
    assert not shared(parse(f'store = "i.sqlite"\n{TEXT}', path, (), {}))
    assert not shared(parse(TEXT, path, (), {}))

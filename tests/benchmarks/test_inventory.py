"""The benchmark's inventory is one that the rules take: every device stays present, some of them moved."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select

from scanner.inventory.engine import open_store
from scanner.inventory.rebuild import tell
from scanner.inventory.schema import VIEWS, address_interval, appearance, body, device, finding, network_run

ROOT = Path(__file__).parents[2]


@pytest.fixture
def module():
    spec = importlib.util.spec_from_file_location("bench_inventory", ROOT / "benchmarks" / "inventory.py")
    made = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = made  # its dataclasses look there for their annotations
    spec.loader.exec_module(made)
    yield made
    del sys.modules[spec.name]


def rows(store):
    with store.reading() as connection:
        return {one.name: sorted(map(repr, connection.execute(select(one)).all())) for one in VIEWS}


def test_its_devices_are_present_and_some_moved(store_url, tmp_path, module):
    store = open_store(store_url, tmp_path, make=True)
    figures = module.measure(store, 300, 12, 120)

    assert {"diff of the last two runs", "history of a device"} < {one.what for one in figures}
    assert all((one.bare is not None) == store.sqlite for one in figures if "told" in one.what)
    with store.reading() as connection:
        states = connection.execute(select(device.c.presence, func.count()).group_by(device.c.presence)).all()
        counts = {
            one.name: connection.execute(select(func.count()).select_from(one)).scalar()
            for one in (address_interval, finding, body, appearance, network_run)
        }
    assert [tuple(row) for row in states] == [("present", 300)]
    assert counts["address_interval"] > 300
    assert (counts["finding"], counts["body"]) == (600, 120)
    assert (counts["appearance"], counts["network_run"]) == (12, 36)
    store.close()


def test_what_it_skips_is_what_telling_leaves_of_single_runs(tmp_path, module):
    stores = []
    for whole in (False, True):
        store = open_store(str(tmp_path / f"{whole}.sqlite"), tmp_path, make=True)
        list(module.fill(store, 200, 9, 0, whole=whole))
        stores.append(store)

    some, every = map(rows, stores)
    for table in ("appearance", "network_run", "derived"):
        assert some[table] == every[table]
    assert tell(stores[0]) == tell(stores[1]) == 0
    tell(stores[0], anew=True)
    assert rows(stores[0]) == every

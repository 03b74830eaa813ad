"""The benchmark's inventory is one that the rules take: every device stays present, some of them moved."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from sqlalchemy import func, select

from scanner.inventory.engine import open_store
from scanner.inventory.schema import address_interval, device, finding

ROOT = Path(__file__).parents[2]


def test_its_devices_are_present_and_some_moved(store_url, tmp_path):
    spec = importlib.util.spec_from_file_location("inventory", ROOT / "benchmarks" / "inventory.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    store = open_store(store_url, tmp_path, make=True)
    took = module.measure(store, 300, 8)

    assert set(took) == {"views", "devices", "findings", "diff"}
    with store.reading() as connection:
        states = connection.execute(select(device.c.presence, func.count()).group_by(device.c.presence)).all()
        intervals = connection.execute(select(func.count()).select_from(address_interval)).scalar()
        findings = connection.execute(select(func.count()).select_from(finding)).scalar()
    assert [tuple(row) for row in states] == [("present", 300)]
    assert intervals > 300
    assert findings == 600

from __future__ import annotations

import json

import pytest
from sqlalchemy import insert

from scanner.inventory.engine import open_store
from scanner.inventory.scheduled import last_recorded
from scanner.inventory.schema import run


@pytest.fixture
def store(store_url, tmp_path):
    made = open_store(store_url, tmp_path, make=True)
    yield made
    made.close()


def keep(store, name, reference, **more):
    started = f"2026-06-{int(name):02}T22:00:00Z"
    header = json.dumps({"id": name, "reference": reference, "targets": ["schedule a/b"]}, sort_keys=True)
    row = {"id": name, "site": "s", "header": header, "started": started, "lines": 1, "chain": ""}
    with store.writing() as connection:
        connection.execute(insert(run), [row | more])


def test_the_last_run_of_each_reference_is_found_with_how_it_ended(store):
    keep(store, "1", "schedule a/b", finished="2026-06-01T23:00:00Z")
    keep(store, "2", "schedule a/b", finished="2026-06-02T23:00:00Z", reason="its window closed")
    keep(store, "3", "schedule a/bc")
    keep(store, "4", None)

    found = last_recorded(store, ["schedule a/b", "schedule a/bc", "schedule a/never", 'schedule a/%"'])

    assert set(found) == {"schedule a/b", "schedule a/bc"}
    cut, dead = found["schedule a/b"], found["schedule a/bc"]
    assert (cut.run, cut.ended, cut.reason) == ("2", True, "its window closed")
    assert (dead.run, dead.ended, dead.interrupted, dead.reason) == ("3", False, False, "")

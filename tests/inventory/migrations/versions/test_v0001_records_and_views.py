"""The first step makes every table on both databases."""

from __future__ import annotations

from sqlalchemy import inspect

from scanner.inventory.engine import open_store
from scanner.inventory.migrations.versions.v0001_records_and_views import revision


def test_the_first_step_makes_every_table(store_url, tmp_path):
    store = open_store(store_url, tmp_path, make=True)

    assert store.revision() >= revision
    with store.reading() as connection:
        names = set(inspect(connection).get_table_names())
    assert {"run", "record", "body", "decision", "device", "transition"} < names

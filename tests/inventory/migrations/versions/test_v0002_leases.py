"""A store of the first revision becomes one of the second with all that it held."""

from __future__ import annotations

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import inspect

from scanner.inventory import migrations
from scanner.inventory.engine import Store, open_store, place
from scanner.inventory.migrations.versions.v0002_leases import down_revision
from scanner.inventory.schema import HEAD
from scanner.inventory.upkeep import check, info
from scanner.model.errors import StoreUnusable


@pytest.fixture
def older(store_url, tmp_path) -> Store:
    """A store as the first revision made it."""
    store = Store(place(store_url, tmp_path))
    config = Config()
    config.set_main_option("script_location", str(migrations.__path__[0]))
    config.set_main_option("path_separator", "os")
    with store.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, down_revision)
    return store


def test_an_older_store_is_refused_until_it_is_migrated_and_keeps_all(
    as_taken, older, store_url, tmp_path, journal_of
):
    as_taken(older, journal_of("2026-01-05"))
    with pytest.raises(StoreUnusable, match="store migrate"):
        open_store(store_url, tmp_path)

    assert older.migrate() == (down_revision, HEAD)
    store = open_store(store_url, tmp_path)
    assert info(store).runs == 1
    assert list(check(store)) == []
    with store.reading() as connection:
        assert inspect(connection).has_table("lease")

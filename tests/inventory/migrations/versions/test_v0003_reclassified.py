"""A store of the second revision takes what reclassifications changed, and keeps all that it held."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import inspect

from scanner.inventory import migrations
from scanner.inventory.engine import Store, open_store, place
from scanner.inventory.migrations.versions.v0003_reclassified import down_revision, revision
from scanner.inventory.upkeep import check, info


def test_a_store_of_the_second_revision_keeps_all(as_taken, store_url, tmp_path, journal_of):
    older = Store(place(store_url, tmp_path))
    config = Config()
    config.set_main_option("script_location", str(migrations.__path__[0]))
    config.set_main_option("path_separator", "os")
    with older.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, down_revision)
    as_taken(older, journal_of("2026-01-05"))

    before, after = older.migrate()

    assert before == down_revision < revision <= after
    store = open_store(store_url, tmp_path)
    assert info(store).runs == 1
    assert list(check(store)) == []
    with store.reading() as connection:
        assert inspect(connection).has_table("reclassified")

"""A store of the third revision keeps its records, and its views are told anew."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import inspect, select

from scanner.inventory import migrations
from scanner.inventory.engine import Store, open_store, place
from scanner.inventory.ingest import take
from scanner.inventory.migrations.versions.v0004_checkpoints import down_revision
from scanner.inventory.rebuild import refresh
from scanner.inventory.run_views import behind
from scanner.inventory.schema import HEAD, device, metadata
from scanner.inventory.upkeep import check
from scanner.knowledge import load


def upgraded(store: Store, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(migrations.__path__[0]))
    config.set_main_option("path_separator", "os")
    with store.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def test_the_views_of_an_older_store_are_told_anew(store_url, tmp_path, journal_of, things):
    older = Store(place(store_url, tmp_path))
    upgraded(older, down_revision)
    take(older, journal_of("2026-01-05", {"10.1.0.1": things.camera(1)}))

    assert older.migrate() == (down_revision, HEAD)
    store = open_store(store_url, tmp_path)
    with store.reading() as connection:
        assert behind(connection)
    assert refresh(store, load()).devices == 1
    assert list(check(store)) == []
    with store.reading() as connection:
        assert len(connection.execute(select(device)).all()) == 1


def test_the_steps_make_what_a_new_store_has(store_url, tmp_path):
    store = Store(place(store_url, tmp_path))
    upgraded(store, HEAD)

    with store.reading() as connection:
        inspector = inspect(connection)
        for table in metadata.tables.values():
            columns = {column["name"] for column in inspector.get_columns(table.name)}
            indexes = {index["name"]: index["column_names"] for index in inspector.get_indexes(table.name)}
            assert columns == {column.name for column in table.c}, table.name
            assert indexes == {
                str(index.name): [column.name for column in index.columns] for index in table.indexes
            }

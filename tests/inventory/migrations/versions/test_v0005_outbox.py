from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import inspect

from scanner.inventory import migrations
from scanner.inventory.engine import Store, open_store, place
from scanner.inventory.migrations.versions.v0005_outbox import down_revision
from scanner.inventory.outbox import Outbox
from scanner.inventory.schema import HEAD, closed_ticket, outbox


def test_an_older_store_gets_an_outbox(store_url, tmp_path):
    older = Store(place(store_url, tmp_path))
    config = Config()
    config.set_main_option("script_location", str(migrations.__path__[0]))
    config.set_main_option("path_separator", "os")
    with older.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, down_revision)

    older.migrate()
    store = open_store(store_url, tmp_path)
    with store.reading() as connection:
        for table in (outbox, closed_ticket):
            found = {one["name"] for one in inspect(connection).get_columns(table.name)}
            assert found == set(table.columns.keys())
    assert store.revision() == HEAD
    assert Outbox(store, "t").unsettled() == []

"""A store of the third revision keeps its records, and its views are told anew."""

from __future__ import annotations

import json
import zlib

from alembic import command
from alembic.config import Config
from sqlalchemy import inspect, select, text

from scanner.inventory import migrations
from scanner.inventory.derive import unpacked
from scanner.inventory.engine import Store, open_store, place
from scanner.inventory.migrations.versions.v0004_checkpoints import down_revision
from scanner.inventory.rebuild import refresh
from scanner.inventory.run_views import behind
from scanner.inventory.schema import HEAD, derived, device, metadata, run
from scanner.inventory.upkeep import check
from scanner.knowledge import load


def upgraded(store: Store, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(migrations.__path__[0]))
    config.set_main_option("path_separator", "os")
    with store.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def test_the_views_of_an_older_store_are_told_anew(as_taken, store_url, tmp_path, journal_of, things):
    older = Store(place(store_url, tmp_path))
    upgraded(older, down_revision)
    as_taken(older, journal_of("2026-01-05", {"10.1.0.1": things.camera(1)}))
    as_taken(older, journal_of("2026-01-12", {"10.1.0.1": things.camera(1)}))
    concluded = {
        "found": [
            {"called": "dev-7", "names": [["serial", "G00000001"]], "addresses": ["10.1.0.1"], "maker": "hikvision",
             "methods": ["tcp"], "measures": ["m"], "fields": {"model": "OLD"}, "heard": ""},
        ],
        "shared": ["mac:x"],
        "networks": [
            {"prefix": "10.1.0.0/28", "covered": ["tcp"], "answered": ["10.1.0.1"], "interrupted": False}
        ],
        "judged": ["m"],
        "sightings": [],
    }  # fmt: skip
    with older.writing() as connection:
        name, lines = connection.execute(select(run.c.id, run.c.lines).order_by(run.c.id)).first()
        row = {"run": name, "lines": lines, "data": zlib.compress(json.dumps(concluded).encode())}
        connection.execute(
            text("INSERT INTO derived (run, lines, knowledge, data) VALUES (:run, :lines, 'k', :data)"), row
        )

    assert older.migrate() == (down_revision, HEAD)
    store = open_store(store_url, tmp_path)
    with store.reading() as connection:
        assert behind(connection)
    assert refresh(store, load()).derived == 1, "what was concluded stays"
    with store.reading() as connection:
        kept = connection.execute(select(derived).where(derived.c.run == name)).one()
        (found,) = unpacked(kept.data).found
        assert (kept.shared, found.called, found.fields) == ('["mac:x"]', "dev-7", {"model": "OLD"})
        assert unpacked(kept.data).networks[0].answered == {"10.1.0.1"}
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

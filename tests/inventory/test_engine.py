"""A store is opened on both databases, made once, and refused kindly when it is none of ours."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import insert, select, text

from scanner.inventory import engine
from scanner.inventory.engine import Store, open_store, place
from scanner.inventory.schema import HEAD, decision, metadata, revision_table
from scanner.model.errors import StoreUnusable

ROW = {"id": "dec-1", "at": "2026-01-01T00:00:00Z", "by": "A", "kind": "note", "subject": "x", "data": "{}"}


def test_without_a_name_the_store_is_a_file_of_the_data_folder(tmp_path):
    store = open_store(None, tmp_path / "data", make=True)

    assert Path(store.name) == tmp_path / "data" / "inventory.sqlite"
    assert Path(store.name).stat().st_mode & 0o077 == 0


def test_a_new_store_has_the_tables_that_the_program_knows(store_url, tmp_path):
    store = open_store(store_url, tmp_path, make=True)

    assert store.revision() == HEAD
    with store.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    assert store.migrate() == (HEAD, HEAD)


def test_what_is_written_is_there_and_what_fails_did_not_happen(store_url, tmp_path):
    store = open_store(store_url, tmp_path, make=True)
    with store.writing() as connection:
        connection.execute(insert(decision), [ROW])
    with contextlib.suppress(ZeroDivisionError), store.writing() as connection:
        connection.execute(insert(decision), [ROW | {"id": "dec-2"}])
        raise ZeroDivisionError

    with store.reading() as connection:
        assert connection.execute(select(decision.c.id)).scalars().all() == ["dec-1"]


def test_many_programs_may_make_the_same_store_at_once(store_url, tmp_path):
    faults = []

    def make() -> None:
        try:
            store = open_store(store_url, tmp_path, make=True)
            store.close()
        except Exception as error:
            faults.append(error)

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert faults == []
    assert open_store(store_url, tmp_path).revision() == HEAD


def test_all_migrations_come_to_the_tables_that_the_program_knows(store_url, tmp_path):
    store = Store(place(store_url, tmp_path))

    assert store.migrate() == (None, HEAD)
    with store.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert len(connection.execute(select(revision_table)).all()) == 1


@pytest.mark.parametrize(("found", "told"), [("9999", "update hiksweep"), ("0000", "store migrate")])
def test_a_store_of_another_release_is_refused_with_what_to_do(store_url, tmp_path, found, told):
    store = open_store(store_url, tmp_path, make=True)
    with store.writing() as connection:
        connection.execute(text(f"UPDATE alembic_version SET version_num = '{found}'"))

    with pytest.raises(StoreUnusable, match=told):
        open_store(store_url, tmp_path, make=True)


def test_a_newer_store_is_not_migrated(tmp_path):
    store = open_store(None, tmp_path, make=True)
    with store.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(StoreUnusable, match="newer"):
        store.migrate()


def test_where_no_store_is_the_command_that_makes_one_is_named(store_url, tmp_path):
    with pytest.raises(StoreUnusable, match="store init"):
        open_store(store_url, tmp_path)


def test_a_locked_store_costs_its_wait_and_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(engine, "BUSY", 0.1)
    store = open_store(None, tmp_path, make=True)
    other = sqlite3.connect(store.name, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(StoreUnusable, match="another program writes in it"), store.writing():
            pass
    finally:
        other.close()


def test_a_file_that_is_no_store_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("not a database at all, but long enough to be looked at" * 40)

    with pytest.raises(StoreUnusable, match="not a store"):
        open_store(str(tmp_path / "notes.txt"), tmp_path, make=True)


def test_a_full_disk_is_told_in_words(tmp_path):
    store = open_store(None, tmp_path, make=True)
    many = [ROW | {"id": f"dec-{n}", "data": "x" * 9000} for n in range(99)]

    def fill() -> None:
        with store.writing() as connection:
            connection.execute(text("PRAGMA max_page_count=60"))
            connection.execute(insert(decision), many)

    with pytest.raises(StoreUnusable, match="free some room"):
        fill()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("mysql://x/y", "SQLite or PostgreSQL"),
        ("sqlite://", "name a file"),
        ("sqlite:///:memory:", "name a file"),
        ("http//://", "SQLite or PostgreSQL|not a file"),
    ],
)
def test_what_is_no_place_of_a_store_is_refused(given, told, tmp_path):
    with pytest.raises(StoreUnusable, match=told):
        place(given, tmp_path)


def test_a_password_comes_from_the_environment_and_is_never_shown(monkeypatch, tmp_path):
    monkeypatch.setenv(engine.PASSWORD, "s3cret")
    url = place("postgresql://hiksweep@db.example.org/hiksweep", tmp_path)

    assert url.password == "s3cret"
    assert "s3cret" not in Store(url).name


def test_a_database_that_is_not_there_is_told_in_one_line(tmp_path):
    with pytest.raises(StoreUnusable) as told:
        open_store(f"postgresql://x@/x?host={tmp_path}", tmp_path, make=True)

    assert "\n" not in str(told.value)


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(StoreUnusable, match="cannot be made"):
        open_store(str(tmp_path / "file" / "store.sqlite"), tmp_path, make=True)

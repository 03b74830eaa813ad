"""A store says what it holds, finds what is wrong with it, and is copied as it is at one moment."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select, update

from scanner.inventory.engine import open_store
from scanner.inventory.ingest import take
from scanner.inventory.schema import VIEWS, body, record, run
from scanner.inventory.upkeep import backup, check, info
from scanner.model.errors import StoreUnusable, UsageError


@pytest.fixture
def store(store_url, tmp_path):
    return open_store(store_url, tmp_path, make=True)


@pytest.fixture
def filled(store, journal_of, things):
    take(store, journal_of("2026-01-05", {"10.1.0.5": things.camera(1)}))
    take(store, journal_of("2026-01-12", {"10.1.0.5": things.camera(1)}, finished=False))
    take(store, journal_of("2026-02-12", targets=("127.0.0.0/28",)))
    return store


def test_rehearsals_count_apart(filled):
    found = info(filled)

    assert (found.runs, found.unfinished, found.rehearsals, found.bodies) == (2, 1, 1, 1)
    assert (found.first, found.last) == ("2026-01-05T02:00:00Z", "2026-01-12T02:00:00Z")
    assert found.size > 0


def test_an_empty_store_holds_nothing(store):
    found = info(store)

    assert (found.runs, found.records, found.body_bytes, found.first) == (0, 0, 0, None)


def test_a_whole_store_has_no_fault(filled):
    assert list(check(filled)) == []


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (update(body).values(data=b"x"), "not what was taken"),
        (update(body).values(kept="x"), "not what was taken"),
        (update(record).where(record.c.kind == "looked").values(data="{}"), "not those that were taken"),
        (delete(record).where(record.c.kind == "swept"), "not those that were taken"),
        (delete(body), "bodies of 1 observations are missing"),
    ],
)
def test_what_was_changed_afterwards_is_found(filled, statement, told):
    with filled.writing() as connection:
        connection.execute(statement)

    assert any(told in fault for fault in check(filled))


def test_a_copy_is_a_store_with_the_same_records(filled, tmp_path):
    backup(filled, tmp_path / "copy.sqlite")
    copy = open_store(str(tmp_path / "copy.sqlite"), tmp_path)

    assert list(check(copy)) == []
    for table in (run, record, body, *VIEWS):
        with filled.reading() as one, copy.reading() as other:
            assert set(one.execute(select(table)).all()) == set(other.execute(select(table)).all())


def test_a_copy_leaves_nothing_else_behind(filled, tmp_path):
    (tmp_path / "backups").mkdir()
    backup(filled, tmp_path / "backups" / "copy.sqlite")

    assert [path.name for path in (tmp_path / "backups").iterdir()] == ["copy.sqlite"]
    assert (tmp_path / "backups" / "copy.sqlite").stat().st_mode & 0o077 == 0


def test_a_copy_overwrites_nothing(filled, tmp_path):
    (tmp_path / "copy.sqlite").write_text("mine")

    with pytest.raises(UsageError, match="exists already"):
        backup(filled, tmp_path / "copy.sqlite")
    assert (tmp_path / "copy.sqlite").read_text() == "mine"


def test_a_copy_into_no_folder_is_told(filled, tmp_path):
    with pytest.raises(StoreUnusable):
        backup(filled, tmp_path / "nowhere" / "copy.sqlite")

"""What the store took of a run is its journal again, byte for byte, wherever either of them was cut."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, insert, update

from scanner.inventory.engine import open_store
from scanner.inventory.ingest import take
from scanner.inventory.restore import holds, write_journal
from scanner.inventory.schema import pruned, record, run
from scanner.inventory.upkeep import check
from scanner.journal import Life
from scanner.model.errors import StoreUnusable, UsageError


@pytest.fixture
def store(store_url, tmp_path):
    return open_store(store_url, tmp_path, make=True)


@pytest.fixture
def journal(journal_of, things):
    answers = {f"10.1.0.{n}": things.camera(n % 3) for n in range(1, 7)}  # some say the same
    return journal_of("2026-01-05", answers, more=[Life("10.1.0.9")] * 3)


def test_a_journal_is_made_again_byte_for_byte(store, journal, tmp_path):
    name = take(store, journal).run
    assert holds(store, name)
    assert not holds(store, "another")

    again = write_journal(store, name, tmp_path / "elsewhere" / "again.jsonl")
    assert again.read_bytes() == journal.read_bytes()
    assert [one.name for one in again.parent.iterdir()] == ["again.jsonl"]


def test_a_journal_cut_at_any_byte_is_made_up_from_the_store(store, journal):
    name = take(store, journal).run
    whole = journal.read_bytes()
    for size in range(0, len(whole), 97):
        journal.write_bytes(whole[:size])
        write_journal(store, name, journal)
        assert journal.read_bytes() == whole


def test_a_store_that_took_less_leaves_the_journal_as_it_is(store, journal, tmp_path):
    whole = journal.read_bytes()
    lines = whole.splitlines(keepends=True)
    older = tmp_path / "older.jsonl"
    older.write_bytes(b"".join(lines[:7]) + lines[7][:5])
    name = take(store, older).run

    write_journal(store, name, journal)
    assert journal.read_bytes() == whole
    assert take(store, journal).finished
    assert list(check(store)) == []


def test_wherever_the_store_left_off_what_it_gives_back_can_be_gone_on_with(store_url, journal, tmp_path):
    store = open_store(store_url, tmp_path, make=True)
    lines = journal.read_bytes().splitlines(keepends=True)
    part = tmp_path / "part.jsonl"
    for count in range(1, len(lines)):
        part.write_bytes(b"".join(lines[:count]))
        name = take(store, part).run
        again = write_journal(store, name, tmp_path / f"{count}.jsonl")
        assert again.read_bytes().count(b"\n") == count
        assert take(store, again).records == 0  # the chain of digests fits
    assert list(check(store)) == []


def test_a_line_that_could_not_be_read_is_no_other_run(store, journal, tmp_path):
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join([*lines[:4], b"\x00\xff nonsense\n", *lines[4:]]))
    whole = journal.read_bytes()
    name = take(store, journal).run

    write_journal(store, name, journal)
    assert journal.read_bytes() == whole
    again = write_journal(store, name, tmp_path / "again.jsonl")
    assert b"a record is not readable" in again.read_bytes()
    assert take(store, again).records == 0


def test_the_journal_of_another_run_is_refused(store, journal, tmp_path):
    name = take(store, journal).run
    journal.write_bytes(journal.read_bytes().replace(b'"10.1.0.9"', b'"10.1.0.8"'))
    with pytest.raises(UsageError, match="another run of the name"):
        write_journal(store, name, journal)


def test_what_the_store_no_longer_holds_is_said(store, journal, tmp_path):
    name = take(store, journal).run
    with pytest.raises(StoreUnusable, match="no such run"):
        write_journal(store, "another", tmp_path / "x.jsonl")
    with store.writing() as connection:
        connection.execute(update(run).values(chain="x"))
    with pytest.raises(StoreUnusable, match="damaged"):
        write_journal(store, name, tmp_path / "x.jsonl")
    with store.writing() as connection:
        connection.execute(delete(record))
        row = {"run": name, "at": "2026-02-01T00:00:00Z", "records": 0, "chain": "", "mark": ""}
        connection.execute(insert(pruned), [row])
    with pytest.raises(StoreUnusable, match="pruned"):
        write_journal(store, name, tmp_path / "x.jsonl")
    assert not (tmp_path / "x.jsonl").exists()


def test_a_place_without_room_is_one_line(store, journal, tmp_path):
    name = take(store, journal).run
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(UsageError, match="cannot be written"):
        write_journal(store, name, tmp_path / "file" / "x.jsonl")

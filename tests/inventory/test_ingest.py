"""A journal is taken once, whatever happens meanwhile: cut at any byte, taken by two, taken while it grows."""

from __future__ import annotations

import hashlib
import json
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from scanner.inventory import ingest
from scanner.inventory.engine import open_store
from scanner.inventory.ingest import Taking, take
from scanner.inventory.reading import records
from scanner.inventory.schema import body, record, run
from scanner.inventory.upkeep import check
from scanner.journal import Named, Observation, RunEnded, read_journal
from scanner.model.errors import UsageError


@pytest.fixture
def store(store_url, tmp_path):
    made = open_store(store_url, tmp_path, make=True)
    yield made
    made.close()


@pytest.fixture
def journal(journal_of, things):
    page = {f"10.1.0.{n}": things.NAMELESS for n in range(6, 10)}
    return journal_of("2026-01-05", {"10.1.0.5": things.camera(1), **page})


def kept(store, name):
    with store.reading() as connection:
        return list(records(connection, name))


def count(store, table):
    with store.reading() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar()


def test_what_was_taken_reads_as_the_journal_does(store, journal):
    taken = take(store, journal)

    assert kept(store, taken.run) == list(read_journal(journal))
    assert taken.finished
    assert taken.site == "default"
    assert list(check(store)) == []


def test_the_same_bytes_are_kept_once(store, journal, journal_of, things):
    take(store, journal)
    other = take(store, journal_of("2026-01-12", {"10.1.0.9": things.NAMELESS}))

    assert other.bodies == 0
    assert count(store, body) == 2


def test_taking_it_twice_changes_nothing(store, journal):
    first = take(store, journal)
    again = take(store, journal)

    assert (again.records, again.bodies) == (0, 0)
    assert count(store, record) == first.records == len(list(read_journal(journal)))


def test_a_run_is_taken_as_it_is_written(store, journal, tmp_path):
    whole = journal.read_bytes()
    growing = tmp_path / "growing.jsonl"
    growing.touch()
    taking = Taking(store, growing)
    for place in range(0, len(whole) + 37, 37):
        growing.write_bytes(whole[:place])
        taking.advance()
    growing.write_bytes(whole)
    taking.advance()

    assert taking.result().finished
    assert kept(store, taking.result().run) == list(read_journal(journal))
    taking.close()


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(share=st.floats(0.0, 1.0))
def test_a_journal_cut_at_any_byte_goes_on_where_it_was_cut(tmp_path_factory, journal, share):
    folder = tmp_path_factory.mktemp("cut")
    store = open_store(None, folder, make=True)
    whole = journal.read_bytes()
    part = folder / "part.jsonl"
    part.write_bytes(whole[: int(len(whole) * share)])
    try:
        take(store, part)
    except UsageError:
        assert b"\n" not in part.read_bytes()
    taken = take(store, journal)

    assert kept(store, taken.run) == list(read_journal(journal))
    assert list(check(store)) == []
    store.close()


def test_two_programs_that_take_one_journal_take_it_once(store, journal, monkeypatch):
    monkeypatch.setattr(ingest, "BATCH_LINES", 2)
    faults = []

    def work() -> None:
        try:
            take(store, journal)
        except Exception as error:
            faults.append(error)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert faults == []
    name = next(read_journal(journal)).id
    assert kept(store, name) == list(read_journal(journal))


def test_another_run_of_the_same_name_is_refused(store, journal, tmp_path):
    take(store, journal)
    other = tmp_path / "other.jsonl"
    other.write_bytes(
        journal.read_bytes().replace(b"App-webs", b"App-Webs").replace(b"10.1.0.6", b"10.1.0.7")
    )

    with pytest.raises(UsageError, match="another run of the name"):
        take(store, other)
    assert list(check(store)) == []


def test_an_older_copy_takes_nothing_away(store, journal, tmp_path):
    first = take(store, journal)
    older = tmp_path / "older.jsonl"
    older.write_bytes(b"".join(journal.read_bytes().splitlines(keepends=True)[:4]))

    assert take(store, older).records == 0
    assert count(store, record) == first.records


def test_a_journal_with_which_another_machine_went_on_further_is_read_to_its_end_and_no_further(
    store, journal, tmp_path
):
    lines = journal.read_bytes().splitlines(keepends=True)
    here = tmp_path / "here.jsonl"
    here.write_bytes(b"".join(lines[:3]))
    taking = Taking(store, here)
    taking.advance()
    whole = take(store, journal)
    with here.open("ab") as file:
        file.write(b'{"kind":"looked","host":"10.1.0.77"}\n')

    assert taking.advance() == 0
    taking.close()
    assert kept(store, whole.run) == list(read_journal(journal))


def test_a_line_that_cannot_be_read_is_kept_as_a_fault(store, journal, tmp_path):
    lines = journal.read_bytes().splitlines(keepends=True)
    lines[3] = b"\xff\x00 not a record\n"
    damaged = tmp_path / "damaged.jsonl"
    damaged.write_bytes(b"".join(lines))
    taken = take(store, damaged)

    faults = [one for one in kept(store, taken.run) if type(one).__name__ == "RunError"]
    assert [fault.where for fault in faults] == [f"{taken.run}:4"]
    assert take(store, damaged).records == 0
    assert list(check(store)) == []


def test_secrets_that_the_journal_cut_stay_cut(store, journal_of, things, tmp_path):
    path = journal_of("2026-01-05", {"10.1.0.5": things.camera(1)})
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    digest = next(line["digest"] for line in lines if line["kind"] == "body")
    path.write_text(path.read_text().replace(digest, hashlib.sha256(b"as it came").hexdigest()))
    taken = take(store, path)

    seen = [one for one in kept(store, taken.run) if isinstance(one, Observation)]
    assert seen[0].digest == hashlib.sha256(b"as it came").hexdigest()
    assert seen[0].payload == things.camera(1)[1]
    assert list(check(store)) == []


@pytest.mark.parametrize("text", ["", "notes\n", '{"kind":"swept","steps":3}\n', "[]\n"])
def test_what_is_no_journal_is_refused(store, tmp_path, text):
    (tmp_path / "x").write_text(text)

    with pytest.raises(UsageError, match="not a journal"):
        take(store, tmp_path / "x")
    assert count(store, run) == 0


def test_a_file_that_is_not_there_is_refused(store, tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        take(store, tmp_path / "nowhere.jsonl")


def test_the_end_of_a_run_is_known_without_reading_it(store, journal, journal_of):
    take(store, journal)
    take(store, journal_of("2026-01-12", finished=False))

    with store.reading() as connection:
        rows = connection.execute(select(run.c.started, run.c.finished).order_by(run.c.started)).all()
    assert [tuple(row) for row in rows] == [
        ("2026-01-05T02:00:00Z", "2026-01-05T02:05:00Z"),
        ("2026-01-12T02:00:00Z", None),
    ]
    assert any(isinstance(one, RunEnded) for one in read_journal(journal))


def test_files_wait_for_their_end_unless_their_site_is_named(store, journal_of, things):
    whole = journal_of("2026-01-05", {"127.9.0.5": things.camera(1)}, (), engine="import",
                       more=[Named(("127.9.0.5",))])  # fmt: skip
    growing = whole.with_name("growing.jsonl")
    lines = whole.read_bytes().splitlines(keepends=True)
    growing.write_bytes(b"".join(lines[:3]))
    taking = Taking(store, growing)

    assert taking.advance(last=False) == 0
    growing.write_bytes(b"".join(lines[:-1]))
    assert taking.advance(last=False) == 0
    growing.write_bytes(b"".join(lines))
    assert taking.advance(last=False) == len(lines) - 1  # all but the body
    assert taking.result().site == "rehearsal"


def test_files_whose_site_is_named_are_taken_as_they_are_read(store, journal_of, things):
    cut = journal_of("2026-01-05", {"10.1.0.5": things.camera(1)}, (), engine="import", finished=False)
    taking = Taking(store, cut, "north")

    assert taking.advance(last=False)
    assert taking.result().site == "north"


def test_files_of_which_the_end_is_missing_are_taken_at_last(store, journal_of, things):
    cut = journal_of("2026-01-05", {"10.1.0.5": things.camera(1)}, (), engine="import", finished=False)

    assert take(store, cut).records

"""`hiksweep store`: what the commands print, and how they end."""

from __future__ import annotations

import os

import pytest


@pytest.fixture
def journal(journal_of, things):
    return journal_of("2026-01-05", {"10.1.0.5": things.camera(1)})


def test_a_store_is_made_filled_checked_and_copied(hiksweep, journal, store_url, tmp_path):
    place = ("--store", store_url)

    assert "ready" in hiksweep("store", "init", *place).out
    taken = hiksweep("store", "ingest", journal, "--site", "north", *place)
    assert (taken.code, "6 records (site north)." in taken.out) == (0, True)
    assert "nothing new" in hiksweep("store", "ingest", journal, *place).out
    assert hiksweep("store", "check", *place).out == "The store is whole.\n"
    assert hiksweep("store", "backup", tmp_path / "copy.sqlite", *place).code == 0
    assert "Runs        1\n" in hiksweep("store", "info", "--store", tmp_path / "copy.sqlite").out
    assert hiksweep("store", "migrate", *place).out == "Nothing to do.\n"


def test_the_default_store_lies_in_the_data_folder(hiksweep, journal, tmp_path):
    hiksweep("store", "ingest", journal)

    assert (tmp_path / "data" / "inventory.sqlite").is_file()


def test_the_environment_says_where_the_store_is(hiksweep, journal, tmp_path, monkeypatch):
    monkeypatch.setenv("HIKSWEEP_STORE", str(tmp_path / "mine.sqlite"))
    hiksweep("store", "ingest", journal)

    assert (tmp_path / "mine.sqlite").is_file()


def test_an_unfinished_run_is_said_to_have_no_end(hiksweep, journal_of):
    assert "no end yet" in hiksweep("store", "ingest", journal_of("2026-01-05", finished=False)).out


def test_one_file_that_is_none_keeps_no_other_out(hiksweep, journal, tmp_path):
    (tmp_path / "notes.txt").write_text("x\n")
    said = hiksweep("store", "ingest", tmp_path / "notes.txt", journal)

    assert said.code == 1
    assert "not a journal" in said.complaint
    assert "6 records" in said.out


def test_a_site_that_cannot_have_its_name_is_refused(hiksweep, journal):
    assert hiksweep("store", "ingest", journal, "--site", "a b").code == 2


@pytest.mark.parametrize("word", ["info", "check", "migrate"])
def test_without_a_store_the_command_that_makes_one_is_named(hiksweep, word):
    said = hiksweep("store", word)

    assert said.code == 2
    assert "store init" in said.complaint


def test_what_is_wrong_with_a_store_is_told_a_line_each(hiksweep, journal, tmp_path):
    from sqlalchemy import delete

    from scanner.inventory.engine import open_store
    from scanner.inventory.schema import body

    hiksweep("store", "ingest", journal)
    with open_store(None, tmp_path / "data").writing() as connection:
        connection.execute(delete(body))
    said = hiksweep("store", "check")

    assert said.code == 1
    assert "missing" in said.out


def test_sizes_are_said_in_units_that_people_read():
    from scanner.cli.store import _bytes

    assert [_bytes(n) for n in (999, 1500, 2_000_000, 5 * 10**13)] == ["999 B", "1.5 kB", "2.0 MB", "50.0 TB"]


def test_the_configuration_says_where_the_store_is_and_where_its_password(hiksweep, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PASSWORD_OF_X", "hush")
    monkeypatch.delenv("HIKSWEEP_STORE_PASSWORD", raising=False)
    monkeypatch.delenv("HIKSWEEP_CONFIG", raising=False)
    (tmp_path / "hiksweep.toml").write_text(
        'store = "kept.sqlite"\nstore_password = { env = "PASSWORD_OF_X" }\n'
    )

    assert hiksweep("store", "init").code == 0
    assert (tmp_path / "kept.sqlite").is_file()
    assert os.environ.pop("HIKSWEEP_STORE_PASSWORD") == "hush"

    assert hiksweep("store", "init", "--store", tmp_path / "other.sqlite").code == 0
    assert (tmp_path / "other.sqlite").is_file()
    (tmp_path / "hiksweep.toml").write_text("store = kept\n")
    assert "see 'hiksweep config check'" in hiksweep("store", "info").complaint


def test_what_would_be_pruned_is_shown_first_and_done_when_it_is_agreed_to(
    hiksweep, journal_of, things, store_url
):
    place = ("--store", store_url)
    laptops = {f"10.1.0.{number}": things.LAPTOP for number in range(5, 14)}
    for day in ("2024-01-05", "2024-01-12", "2024-01-19", "2024-01-26"):
        hiksweep("store", "ingest", journal_of(day, {"10.1.0.1": things.camera(1), **laptops}), *place)
    devices = hiksweep("devices", *place).out

    shown = hiksweep("store", "prune", "--keep", "52w", "--dry-run", *place)
    assert (shown.code, "records go" in shown.out, "Pruned" in shown.out) == (0, True, False)
    refused = hiksweep("store", "prune", "--keep", "52w", *place)
    assert (refused.code, "Nothing was pruned" in refused.err) == (3, True)
    done = hiksweep("store", "prune", "--keep", "52w", "--yes", *place)
    assert (done.code, done.out.splitlines()[-1]) == (0, "Pruned.")
    assert "Nothing to let go" in hiksweep("store", "prune", "--keep", "52w", "--yes", *place).out
    assert hiksweep("store", "check", *place).out == "The store is whole.\n"
    assert "4 runs were pruned" in hiksweep("store", "info", *place).out
    assert hiksweep("devices", *place).out == devices
    late = hiksweep("store", "ingest", journal_of("2024-01-08", laptops), *place)
    assert "older than what was pruned" in late.out


def test_nonsense_is_not_pruned_by(hiksweep, journal):
    hiksweep("store", "ingest", journal)

    assert hiksweep("store", "prune", "--keep", "soon", "--yes").code == 2

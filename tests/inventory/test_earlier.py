"""Stores and journals that earlier programs wrote are taken whole.

The files in ``earlier/`` were written by those programs themselves: a journal by the first one that scanned, one
by the first that noted filters on the way, and one by the first that read files; a store of each revision, with
these three runs of one camera, a note and a waiver. Each sweep was of eight loopback addresses.
"""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import MetaData as Tables
from sqlalchemy import Table, insert, inspect, select

from scanner.inventory import migrations
from scanner.inventory.decisions import decisions
from scanner.inventory.engine import Store, open_store, place
from scanner.inventory.ingest import take
from scanner.inventory.lists import list_devices, list_findings
from scanner.inventory.reading import records
from scanner.inventory.rebuild import refresh
from scanner.inventory.schema import HEAD, run
from scanner.inventory.upkeep import check
from scanner.journal import Observation, RunEnded, read_journal
from scanner.knowledge import load
from scanner.model.report import RunError

EARLIER = Path(__file__).parent / "earlier"
JOURNALS = sorted(EARLIER.glob("journal-*.jsonl"))
STORES = sorted(EARLIER.glob("store-*.json.gz"))
ORDER = ("run", "body", "record", "decision")
"""Tables that others point to come first."""


@pytest.fixture(scope="session")
def knowledge():
    return load()


def revision_of(file: Path) -> str:
    return file.name.removeprefix("store-").partition(".")[0]


def as_it_was(file: Path, url: str, folder: Path) -> Store:
    """A store of an earlier revision, with all rows that the program of that time left in it."""
    store = Store(place(url, folder))
    config = Config()
    config.set_main_option("script_location", str(migrations.__path__[0]))
    config.set_main_option("path_separator", "os")
    kept = json.loads(gzip.decompress(file.read_bytes()))
    with store.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision_of(file))
        for name in (*ORDER, *sorted(kept.keys() - set(ORDER))):
            rows = [
                dict(zip(kept[name]["columns"], map(unpacked, row), strict=True))
                for row in kept[name]["rows"]
            ]
            connection.execute(insert(Table(name, Tables(), autoload_with=connection)), rows)
    return store


def unpacked(value):
    return base64.b64decode(value["base64"]) if isinstance(value, dict) else value


def test_there_is_a_store_of_each_revision_but_this_one():
    assert [revision_of(file) for file in STORES] == [f"{number:04}" for number in range(1, int(HEAD))]


@pytest.mark.parametrize("file", JOURNALS, ids=lambda file: file.stem)
def test_an_earlier_journal_is_read_and_taken_whole(file, store_url, tmp_path, knowledge):
    told = list(read_journal(file))
    store = open_store(store_url, tmp_path, make=True)
    taken = take(store, file)
    refresh(store, knowledge)

    assert not [one for one in told if isinstance(one, RunError)]
    assert sum(isinstance(one, Observation) for one in told) > 10
    assert isinstance(told[-1], RunEnded)
    assert (taken.site, taken.finished, taken.records) == ("rehearsal", True, len(told))
    with store.reading() as connection:
        assert list(records(connection, taken.run)) == told
        (device,) = list_devices(connection, site="rehearsal")
    assert (device.addresses, device.presence) == (("127.88.0.14",), "new")
    assert device.fields["model"].startswith("DS-2CD2387G2")


@pytest.mark.parametrize("file", STORES, ids=lambda file: file.name)
def test_an_earlier_store_migrates_whole(file, store_url, tmp_path, knowledge):
    older = as_it_was(file, store_url, tmp_path)
    with older.reading() as connection:
        said = decisions(connection)
        before = {
            name: list(records(connection, name)) for name in connection.execute(select(run.c.id)).scalars()
        }

    assert older.migrate() == (revision_of(file), HEAD)
    store = open_store(store_url, tmp_path)
    refresh(store, knowledge)

    assert list(check(store)) == []
    with store.reading() as connection:
        assert decisions(connection) == said
        assert {name: list(records(connection, name)) for name in before} == before
        assert sorted(before) == sorted(next(read_journal(file)).id for file in JOURNALS)
        (device,) = list_devices(connection)
        assert (device.site, device.presence, device.addresses) == ("lab", "present", ("127.88.0.14",))
        assert device.id == said[0].subject
        findings = list_findings(connection, said[-1].at.date())
    assert {(one.state, one.until) for one in findings} == {("waived", "2027-05-31")}
    assert len(findings) > 20


@pytest.mark.parametrize("file", STORES, ids=lambda file: file.name)
def test_the_journals_of_an_earlier_store_change_nothing_in_it(file, store_url, tmp_path):
    as_it_was(file, store_url, tmp_path).migrate()
    store = open_store(store_url, tmp_path)

    assert [take(store, journal, "lab").records for journal in JOURNALS] == [0, 0, 0]


def test_a_migration_leaves_no_table_behind(store_url, tmp_path):
    as_it_was(STORES[0], store_url, tmp_path).migrate()
    with open_store(store_url, tmp_path).reading() as connection:
        names = set(inspect(connection).get_table_names())

    assert not {name for name in names if name.endswith("_before")}

"""A scan is kept in the inventory as it happens; what the store cannot do costs one warning."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select, text

from scanner.inventory import leases
from scanner.inventory.engine import open_store
from scanner.inventory.leases import Lease
from scanner.inventory.schema import lease, run
from scanner.inventory.upkeep import check, info
from scanner.scope import parse_target

WORDS = ("--rate", "5000", "--no-multicast")


@pytest.fixture
def scan(hiksweep, loopback):
    return lambda *words: hiksweep("scan", f"{loopback}.0/30", *WORDS, *words)


def test_a_scan_of_loopback_is_kept_as_a_rehearsal(scan, tmp_path):
    scan()
    store = open_store(None, tmp_path / "data")

    found = info(store)
    assert (found.runs, found.rehearsals, found.unfinished) == (0, 1, 0)
    assert found.records > 2
    assert list(check(store)) == []


def test_the_user_may_want_nothing_kept(scan, tmp_path):
    scan("--no-save")

    assert not (tmp_path / "data" / "inventory.sqlite").exists()


def test_a_scan_is_kept_where_and_as_what_the_user_says(scan, store_url, tmp_path):
    scan("--store", store_url, "--site", "north")

    with open_store(store_url, tmp_path).reading() as connection:
        assert connection.execute(select(run.c.site)).scalars().all() == ["north"]


def test_a_site_that_can_be_none_is_refused_before_anything_is_sent(scan, tmp_path):
    assert scan("--site", "a b").code == 2
    assert not (tmp_path / "data" / "journals").exists()


def test_a_newer_store_costs_one_warning_and_nothing_else(scan, tmp_path):
    (tmp_path / "data").mkdir()
    store = open_store(None, tmp_path / "data", make=True)
    with store.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    said = scan()

    warnings = [line for line in said.err.splitlines() if line.startswith("Warning: the run is not")]
    assert len(warnings) == 1
    assert "update hiksweep" in warnings[0]
    assert "store ingest" in warnings[0]
    assert said.code in (0, 4)


def test_the_command_of_the_warning_catches_up(scan, hiksweep, tmp_path):
    (tmp_path / "blocked").write_text("a file where a folder is wanted")
    said = scan("--store", tmp_path / "blocked" / "store.sqlite")
    assert "catches up" in said.err

    (journal,) = (tmp_path / "data" / "journals").glob("*.jsonl")
    assert hiksweep("store", "ingest", journal).code == 0


def test_ctrl_c_while_the_inventory_is_brought_up_to_date_is_told(scan, monkeypatch):
    from scanner.inventory.follow import Follower

    def interrupted(self, knowledge):
        raise KeyboardInterrupt

    monkeypatch.setattr(Follower, "finish", interrupted)
    said = scan()

    assert said.code in (0, 4)
    assert "interrupted" in said.err


def test_addresses_that_another_program_sweeps_are_left_alone(scan, store_url, tmp_path, loopback):
    store = open_store(store_url, tmp_path, make=True)
    held = Lease(store, "north", [parse_target(f"{loopback}.2")], "run-0")
    words = ("--store", store_url, "--site", "north")
    said = scan(*words)

    assert said.code == 1
    assert "run-0" in said.complaint
    assert scan(*words, "--no-save").code == 1
    assert not (tmp_path / "data" / "journals").exists()
    assert scan("--store", store_url, "--site", "south").code in (0, 4)
    held.release()
    assert scan(*words).code in (0, 4)


def test_a_scan_gives_its_lease_back(scan, store_url, tmp_path):
    scan("--store", store_url, "--site", "north")

    with open_store(store_url, tmp_path).reading() as connection:
        assert connection.execute(select(lease)).all() == []


def test_a_scan_that_is_taken_over_stops_and_says_so(scan, tmp_path, monkeypatch):
    monkeypatch.setattr(leases, "RENEWALS", 3_000)
    monkeypatch.setattr(Lease, "renew", lambda self: False)
    said = scan("--site", "north", "--format", "json")

    assert said.code == 4
    assert leases.LOST in said.out


def test_a_scan_whose_lease_is_over_sends_nothing(scan, monkeypatch):
    monkeypatch.setattr(leases, "RENEWALS", 1)
    said = scan("--site", "north", "--format", "json")

    assert said.code == 4
    assert "None found, coverage INCOMPLETE" in said.err
    states = json.loads(said.out)["coverage"]["by_state"]
    assert (states["aborted"], states["silent"]) == (4, 0)

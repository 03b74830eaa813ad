"""A run is in the store while it goes on, and whatever the store does, the run goes on."""

from __future__ import annotations

import sqlite3
import time

import pytest

from scanner.inventory import engine
from scanner.inventory.engine import open_store
from scanner.inventory.follow import Follower
from scanner.inventory.upkeep import check, info
from scanner.knowledge import load


@pytest.fixture(scope="session")
def knowledge():
    return load()


@pytest.fixture
def journal(journal_of, things):
    return journal_of("2026-01-05", {"10.1.0.5": things.camera(1)})


def wait_for(condition, seconds: float = 20.0) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.05)
    return False


def test_a_run_is_there_while_it_goes_on(store_url, journal, tmp_path, knowledge):
    growing = tmp_path / "growing.jsonl"
    store = open_store(store_url, tmp_path, make=True)
    follower = Follower(growing, store_url, tmp_path, "north")
    follower.start()
    lines = journal.read_bytes().splitlines(keepends=True)
    with growing.open("ab", buffering=0) as file:
        file.write(b"".join(lines[:3]))
        assert wait_for(lambda: info(store).records == 2)
        assert info(store).unfinished == 1
        file.write(b"".join(lines[3:]))

    assert follower.finish(knowledge) == ""
    assert (info(store).unfinished, info(store).runs) == (0, 1)
    assert list(check(store)) == []


def test_a_store_that_is_locked_for_a_while_is_tried_again(journal, tmp_path, knowledge, monkeypatch):
    monkeypatch.setattr(engine, "BUSY", 0.1)
    store = open_store(None, tmp_path, make=True)
    other = sqlite3.connect(store.name, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    follower = Follower(journal, None, tmp_path)
    follower.start()
    time.sleep(1.0)
    other.execute("ROLLBACK")
    other.close()

    assert follower.finish(knowledge) == ""
    assert info(store).records == 6


def test_a_store_that_stays_locked_is_told_once_at_the_end(journal, tmp_path, knowledge, monkeypatch):
    monkeypatch.setattr(engine, "BUSY", 0.1)
    store = open_store(None, tmp_path, make=True)
    other = sqlite3.connect(store.name, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    follower = Follower(journal, None, tmp_path)
    follower.start()

    assert "another program writes in it" in follower.finish(knowledge)
    other.close()


def test_a_run_that_never_began_leaves_nothing(tmp_path, knowledge):
    follower = Follower(tmp_path / "never.jsonl", None, tmp_path)
    follower.start()

    assert follower.finish(knowledge) == ""
    assert info(open_store(None, tmp_path)).runs == 0


def test_one_that_was_never_started_is_stopped_without_a_word(tmp_path):
    follower = Follower(tmp_path / "never.jsonl", None, tmp_path)
    follower.stop()

    assert not (tmp_path / "inventory.sqlite").exists()

"""`seal` makes a bundle of a run, from its journal or from the inventory."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from scanner.journal import Journal
from scanner.run.machine import data_folder

EARLIER = Path(__file__).parents[1] / "inventory/earlier"


@pytest.fixture
def journal(tmp_path):
    return Path(shutil.copy(max(EARLIER.glob("journal-*.jsonl")), tmp_path / "scan.jsonl"))


@pytest.fixture
def key(hiksweep, tmp_path):
    place = tmp_path / "seal.key"
    assert hiksweep("keys", "new", place).code == 0
    return place


def test_a_run_that_only_the_inventory_holds_is_sealed(hiksweep, journal, key, tmp_path):
    assert hiksweep("store", "ingest", journal).code == 0
    run = journal.read_text().split('"id":"')[1].split('"')[0]
    journal.unlink()
    shutil.rmtree(data_folder() / "journals", ignore_errors=True)
    place = tmp_path / "b"
    said = hiksweep("seal", run, "--key", key, "--output", place)
    assert (said.code, run in said.out) == (0, True)
    assert hiksweep("verify", place, "--key", f"{key}.pub").code == 0


def test_what_cannot_be_sealed_is_one_line_and_nothing_is_made(hiksweep, journal, key, tmp_path):
    place = tmp_path / "b"
    for words, code, what in (
        (("nothing", "--key", key), 2, "no inventory here that holds such a run"),
        ((tmp_path / "no.jsonl", "--key", key), 2, "no journal is there"),
        ((journal, "--key", f"{key}.pub"), 2, "no private key"),
        ((journal, "--key", tmp_path / "no"), 2, "cannot be read"),
        ((key, "--key", key), 2, "not a journal"),
    ):
        said = hiksweep("seal", *words, "--output", place)
        assert (said.code, what in said.complaint) == (code, True), said
    assert not place.exists()
    running = Journal(journal, again=True)
    said = hiksweep("seal", journal, "--key", key, "--output", place)
    assert (said.code, "still going on" in said.complaint) == (1, True)
    running.close()
    assert hiksweep("seal", journal, "--key", key, "--output", place).code == 0
    said = hiksweep("seal", journal, "--key", key, "--output", place)
    assert (said.code, "exists already" in said.complaint) == (2, True)

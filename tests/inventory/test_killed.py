"""Killed at any moment, the store holds what was committed, whole, and goes on from there."""

from __future__ import annotations

import random
import subprocess
import sys
import time

import pytest

from scanner.inventory.engine import open_store
from scanner.inventory.ingest import take
from scanner.inventory.reading import records
from scanner.inventory.upkeep import check
from scanner.journal import Life, read_journal

KILLS = 5
SLOWLY = (
    "import sys, time; from pathlib import Path; from scanner.inventory import ingest;"
    "from scanner.inventory.engine import open_store; ingest.BATCH_LINES = 20;"
    "store = open_store(sys.argv[1], Path(sys.argv[2])); keep = ingest.Taking._keep;"
    "ingest.Taking._keep = lambda self, batch: (print('batch', flush=True), keep(self, batch))[1];"
    "ingest.take(store, Path(sys.argv[3]))"
)
"""Takes a journal in many small batches, and says each."""


@pytest.mark.slow
def test_a_store_whose_writer_is_killed_is_whole_and_goes_on(store_url, tmp_path, journal_of, things):
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    draw = random.Random(seed)
    answers = {f"10.1.{n // 250}.{n % 250 + 1}": things.camera(n) for n in range(600)}
    journal = journal_of("2026-01-05", answers, ("10.1.0.0/22",), more=[Life("10.1.0.9")] * 500)
    store = open_store(store_url, tmp_path, make=True)
    for _ in range(KILLS):
        child = subprocess.Popen(
            [sys.executable, "-c", SLOWLY, store_url, str(tmp_path), str(journal)], stdout=subprocess.PIPE
        )
        child.stdout.readline()
        time.sleep(draw.uniform(0.0, 0.08))
        child.kill()
        child.communicate(timeout=30)
        assert list(check(store)) == []

    taken = take(store, journal)
    assert list(check(store)) == []
    with store.reading() as connection:
        assert list(records(connection, taken.run)) == list(read_journal(journal))
    store.close()

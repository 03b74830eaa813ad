"""`resume` goes on with a scan wherever its journal was cut, and says what it cannot go on with."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scanner.inventory.engine import open_store
from scanner.inventory.ingest import take
from scanner.inventory.upkeep import check
from scanner.journal import Journal
from scanner.lab import Lab

CUTS = 5
NOTHING = (
    "id",
    "observation",
    "at",
    "first_seen",
    "last_seen",
    "started",
    "finished",
    "run",
    "digest",
    "seen",
)

_TIME = re.compile(r"\d\d:\d\d:\d\d")


def plain(value: Any) -> Any:
    """What a report says, without what differs between any two runs."""
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items() if name not in NOTHING}
    if isinstance(value, str):
        return _TIME.sub("", value)  # some servers state the time, and a report shows what they state
    return [plain(one) for one in value] if isinstance(value, list) else value


def result(report: dict[str, Any]) -> dict[str, Any]:
    devices = sorted(map(plain, report["devices"]), key=lambda one: str(one["addresses"]))
    for device in devices:
        device["evidence"] = sorted({json.dumps(one, sort_keys=True) for one in device.get("evidence", [])})
    return {"devices": devices, "coverage": plain(report["coverage"]), "errors": report["errors"]}


@pytest.fixture
def lab():
    with Lab(only=("camera-v55", "relabel-annke"), base=f"127.{100 + os.getpid() % 100}.2.0/24") as started:
        yield started


@pytest.fixture
def scanned(hiksweep: Callable[..., Any], lab: Lab, tmp_path: Path):
    """The journal of a whole scan of the lab, its report, and the words that made it."""
    words = (*sorted(lab.truth), "--ports", lab.ports_option, "--rate", "20000", "--no-config")
    said = hiksweep("scan", *words, "--format", "json", "--journal", tmp_path / "whole.jsonl", "--no-save")
    return tmp_path / "whole.jsonl", json.loads(said.out)


def test_a_journal_cut_at_any_byte_ends_as_the_whole_one(hiksweep, scanned, store_url, tmp_path):
    journal, report = scanned
    whole = journal.read_bytes()
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    draw, header = random.Random(seed), whole.index(b"\n")
    places = sorted(draw.sample(range(header, len(whole) - 1), CUTS))
    store = open_store(store_url, tmp_path, make=True)
    for place in places:
        part = tmp_path / f"cut-{place}.jsonl"
        # each is a run of its own, or the store would take them for the same
        name = json.loads(whole[: header + 1])["id"]
        part.write_bytes(whole[:place].replace(name.encode(), f"{name[:-6]}{place:06x}".encode()))
        take(store, part)
        said = hiksweep("resume", part, "--format", "json", "--store", store_url)
        assert said.code == 3, said.err
        assert result(json.loads(said.out)) == result(report), place
    assert list(check(store)) == []


def test_a_run_goes_on_by_its_name_its_reference_or_its_journal(hiksweep, scanned, tmp_path):
    journal, _ = scanned
    folder = tmp_path / "data" / "journals"
    folder.mkdir(parents=True, exist_ok=True)
    lines = journal.read_bytes().splitlines(keepends=True)
    header = json.loads(lines[0])
    cut = b"".join((json.dumps(header | {"reference": "CHG-9"}).encode() + b"\n", *lines[1:-1]))
    here = folder / f"{header['id']}.jsonl"
    for name in (header["id"], "CHG-9", str(here)):
        here.write_bytes(cut)
        said = hiksweep("resume", name, "--no-save")
        assert said.code == 3, said.err
        assert f"Going on with {header['id']}" in said.err
    assert hiksweep("resume", header["id"], "--no-save").code == 2


def test_a_run_whose_journal_is_lost_goes_on_from_the_inventory(hiksweep, scanned, store_url, tmp_path):
    journal, report = scanned
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(lines[: len(lines) // 2]))
    store = open_store(store_url, tmp_path, make=True)
    name = take(store, journal).run
    journal.unlink()

    said = hiksweep("resume", name, "--store", store_url, "--format", "json")
    assert said.code == 3, said.err
    assert result(json.loads(said.out)) == result(report)
    assert list(check(store)) == []


def test_what_cannot_be_gone_on_with_is_one_line(hiksweep, scanned, tmp_path):
    journal, _ = scanned
    said = hiksweep("resume", journal, "--no-save")
    assert (said.code, "is finished" in said.complaint) == (2, True)
    said = hiksweep("resume", "nowhere")
    assert (said.code, "no run of that name" in said.complaint) == (2, True)
    journal.write_bytes(journal.read_bytes().splitlines(keepends=True)[0])
    held = Journal(journal, again=True)
    said = hiksweep("resume", journal, "--no-save")
    assert (said.code, "still going on" in said.complaint) == (1, True)
    held.close()


def test_a_scan_of_the_same_addresses_tells_of_the_one_that_was_cut(hiksweep, loopback, tmp_path):
    words = ("scan", f"{loopback}.0/30", "--rate", "5000", "--no-save", "--no-config")
    hiksweep(*words)
    (journal,) = (tmp_path / "data" / "journals").iterdir()
    journal.write_bytes(b"".join(journal.read_bytes().splitlines(keepends=True)[:-1]))

    assert f"'hiksweep resume {journal.stem}' goes on with it" in hiksweep(*words).err
    assert "was never finished" not in hiksweep(*words, "--quiet").err
    assert hiksweep("resume", journal.stem, "--no-save", "--quiet").code in (0, 4)
    assert "was never finished" not in hiksweep(*words).err


FULL = """
set -e
mount -t tmpfs -o size=4m none "$ROOM"
mkdir "$ROOM/data"
head -c $((4 * 1024 * 1024 - $LEFT)) /dev/zero > "$ROOM/filler"
code=0
"$@" scan $NETWORK --no-config --rate 20000 --store "$STORE" --quiet --format json > "$OUT/first" 2> "$OUT/said" || code=$?
echo $code > "$OUT/code"
rm "$ROOM/filler"
"$@" resume "$ROOM"/data/journals/*.jsonl --store "$STORE" --quiet --format json > "$OUT/last" 2>> "$OUT/said" || :
cp "$ROOM"/data/journals/*.jsonl "$OUT/journal.jsonl"
"""


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("unshare"), reason="needs root to mount a tmpfs")
@pytest.mark.parametrize("left", [16384, 65536])
def test_a_disk_filled_to_the_last_byte_costs_nothing_that_was_written(
    hiksweep, loopback, store_url, tmp_path, left
):
    network = f"{loopback}.0/24"
    whole = hiksweep("scan", network, "--no-config", "--rate", "20000", "--no-save", "--format", "json")
    room = tmp_path / "room"
    room.mkdir()
    open_store(store_url, tmp_path, make=True)
    names = {"ROOM": room, "LEFT": left, "OUT": tmp_path, "NETWORK": network, "STORE": store_url}
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", FULL, "sh", sys.executable, "-m", "scanner"],
        env=os.environ
        | {name: str(value) for name, value in names.items()}
        | {
            "HIKSWEEP_DATA": str(room / "data"),
            "COVERAGE_PROCESS_CONFIG": "",
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=500,
    )
    said = (tmp_path / "said").read_text()
    assert done.returncode == 0, done.stderr + said
    assert (tmp_path / "code").read_text() == "4\n", said
    assert "cannot be written any more" in (tmp_path / "first").read_text()
    assert result(json.loads((tmp_path / "last").read_text())) == result(json.loads(whole.out))
    assert all(map(json.loads, (tmp_path / "journal.jsonl").read_text().splitlines()))
    store = open_store(store_url, tmp_path)
    assert list(check(store)) == []

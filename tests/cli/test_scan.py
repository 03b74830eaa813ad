"""`scan` against the rehearsal network: formats, files, codes, what it says while it runs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from scanner.lab import Lab
from scanner.reporter.schema import load_schema

ONLY = ("camera-v55", "relabel-annke", "dahua", "nas-ds918", "news-site")


@pytest.fixture
def lab(worker_id: str = "master"):
    number = 100 + os.getpid() % 100
    with Lab(only=ONLY, base=f"127.{number}.1.0/24") as started:
        yield started


def words(lab: Lab, *more: str | Path) -> list[str | Path]:
    targets = sorted(lab.truth)
    return ["scan", *targets, "--ports", lab.ports_option, "--rate", "20000", *more]


def test_a_scan_finds_what_is_there_and_accuses_nobody_else(hiksweep, lab, tmp_path: Path) -> None:
    said = hiksweep(*words(lab, "--format", "json", "--reference", "CHG-7"))

    result = json.loads(said.out)
    assert said.code == 3
    Draft202012Validator(load_schema("scan")).validate(result)
    found = {a for d in result["devices"] if d["evidenced_maker"] == "hikvision" for a in d["addresses"]}
    assert found == {a for a, truth in lab.truth.items() if str(truth.evidenced_maker) == "hikvision"}
    assert result["run"]["reference"] == "CHG-7"
    assert sum(result["coverage"]["by_state"].values()) == len(lab.truth)
    assert "Journal: " in said.err


def test_one_scan_writes_every_format_and_a_report_of_its_journal_says_the_same(
    hiksweep, lab, tmp_path
) -> None:
    journal = tmp_path / "j.jsonl"
    formats = ("json", "jsonl", "csv", "html", "table")
    outputs = [
        option for name in formats for option in ("--format", name, "--output", str(tmp_path / f"a.{name}"))
    ]
    profile = ("--profile", "ca-federal-institution")

    said = hiksweep(*words(lab, "--journal", journal, *profile, *outputs))
    again = hiksweep("report", journal, *[word.replace("/a.", "/b.") for word in outputs])

    assert (said.code, again.code) == (3, 3)
    for name in formats:
        assert (tmp_path / f"a.{name}").read_text() == (tmp_path / f"b.{name}").read_text()
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]
    other = hiksweep("report", journal, "--profile", "generic", "--format", "json")
    assert json.loads(other.out)["run"]["profiles"] == ["generic"]


def test_nothing_found_and_everything_covered_is_zero(hiksweep) -> None:
    said = hiksweep("scan", "127.96.0.0/30", "--rate", "20000")

    assert said.code == 0
    assert "None found, coverage complete" in said.out
    assert "did not answer" in said.out


def test_quiet_says_nothing_but_the_result(hiksweep) -> None:
    said = hiksweep("scan", "127.96.1.1", "--rate", "20000", "--quiet", "--format", "json")

    assert said.err == ""
    assert json.loads(said.out)["run"]["verdict"] == "clear"


def start(tmp_path: Path, *more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "scanner", "scan", "127.97.0.0/20", "--rate", "500", "--journal", str(tmp_path / "j.jsonl"), *more],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | {"HIKSWEEP_DATA": str(tmp_path / "data")},
    )  # fmt: skip


def wait_for(path: Path, text: str) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and not (path.exists() and text in path.read_text()):
        time.sleep(0.05)


@pytest.mark.parametrize("times", [1, 3])
def test_ctrl_c_ends_it_with_what_was_gathered(tmp_path: Path, times: int) -> None:
    with start(tmp_path, "--format", "json") as running:
        wait_for(tmp_path / "j.jsonl", "refused")
        for _ in range(times):
            running.send_signal(signal.SIGINT)
            time.sleep(0.05)
        out, err = running.communicate(timeout=30)

    assert running.returncode == 130, err
    assert "Traceback" not in err
    result = json.loads(out)
    assert result["run"]["coverage_complete"] is False
    assert result["coverage"]["by_state"]["aborted"] > 0
    assert sum(result["coverage"]["by_state"].values()) == 4096


def test_a_second_scan_of_the_same_addresses_says_whose_lock_it_met(tmp_path: Path) -> None:
    with start(tmp_path) as running:
        wait_for(tmp_path / "j.jsonl", "refused")
        second = subprocess.run(
            [sys.executable, "-m", "scanner", "scan", "127.97.0.9"],
            capture_output=True, text=True, timeout=30, check=False, env=os.environ | {"HIKSWEEP_DATA": str(tmp_path / "data")},
        )  # fmt: skip
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=30)

    assert second.returncode == 1
    (line,) = second.stderr.splitlines()
    assert f"process {running.pid}" in line


def test_a_killed_scan_still_reports_what_it_had(hiksweep, tmp_path: Path) -> None:
    with start(tmp_path) as running:
        wait_for(tmp_path / "j.jsonl", '"swept"')
        running.kill()
        running.communicate(timeout=30)

    said = hiksweep("report", tmp_path / "j.jsonl", "--format", "json")

    result = json.loads(said.out)
    assert said.code == 4
    assert result["run"]["finished"] is None
    assert result["coverage"]["by_state"]["refused"] > 0
    assert result["coverage"]["by_state"]["aborted"] > 0


def test_a_full_disk_costs_the_file_and_not_the_result(hiksweep, monkeypatch, tmp_path: Path) -> None:
    def full(path: Path, text: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("scanner.cli.output.write_whole", full)

    said = hiksweep(
        "scan",
        "127.96.2.1",
        "--rate",
        "20000",
        "--format",
        "csv",
        "--output",
        tmp_path / "r.csv",
        "--format",
        "table",
    )

    assert said.code == 1
    assert "No space left" in said.err
    assert "None found" in said.out


def test_what_the_configuration_says_is_never_touched_is_not_and_counts_as_excluded(
    hiksweep, loopback, tmp_path, monkeypatch, tcp_peer
) -> None:
    peer = tcp_peer(lambda connection: connection.close(), f"{loopback}.2")
    (tmp_path / "hiksweep.toml").write_text(f'[sites.lab]\nexclude = "{loopback}.2"\n')
    monkeypatch.setenv("HIKSWEEP_CONFIG", str(tmp_path / "hiksweep.toml"))
    words = ("scan", f"{loopback}.0/30", "--ports", str(peer.port), "--no-multicast", "--rate", "5000")

    said = hiksweep(*words, "--format", "json", "--quiet")
    assert json.loads(said.out)["coverage"]["by_state"]["excluded"] == 1
    assert peer.connections == 0
    assert said.err == ""
    hiksweep(*words, "--no-config")
    assert peer.connections > 0

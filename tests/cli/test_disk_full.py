"""A disk without room, for real: the kernel ends every file at a size, as a full disk would."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

NETWORK = "127.90.3.0/26"


def scan(folder: Path, room: int, *words: str, targets: str = NETWORK) -> subprocess.CompletedProcess[str]:
    """A scan by a process whose files may have so many bytes."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    return subprocess.run(
        [sys.executable, "-m", "scanner", "scan", targets, "--rate", "20000", *words],
        env=os.environ | {"HIKSWEEP_DATA": str(folder / "data"), "PYTHONDONTWRITEBYTECODE": "1", "COVERAGE_PROCESS_CONFIG": ""},
        preexec_fn=limit,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )  # fmt: skip


def test_a_report_without_room_leaves_nothing_behind_and_the_journal_is_kept(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()

    words = ("--format", "html", "--output", str(out / "r.html"), "--format", "json")
    done = scan(tmp_path, 6_000, *words, targets="127.90.3.1")

    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    (complaint,) = [line for line in done.stderr.splitlines() if line.startswith("hiksweep: ")]
    assert f"{out / 'r.html'}: not written (File too large)" in complaint
    assert list(out.iterdir()) == []
    assert f"Report: {out / 'r.html'}" not in done.stderr
    assert json.loads(done.stdout)["run"]["verdict"] == "clear"
    (journal,) = (tmp_path / "data" / "journals").iterdir()
    assert '"kind":"finish"' in journal.read_text()


@pytest.mark.parametrize("room", [600, 4000])
def test_a_journal_without_room_ends_the_scan_with_what_it_has(tmp_path: Path, room: int) -> None:
    done = scan(tmp_path, room, "--format", "json")

    assert done.returncode == 4, done.stderr
    assert "Traceback" not in done.stderr
    assert "the journal cannot be written any more" in done.stderr
    result = json.loads(done.stdout)
    assert result["run"]["verdict"] == "incomplete"
    assert sum(result["coverage"]["by_state"].values()) == 64
    assert any("cannot be written" in error["message"] for error in result["errors"])


def test_a_data_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")

    done = scan(tmp_path, 1 << 20)

    assert done.returncode == 2
    (line,) = done.stderr.strip().splitlines()[-1:]
    assert line.startswith("hiksweep: ")
    assert "cannot be written" in line
    assert "Traceback" not in done.stderr

"""A tracker is one new file, its test and its line: one is added in a copy, and nothing else is touched."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
LIST = "scanner/tickets/trackers/__init__.py"
TEST = """
from scanner.tickets.trackers import adapter
from scanner.tickets.trackers.interface import Place
from scanner.transports.tracker_http import TrackerHttp


def test_it_is_called_what_its_file_is():
    module = adapter("elsewhere")
    assert module.tracker(TrackerHttp("https://x.example"), Place()).name == "elsewhere"
"""


def test_a_tracker_is_its_file_its_test_and_its_line(tmp_path):
    for name in ("scanner", "fingerprints", "tests/tickets"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    listed = tmp_path / LIST
    before = listed.read_text()
    listed.write_text(before.replace('    "roundup",\n', '    "roundup",\n    "elsewhere",\n', 1))
    assert len(listed.read_text().splitlines()) == len(before.splitlines()) + 1
    folder = tmp_path / "scanner/tickets/trackers"
    source = (folder / "roundup.py").read_text()
    (folder / "elsewhere.py").write_text(source.replace('name = "roundup"', 'name = "elsewhere"'))
    tests = tmp_path / "tests/tickets/trackers"
    (tests / "test_elsewhere.py").write_text(TEST)
    for conftest in (tmp_path / "tests").rglob("conftest.py"):
        conftest.unlink()  # these two need none, and one starts servers
    files = [tests / "test_elsewhere.py", tests / "test_interface.py"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--import-mode=importlib", *files],
        cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(tmp_path), "HOME": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    shown = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *files],
        cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(tmp_path), "HOME": str(tmp_path)},
    )  # fmt: skip
    assert "test_every_tracker_can_all_that_is_asked_of_one[elsewhere]" in shown.stdout

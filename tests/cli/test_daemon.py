"""``hiksweep daemon`` as a command; what it does is in tests/schedule and, on a wire, in tests/netns."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from scanner.cli.daemon import is_quick
from scanner.config.settings import parse

TEXT = """
[sites.main.networks.small]
targets = "10.1.0.0/28"
[sites.main.networks.large]
targets = "10.16.0.0/12"
[sites.main.networks.gentle]
targets = "10.2.0.0/22"
rate = 1
"""


def test_what_takes_long_is_not_quick_whether_it_is_large_or_gentle():
    networks = parse(TEXT, Path("hiksweep.toml"), (), {}).networks

    assert {network.name: is_quick(network) for network in networks} == {
        "small": True, "large": False, "gentle": False,
    }  # fmt: skip


def test_without_a_configuration_or_with_a_faulty_one_it_says_why_and_ends(hiksweep, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    missing = hiksweep("daemon", "--config", "absent.toml")
    (tmp_path / "hiksweep.toml").write_text(TEXT + 'evry = "day"\n')
    faulty = hiksweep("daemon")

    assert (missing.code, faulty.code) == (2, 2)
    assert "absent.toml: cannot be read" in missing.complaint
    assert "hiksweep.toml:9: sites.main.networks.gentle.evry" in faulty.complaint


def test_it_sweeps_what_is_due_reads_on_sighup_and_ends_well_on_sigterm(tmp_path, loopback):
    (tmp_path / "hiksweep.toml").write_text(
        f'time_zone = "UTC"\n[sites.rehearsal.networks.lab]\ntargets = "{loopback}.0/29"\n'
        f'rate = 5000\n[sites.rehearsal.networks.slow]\ntargets = "{loopback}.128/25"\nrate = 1\n'
    )
    environment = os.environ | {"HIKSWEEP_DATA": str(tmp_path / "data")}
    with (tmp_path / "log").open("wb") as log:
        daemon = subprocess.Popen(
            [sys.executable, "-m", "scanner", "daemon"], cwd=tmp_path, env=environment, stderr=log
        )
    try:
        _until_finished(tmp_path / "data/journals")  # a sweep with nothing to say is not logged
        daemon.send_signal(signal.SIGHUP)
        assert _until(tmp_path / "log", "configuration read")
        daemon.terminate()
        assert daemon.wait(60) == 0
    finally:
        daemon.kill()
        daemon.wait(10)

    journals = sorted((tmp_path / "data/journals").iterdir())
    ends = [path.read_text().splitlines()[-1] for path in journals]
    assert len(journals) == 2
    assert [end for end in ends if '"reason":"the daemon was stopped"' in end]
    assert "daemon ends  cut=rehearsal/slow" in (tmp_path / "log").read_text()


def _until(path: Path, word: str) -> bool:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if word in path.read_text():
            return True
        time.sleep(0.1)
    return False


def _until_finished(folder: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if folder.is_dir() and any('"kind":"finish"' in path.read_text() for path in folder.iterdir()):
            return
        time.sleep(0.1)
    raise AssertionError("no sweep came to its end")

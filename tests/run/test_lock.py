"""One scan per scope at a time; a lock dies with its process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from scanner.model.errors import Locked, UsageError
from scanner.run import lock as module
from scanner.run.lock import hold
from scanner.scope import Scope, parse_target

THEN = "2026-11-24T12:00:00Z"


def scope(*texts: str) -> Scope:
    return Scope.of([parse_target(text) for text in texts])


def locks(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.lock"))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("10.0.0.0/24", "10.0.0.0/24"),
        ("10.0.0.0/24", "10.0.0.200"),
        ("10.0.0.7", "10.0.0.0/8"),
        ("10.0.0.250-10.0.1.5", "10.0.1.0/24"),
        ("fd00::/64", "fd00::5"),
    ],
)
def test_a_scan_of_some_of_the_same_addresses_is_refused_and_names_the_other(tmp_path, first, second):
    with (
        hold(tmp_path, scope(first), "run-1", THEN),
        pytest.raises(Locked) as refused,
        hold(tmp_path, scope(second), "run-2", THEN),
    ):
        pass
    message = str(refused.value)
    assert all(word in message for word in (str(scope(first)), str(os.getpid()), THEN))
    assert locks(tmp_path) == []


def test_scans_of_other_addresses_run_side_by_side(tmp_path):
    with (
        hold(tmp_path, scope("10.0.0.0/24"), "run-1", THEN),
        hold(tmp_path, scope("10.0.1.0/24"), "r2", THEN),
    ):
        assert len(locks(tmp_path)) == 2
    assert locks(tmp_path) == []


def test_another_network_namespace_has_other_machines_behind_the_same_addresses(tmp_path, monkeypatch):
    with hold(tmp_path, scope("10.0.0.0/24"), "run-1", THEN):
        monkeypatch.setattr(module, "_network_namespace", lambda: 1)
        with hold(tmp_path, scope("10.0.0.0/24"), "run-2", THEN):
            assert len(locks(tmp_path)) == 2


def test_the_namespace_is_known_and_its_lack_is_no_fault(monkeypatch):
    assert module._network_namespace() > 1

    def fail(_: Path) -> os.stat_result:
        raise FileNotFoundError

    monkeypatch.setattr(Path, "stat", fail)
    assert module._network_namespace() == 0


def test_a_lock_is_gone_after_a_scan_that_failed(tmp_path):
    with pytest.raises(ZeroDivisionError), hold(tmp_path, scope("10.0.0.1"), "run-1", THEN):
        raise ZeroDivisionError
    assert locks(tmp_path) == []


def test_the_lock_of_a_process_that_was_killed_holds_nobody_up(tmp_path):
    code = (
        "import sys, time; from pathlib import Path; from scanner.run.lock import hold\n"
        "from scanner.scope import Scope, parse_target\n"
        f"with hold(Path(sys.argv[1]), Scope.of([parse_target('10.0.0.0/24')]), 'dead', {THEN!r}):\n"
        "    print('held', flush=True); time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(Locked, match=str(other.pid)), hold(tmp_path, scope("10.0.0.5"), "run-2", THEN):
            pass
        other.send_signal(signal.SIGKILL)
        other.wait(10)
    assert [path.name for path in locks(tmp_path)] == ["dead.lock"]
    with hold(tmp_path, scope("10.0.0.5"), "run-2", THEN):
        assert [path.name for path in locks(tmp_path)] == ["run-2.lock"]


def test_what_a_lock_says_is_plain_data(tmp_path):
    with hold(tmp_path, scope("10.0.0.0/31"), "run-1", THEN):
        said = json.loads((tmp_path / "run-1.lock").read_text())
    assert said["scope"] == [[4, 0x0A000000, 0x0A000001]]
    assert (said["run"], said["pid"], said["targets"]) == ("run-1", os.getpid(), "10.0.0.0/31")


def test_a_user_without_a_name_is_a_number(tmp_path, monkeypatch):
    monkeypatch.delenv("USER", raising=False)
    monkeypatch.setattr(os, "geteuid", lambda: 4321)
    with hold(tmp_path, scope("10.0.0.1"), "run-1", THEN):
        assert json.loads((tmp_path / "run-1.lock").read_text())["user"] == "4321"


def test_a_folder_that_cannot_be_written_is_one_clear_refusal(tmp_path):
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(UsageError, match="cannot be written"),
        hold(tmp_path / "file" / "locks", scope("10.0.0.1"), "run-1", THEN),
    ):
        pass

"""What installing needs of the machine; the commands are in test_schedule.py."""

from __future__ import annotations

import pytest

from scanner.cli import installing
from scanner.model.errors import UsageError


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("#!/bin/sh\necho no bus >&2; exit 1\n", "systemctl daemon-reload: no bus"),
        (None, "systemctl daemon-reload: "),
    ],
)
def test_a_systemctl_that_fails_or_is_not_there_is_told(program, said, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    if program:
        (tmp_path / "systemctl").write_text(program)
        (tmp_path / "systemctl").chmod(0o755)

    with pytest.raises(UsageError, match=said):
        installing.systemctl("daemon-reload")


def test_the_manager_of_the_machine_is_found():
    assert installing.this_manager() in ("systemd", "cron")


def test_a_file_is_written_for_everybody_to_read(tmp_path):
    installing.write_file(tmp_path / "x", "text")

    assert (tmp_path / "x").read_text() == "text"
    assert (tmp_path / "x").stat().st_mode & 0o777 == 0o644
    with pytest.raises(UsageError, match="there is no such folder"):
        installing.write_file(tmp_path / "absent/x", "text")

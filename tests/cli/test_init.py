"""The front door: help, version, and the one place where an error becomes a line."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys

import pytest

from scanner import __version__
from scanner.cli import COMMANDS, main
from scanner.model.errors import Locked, UsageError


def test_every_command_is_listed_and_helps_with_an_example(hiksweep) -> None:
    overview = hiksweep("--help")
    assert overview.code == 0
    for name in COMMANDS:
        assert name in overview.out
        help_text = hiksweep(name, "--help")
        assert help_text.code == 0
        assert "\b" not in help_text.out
        assert "xample" in help_text.out or "Commands:" in help_text.out


def test_the_version_is_the_packages(hiksweep) -> None:
    assert hiksweep("--version").out.strip().endswith(__version__)


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (UsageError("write it so"), 2, "hiksweep: write it so"),
        (Locked("another scan is running"), 1, "hiksweep: another scan is running"),
        (OSError(errno.ENOSPC, "No space left on device", "/x"), 1, "hiksweep: /x: No space left on device"),
        (KeyboardInterrupt(), 130, "hiksweep: interrupted"),
    ],
)
def test_an_error_becomes_one_line_and_its_code(hiksweep, monkeypatch, error, code, line) -> None:
    def fail(*arguments: object, **options: object) -> None:
        raise error

    monkeypatch.setattr("scanner.cli.plan.make_plan", fail)

    said = hiksweep("plan", "127.0.0.1")

    assert (said.code, said.complaint) == (code, line)


def test_the_process_ends_with_the_code_and_is_deaf_to_a_late_interrupt(hiksweep, capsys) -> None:
    before = signal.getsignal(signal.SIGINT)
    try:
        with pytest.raises(SystemExit) as ended:
            main(["frobnicate"])
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)

    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("hiksweep: ")


def test_a_reader_that_went_away_is_no_traceback(tmp_path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "scanner", "plan", "127.0.0.1"],
            stdout=writing, stderr=subprocess.PIPE, timeout=60, check=False,
            env=os.environ | {"HIKSWEEP_DATA": str(tmp_path)},
        )  # fmt: skip
    finally:
        os.close(writing)

    assert ended.returncode == 1
    assert ended.stderr == b""

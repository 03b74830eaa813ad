"""The command line in-process: what it prints and how it ends."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from scanner.cli import run


class Said(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def complaint(self) -> str:
        """The one line of a refusal."""
        (line,) = self.err.strip().splitlines()
        assert line.startswith("hiksweep: ")
        assert "Traceback" not in self.err
        return line


@pytest.fixture
def hiksweep(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[..., Said]:
    """Run the command line with its data under a folder of the test; no name is ever looked up on a network."""
    monkeypatch.setenv("HIKSWEEP_DATA", str(tmp_path / "data"))
    monkeypatch.setattr("scanner.run.machine.socket.getaddrinfo", _nowhere)

    def call(*words: str | Path) -> Said:
        capsys.readouterr()
        code = run([str(word) for word in words])
        captured = capsys.readouterr()
        return Said(code, captured.out, captured.err)

    return call


def _nowhere(*arguments: object, **options: object) -> list[object]:
    raise OSError(-2, "Name or service not known")

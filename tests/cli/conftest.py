"""The command line in-process: what it prints and how it ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

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


@pytest.fixture
def kept(
    hiksweep: Callable[..., Said], journal_of: Callable[..., Path], things: SimpleNamespace
) -> Callable[..., None]:
    """``kept("2026-01-05", (1, 2))``: a sweep of the laboratory in which these cameras answered is in the store.

    Nine hosts of others answer besides, so that a camera more or less is far from half of them.
    """
    others = {f"10.1.0.{number}": things.LAPTOP for number in range(5, 14)}

    def take(day: str, cameras: Sequence[int] = (), site: str = "lab", **more: Any) -> None:
        there = {f"10.1.0.{number}": things.camera(number) for number in cameras}
        said = hiksweep("store", "ingest", journal_of(day, {**others, **there}, **more), "--site", site)
        assert said.code == 0, said.err

    return take


@pytest.fixture
def year_begins(kept: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Two cameras; the second fell silent after its first week, and is missing. It is the 27th of January."""
    for day, cameras in (("05", (1, 2)), ("12", (1,)), ("19", (1,)), ("26", (1,))):
        kept(f"2026-01-{day}", cameras, profiles=("ca-federal-institution", "us-federal-agency"))
    monkeypatch.setattr("scanner.cli.listing.now", lambda: datetime(2026, 1, 27, 9, tzinfo=UTC))

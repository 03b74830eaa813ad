"""`report` over several journals, and over what is left of one."""

from __future__ import annotations

import json
from pathlib import Path


def test_several_journals_make_one_report(hiksweep, tmp_path: Path) -> None:
    for number in (1, 2):
        assert (
            hiksweep(
                "scan", f"127.98.{number}.0/30", "--rate", "20000", "--journal", tmp_path / f"{number}.jsonl"
            ).code
            == 0
        )

    said = hiksweep("report", tmp_path / "1.jsonl", tmp_path / "2.jsonl", "--format", "json")

    result = json.loads(said.out)
    assert said.code == 0
    assert result["coverage"]["addresses"] == 8
    assert result["run"]["targets"] == ["127.98.1.0/30", "127.98.2.0/30"]


def test_a_journal_without_its_end_is_incomplete(hiksweep, tmp_path: Path) -> None:
    journal = tmp_path / "j.jsonl"
    hiksweep("scan", "127.98.3.1", "--rate", "20000", "--journal", journal)
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(lines[:-1]) + lines[-1][:10])

    said = hiksweep("report", journal)

    assert said.code == 4
    assert "INCOMPLETE" in said.out
    assert "ended from outside" in said.out

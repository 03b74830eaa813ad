"""A first look at a journal tells whose it is and how far it had come."""

from __future__ import annotations

import pytest

from scanner.journal import ImportedFile, Journal, Resumed, RunEnded, Swept
from scanner.model.errors import UsageError
from scanner.run.peek import peek

END = RunEnded("2026-11-24T12:05:00Z", interrupted=False)
CUT = RunEnded("2026-11-24T12:05:00Z", interrupted=True, reason="interrupted by the user")


def read(name: str, problem: str = "") -> ImportedFile:
    return ImportedFile(name, "nmap-xml", "", 1, 1, {}, 0, problem, "", {})


@pytest.mark.parametrize(
    ("records", "steps", "finished", "files"),
    [
        ((), 0, False, set()),
        ((Swept(4), Swept(8), END), 8, True, set()),
        ((Swept(4), CUT), 4, False, set()),
        ((CUT, Resumed("2026-11-24T13:05:00Z", "0.1.0", "", {})), 0, False, set()),
        ((read("a.xml"), read("b.xml", "reading it was stopped")), 0, False, {"a.xml"}),
    ],
)
def test_it_says_how_far_it_is(started, tmp_path, records, steps, finished, files):
    journal = Journal(tmp_path / "run.jsonl")
    for record in (started(), *records):
        journal.append(record)
    journal.close()
    found = peek(journal.path)

    assert (found.steps, found.finished, found.files) == (steps, finished, files)
    assert found.records == 1 + len(records)


def test_a_cut_line_says_nothing(started, tmp_path):
    journal = Journal(tmp_path / "run.jsonl")
    for record in (started(), END):
        journal.append(record)
    journal.write(b'{"kind":"resumed","at')
    journal.close()
    assert peek(journal.path).finished


def test_what_is_no_journal_is_none_and_what_is_not_there_is_one_line(tmp_path):
    (tmp_path / "x").write_text('{"kind":"run"')
    assert peek(tmp_path / "x") is None
    with pytest.raises(UsageError, match="cannot be read"):
        peek(tmp_path / "y")

"""Every record has one name, and is read back as what it was."""

from __future__ import annotations

from typing import get_args

import pytest

from scanner.journal import (
    Journal,
    Looking,
    Record,
    Resumed,
    RunStarted,
    Spent,
    Stopping,
    Talked,
    Tried,
    read_journal,
)
from scanner.journal.records import KINDS, NAMES
from scanner.model.observation import Observation

STARTED = RunStarted(
    "r", "0.1.0", "2026-11-24T12:00:00Z", (), (), (), (), (), 5, "connect", (), (), (), "", None, {}
)


def test_every_record_has_one_name() -> None:
    assert {*KINDS.values(), Observation} == set(get_args(Record))
    assert len(NAMES) == len(KINDS)


@pytest.mark.parametrize(
    "record",
    [
        Looking("10.0.0.5", (80, 443), ("http", "https")),
        Talked("http", "10.0.0.5"),
        Tried({"0": {"80": "ff", "443": "0"}}, {"0": [80]}),
        Spent({"10.0.0.5": 3}, {"10.0.0.5": 2}, {"10.0.0.5 80": 1}, {"10.0.0.5": 1.5}),
        Stopping("its window closed"),
        Resumed("2026-11-24T13:00:00Z", "0.1.0", "abc", {"host": "h"}),
    ],
)
def test_what_it_takes_to_go_on_is_read_back(tmp_path, record) -> None:
    journal = Journal(tmp_path / "run.jsonl")
    journal.append(STARTED)
    journal.append(record)
    journal.close()

    assert list(read_journal(journal.path)) == [STARTED, record]

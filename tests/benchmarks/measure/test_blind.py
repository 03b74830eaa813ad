from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.measure.blind import Look, read_looks, section
from benchmarks.measure.counting import Error, Score
from scanner.model.errors import Malformed

BENCHMARKS = Path(__file__).parents[3] / "benchmarks"


def look(**changes) -> Look:
    given = {
        "date": "2026-01-02",
        "corpus": "c",
        "hosts": ("a", "b", "d"),
        "tellable": 3,
        "found": {"confirmed": 1, "possible": 1},
        "alarms": 0,
        "wrong": (("a", "model", "not said"), ("b", "missed", "no sign known")),
    }
    return Look(**(given | changes))


def test_the_figures_of_the_first_look_stay_beside_what_is_wrong_today() -> None:
    today = Score("c", found=3, errors=[Error("b", "missed", "missed"), Error("x", "model", "y")])

    lines = section([look()], [today])

    assert "| 2026-01-02 | c | 3 | 2/3 (66.7 %; 20.8–93.9) | 0 | 2 | 1 |" in lines
    assert "- 2026-01-02, a: model not said." in lines


def test_a_look_at_a_corpus_that_was_not_measured_is_not_told() -> None:
    assert section([look()], [Score("other"), Score("c", "rest")]) == []


def test_a_look_without_a_fault_lists_none() -> None:
    assert "What was wrong then:" not in section([look(wrong=())], [Score("c")])


def test_an_entry_that_lacks_something_is_told(tmp_path) -> None:
    path = tmp_path / "blind.yaml"
    path.write_text("looks:\n  - {date: '2026-01-02', corpus: c, hosts: [a]}\n", encoding="utf-8")

    with pytest.raises(Malformed, match="entry 1 has no 'tellable'"):
        read_looks(path)


def test_the_looks_of_the_project_are_at_hosts_of_its_corpus() -> None:
    lines = (BENCHMARKS / "relabels.jsonl").read_text(encoding="utf-8").splitlines()
    known = {json.loads(line)["host"] for line in lines}

    for one in read_looks():
        assert one.corpus == "relabels.jsonl"
        assert set(one.hosts) <= known
        assert {host for host, _, _ in one.wrong} <= set(one.hosts)
        assert sum(one.found.values()) <= one.tellable <= len(one.hosts)

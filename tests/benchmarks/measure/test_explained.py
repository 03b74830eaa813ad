from __future__ import annotations

import pytest

from benchmarks.measure.cases import OWN
from benchmarks.measure.counting import DISPUTE, MISSED, UNREAD, Error, Score
from benchmarks.measure.explained import read_explained, unexplained
from scanner.model.errors import Malformed

ENTRY = "explained:\n  - {corpus: c, kind: missed, hosts: [a, b], why: 'old  '}\n"


def test_an_entry_explains_each_of_its_hosts(tmp_path) -> None:
    path = tmp_path / "explained.yaml"
    path.write_text(ENTRY, encoding="utf-8")

    assert read_explained(path) == {("c", "a", "missed"): "old", ("c", "b", "missed"): "old"}


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("  - {corpus: c, kind: missed, hosts: [b], why: new}\n", "entry 2 explains b"),
        ("  - {corpus: c, kind: missed, hosts: [d]}\n", "entry 2 has no 'why'"),
    ],
)
def test_a_faulty_entry_is_told(tmp_path, more: str, message: str) -> None:
    path = tmp_path / "explained.yaml"
    path.write_text(ENTRY + more, encoding="utf-8")

    with pytest.raises(Malformed, match=message):
        read_explained(path)


def test_what_is_not_explained_and_what_is_no_error_any_more_are_told() -> None:
    total = Score("c", errors=[Error("a", MISSED, "")], disputes=[Error("d", DISPUTE, "")])
    part = Score("c", "rest", errors=[Error("a", MISSED, "")])
    without = Score("c", UNREAD, errors=[Error("a", MISSED, "")])
    reasons = {("c", "a", MISSED): "w", ("c", "b", MISSED): "w", ("elsewhere", "a", MISSED): "w"}

    told = list(unexplained([total, part, without], reasons))

    assert told == [
        "c d dispute: not explained in explained.yaml",
        f"c, {UNREAD} a missed: not explained in explained.yaml",
        "c b missed: explained in explained.yaml and no error any more",
    ]


def test_the_errors_of_a_corpus_that_is_not_ours_are_news_and_no_fault() -> None:
    error = Error("a", MISSED, "")
    assert not list(unexplained([Score("theirs", errors=[error])], {("c", "a", MISSED): "w"}))
    assert list(unexplained([Score(OWN, errors=[error])], {}))


def test_the_reasons_of_the_project_can_be_read() -> None:
    assert all(why and not why.endswith(".") for why in read_explained().values())

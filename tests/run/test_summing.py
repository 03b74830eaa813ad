"""Several runs together: who asked, and what none of them covered."""

from __future__ import annotations

from scanner.journal import RunEnded, Swept
from scanner.run.result import RunResult
from scanner.run.summing import run_info, sum_coverage

ENDED = "2026-11-24T12:05:00Z"


def results(started, knowledge, *ends: RunEnded | None) -> list[RunResult]:
    made = []
    for number, end in enumerate(ends):
        result = RunResult(started(id=f"run-{number}"), knowledge)
        for record in (Swept(8), *([end] if end else [])):
            result.add(record)
        made.append(result)
    return made


def test_a_run_without_an_end_and_one_that_was_interrupted_are_gaps(started, knowledge):
    made = results(started, knowledge, None, RunEnded(ENDED, interrupted=True, reason="by the user"))
    parts = [result.ledger.coverage() for result in made]
    found = sum_coverage(parts, made, (), (), only_files=False)

    assert found.addresses == 16
    assert [gap.reason for gap in found.gaps] == [
        "the run was ended from outside; the report holds what it had recorded",
        "by the user",
    ]


def test_runs_together_are_named_after_all_of_them(started, knowledge):
    made = results(started, knowledge, RunEnded(ENDED, interrupted=False), RunEnded(ENDED, interrupted=False))
    found = run_info(made, knowledge, ("generic",), ENDED)

    assert (found.id, found.finished, found.interrupted) == ("run-0+run-1", ENDED, False)

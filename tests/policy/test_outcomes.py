"""Endings: ranked, and each in one column of the account."""

from __future__ import annotations

import pytest

from scanner.model.ending import Ending
from scanner.policy.outcomes import RANK, method_state


@pytest.mark.parametrize("ending", list(Ending))
def test_every_ending_has_a_rank_and_counts_in_one_column(ending: Ending) -> None:
    assert ending in RANK
    assert method_state(ending) in {"answered", "refused", "silent", "stopped"}


def test_an_answer_outranks_a_refusal_and_that_outranks_silence() -> None:
    answers = [RANK[ending] for ending in Ending if method_state(ending) == "answered"]

    assert min(answers) > RANK[Ending.REFUSED] > RANK[Ending.SILENT] > RANK[Ending.STOPPED_BY_US]

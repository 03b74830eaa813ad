"""What is kept of a host is bounded, and the strongest stays."""

from __future__ import annotations

from scanner.matcher.host import HostState
from scanner.matcher.rules import MAX_EVIDENCE
from scanner.matcher.statements import Statement
from scanner.model.evidence import Strength


def test_the_same_evidence_is_kept_once_and_at_its_strongest(evidence):
    state = HostState("h")
    state.keep([evidence(Strength.WEAK), evidence(Strength.STRONG), evidence(Strength.WEAK)])
    assert [one.strength for one in state.evidence] == [Strength.STRONG]


def test_of_too_much_evidence_the_weakest_goes(evidence):
    state = HostState("h")
    state.keep(evidence(Strength.WEAK, excerpt=str(number)) for number in range(3 * MAX_EVIDENCE))
    state.keep([evidence(Strength.CONCLUSIVE, excerpt="proof")])
    state.keep(evidence(Strength.WEAK, excerpt=str(number)) for number in range(3 * MAX_EVIDENCE))
    assert len(state.evidence) == MAX_EVIDENCE
    assert any(one.excerpt == "proof" for one in state.evidence)


def test_statements_come_by_rank_and_are_bounded():
    state = HostState("h")
    state.hear(Statement("model", f"m{number}", "f", number) for number in range(100))
    state.hear([Statement("model", "m0", "f", 0)])
    assert [one.value for one in state.stated("model")] == [f"m{number}" for number in range(7, -1, -1)]
    assert state.stated("serial") == []

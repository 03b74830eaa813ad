from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.knowledge import load
from scanner.knowledge.judged import Verdict, judgement_faults, load_judgements
from scanner.knowledge.location import fingerprints_root
from scanner.matcher.making import DIFFERENTIAL, RTSP_COMBINATION

Edit = Callable[[str, str, str], None]


def test_every_entry_of_the_research_lists_is_judged_once() -> None:
    judged = load_judgements(fingerprints_root())

    assert Counter(one.list for one in judged) == {"signature": 125, "lookalike": 22, "trap": 24}
    assert len({one.id for one in judged}) == len(judged)


def test_the_verdicts_are_borne_out_by_the_signatures() -> None:
    assert list(judgement_faults(load(), fingerprints_root())) == []


def test_an_entry_that_is_no_evidence_has_its_reason_and_one_that_is_has_our_signatures() -> None:
    for one in load_judgements(fingerprints_root()):
        assert one.reason or one.verdict is Verdict.IN
        assert one.ours or one.verdict is Verdict.OUT


def test_a_rule_over_several_replies_is_one_of_the_matcher() -> None:
    rules = {
        name
        for one in load_judgements(fingerprints_root())
        if one.verdict is Verdict.RULE and one.list == "signature"
        for name in one.ours
    }

    assert rules == {DIFFERENTIAL.id, RTSP_COMBINATION.id}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("ours: [realm-mac-registered]", "ours: [realm-mac-registred]", "no signature is called"),
        ("ours: [realm-mac-registered]", "ours: []", "nothing of ours answers it"),
        ("ours: [realm-mac-registered]", "ours: [realm-brand]", "asks for anything beside it"),
        ("- id: fav-mmh3--479092312", "- id: realm-brand", "is rejected here and used at"),
        ("- id: fav-mmh3-118923032", "- id: fav-mmh3--479092312", "is judged twice"),
        (
            "  ours: []\n  reason: 'One site.'",
            "  ours: [realm-brand]\n  reason: 'One site.'",
            "answered by realm-brand, which accuses",
        ),
        ("  ours: []\n  reason: 'One site.'", "  ours: []", "needs a reason"),
    ],
)
def test_a_judgement_that_does_not_hold_is_a_fault(
    root: Path, edit: Edit, old: str, new: str, message: str
) -> None:
    edit("signatures/judged.yaml", old, new)

    found = list(judgement_faults(load(root), root))

    assert all(where.startswith("fingerprints/signatures/judged.yaml:") for where, _ in found)
    assert any(message in said for _, said in found)

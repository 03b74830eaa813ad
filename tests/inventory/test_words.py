"""The words are what documents, files and the database spell; a member renamed would be another word there."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import pytest

from scanner.inventory import words
from scanner.inventory.words import Decision, FindingState, Presence

WORDS = (words.Seen, words.NetworkView, words.RunView, words.Decision, words.Transition)


def test_states_are_spelt_as_in_the_documents():
    assert [str(state) for state in Presence] == [
        "new",
        "present",
        "missing",
        "removed-unverified",
        "removed-verified",
        "stale",
        "retracted",
    ]
    assert [str(state) for state in FindingState] == ["open", "waived", "closed", "declared", "retracted"]


@pytest.mark.parametrize("word", WORDS)
def test_a_word_never_changes_once_it_is_said(word):
    assert word.__dataclass_params__.frozen
    assert not hasattr(word, "__dict__") or dataclasses.is_dataclass(word)


def test_a_decision_without_details_has_none():
    decision = Decision("dec-1", datetime(2026, 1, 1, tzinfo=UTC), "A. Person", "note", "inv-1")

    assert decision.data == {}
    with pytest.raises(dataclasses.FrozenInstanceError):
        decision.kind = "waive"


def test_events_are_spelt_as_in_the_documents():
    assert [str(kind) for kind in words.EventKind] == [
        "moved",
        "replaced",
        "reappeared",
        "merged",
        "split",
        "coverage-regression",
        "question",
        "answered",
        "reclassified",
        "no-effect",
    ]

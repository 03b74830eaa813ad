"""The sentences: every slot is one that is filled, and French stands where it must."""

from __future__ import annotations

import re

import pytest

from scanner.knowledge.location import fingerprints_root
from scanner.knowledge.mandate_words import Decision
from scanner.knowledge.sentences import GENERAL, SLOTS, load_sentences, need_french, read_text
from scanner.knowledge.yaml_lines import parse_yaml
from scanner.model.errors import KnowledgeError
from scanner.model.finding import Text

SLOT = re.compile(r"\{(\w+)\}")


def test_general_sentences_stand_in_both_languages_with_the_same_slots() -> None:
    general, _, words, _ = load_sentences(fingerprints_root())
    assert general.keys() >= GENERAL.keys()
    for key, sentence in general.items():
        assert sentence.text.fr, key
        assert set(SLOT.findall(sentence.text.en)) == set(SLOT.findall(sentence.text.fr)), key
    assert set(words) == set(Decision)


def test_sentences_of_canadian_profiles_stand_in_french_with_the_same_slots() -> None:
    _, own, _, _ = load_sentences(fingerprints_root())
    for profile, sentences in own.items():
        for key, sentence in sentences.items():
            slots = set(SLOT.findall(sentence.text.en))
            assert slots <= SLOTS
            if profile.startswith("ca-"):
                assert set(SLOT.findall(sentence.text.fr or "")) == slots, (profile, key)


def test_french_keeps_to_canadian_spacing() -> None:
    general, own, _, _ = load_sentences(fingerprints_root())
    for sentence in [*general.values(), *(found for group in own.values() for found in group.values())]:
        assert not re.search(r" [;!?]", sentence.text.fr or "")
        assert not re.search(r"\b1 (?:janvier|juillet)", sentence.text.fr or "")


def test_a_text_is_english_alone_or_both() -> None:
    assert read_text(parse_yaml("Hello", "x")) == Text("Hello")
    assert read_text(parse_yaml("{en: Hello, fr: Bonjour}", "x")) == Text("Hello", "Bonjour")
    with pytest.raises(KnowledgeError, match="x:1: the greeting has no French"):
        need_french(parse_yaml("Hello", "x"), Text("Hello"), "the greeting")

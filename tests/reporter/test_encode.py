import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.reporter.encode import to_json


@given(st.text(st.characters(exclude_categories=("Cs",))))
def test_what_is_read_back_is_what_was_written(text):
    assert json.loads(to_json({"text": text})) == {"text": text}


@pytest.mark.parametrize(
    "character", ["\x1b", "\x00", "\x7f", "\x9b", "\x85", "\u202e", "\u2066", "\u200f", "\ufeff"]
)
def test_characters_that_a_terminal_obeys_are_written_as_escapes(character):
    text = to_json([character])

    assert character not in text
    assert json.loads(text) == [character]


def test_accents_stay_readable():
    assert to_json("Équipement") == '"Équipement"'


def test_a_lone_surrogate_becomes_the_replacement_character():
    assert to_json("a\udcffb").encode("utf-8") == '"a\ufffdb"'.encode()


def test_what_is_no_number_is_refused():
    with pytest.raises(ValueError, match="Out of range"):
        to_json(float("nan"))

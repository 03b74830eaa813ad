import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.reporter.text import clean, plural, shorten


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07name", "name"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b2Jcleared", "cleared"),
        ("\x1bcreset", "reset"),
        ("\x1bPdevice\x1b\\tail", "tail"),
        ("unfinished \x1b]0;still told", "unfinished 0;still told"),
        ("two\r\nlines\tand tabs", "two lines and tabs"),
        ("abc\u202egnp.exe", "abcgnp.exe"),
        ("a\u2066b\u2069c\u200ed\ufeffe\u200bf", "abcdef"),
        ("nul\x00bell\x07del\x7f", "nulbelldel"),
        ("no\u00a0break\u3000wide\u2028line", "no break wide line"),
        ("a" + "\u0301" * 50, "a\u0301\u0301\u0301"),
        ("Équipement 海康", "Équipement 海康"),
        ("lone \udcff", "lone"),
        ("", ""),
        (None, ""),
    ],
)
def test_only_visible_text_on_one_line_is_left(raw, shown):
    assert clean(raw) == shown


@given(st.text())
def test_nothing_that_a_terminal_obeys_is_ever_left(text):
    assert not any(
        unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for character in clean(text)
    )


@given(st.text())
def test_cleaning_twice_changes_nothing(text):
    assert clean(clean(text)) == clean(text)


def test_a_long_text_is_cut_with_three_dots():
    assert shorten("abcdefghij", 8) == "abcde..."
    assert shorten("abcdefgh", 8) == "abcdefgh"


def test_numbers_agree_with_their_nouns():
    assert [plural(1, "address", "addresses"), plural(1200, "address", "addresses"), plural(0, "gap")] == [
        "1 address",
        "1,200 addresses",
        "0 gaps",
    ]

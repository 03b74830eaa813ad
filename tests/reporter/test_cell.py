import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.reporter.cell import cell, guard, list_cell

FORMULAS = [
    "=1+1",
    "+1",
    "-2+3",
    "@SUM(A1)",
    "=cmd|'/C calc'!A0",
    "  =1+1",
    "\t=1",
    "\r=1",
    "\n=1",
    "\tplain after a tab",
    "\u00a0=1",
    "\u3000=1",
    "\ufeff=1",
    "\u200b=1",
    "\uff1d1+1",
    "\uff0b1",
    "\uff0d1",
    "\uff20SUM(1)",
    "\u22121",
    '"=1+1',
    "'=1+1",
    '" =1',
    "|cmd",
    "%0A=1",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_could_start_a_formula_gets_an_apostrophe(text):
    assert guard(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["", "DS-2CD2042WD-I", "10.1.0.1", "fd00::1", "a=b", "1-2", "   ", "Équipement", "(=1)"]
)
def test_what_cannot_is_left_alone(text):
    assert guard(text) == text


@given(
    st.sampled_from("=+-@\uff1d\uff0b\uff0d\uff20"),
    st.text(st.sampled_from(" \t\r\n\u00a0\u200b\u202e\ufeff\"'"), max_size=6),
    st.text(),
)
def test_no_cell_starts_with_a_formula_however_it_is_hidden(sign, hiding, rest):
    shown = cell(hiding + sign + rest)

    assert shown.startswith("'")


@given(st.text(), st.sampled_from("=+-@"))
def test_what_follows_a_semicolon_is_guarded_too(before, sign):
    """In a language whose list separator is the semicolon a spreadsheet cuts the line there."""
    assert f";{sign}" not in cell(f"{before};{sign}1")
    assert f";{sign}" not in list_cell([before, f"{sign}1"])


def test_control_characters_and_line_ends_never_reach_a_cell():
    assert cell("a\x1b[31mb\r\nc\x00\u202e") == "ab c"


def test_raw_leaves_out_the_guard_and_nothing_else():
    assert cell("=1+1", raw=True) == "=1+1"
    assert cell("a\x1b[0m;=1", raw=True) == "a;=1"
    assert list_cell(["=1", "a;b"], raw=True) == "=1;a,b"


def test_lists_are_joined_by_semicolons_without_empty_items():
    assert list_cell(["a", "", None, "b; c"]) == "a;b, c"

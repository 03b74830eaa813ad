from hypothesis import given
from hypothesis import strategies as st

from scanner.reporter.layout import cells, columns, indented, pad, row_lines, wrap

words = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z", "M")))


def test_wide_characters_take_two_cells_and_accents_none():
    assert cells("abc") == 3
    assert cells("海康") == 4
    assert cells("e\u0301") == 1
    assert pad("海", 4) == "海  "


@given(st.lists(words), st.integers(2, 40))
def test_no_wrapped_line_is_wider_than_asked_and_no_character_is_lost(parts, width):
    text = " ".join(parts)
    lines = wrap(text, width)

    assert all(cells(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_an_empty_text_is_one_empty_line():
    assert wrap("", 10) == [""]


def test_further_lines_of_a_label_stand_under_its_text():
    assert indented("why: ", "one two three", 12, 2) == ["  why: one", "       two", "       three"]


def test_the_column_with_most_to_spare_gives_first():
    rows = [["a" * 10, "b" * 40], ["a", "b"]]

    assert columns(rows, [5, 5], 100) == [10, 40]
    assert columns(rows, [5, 5], 32) == [10, 20]
    assert columns(rows, [10, 40], 20) == [10, 40]


def test_a_long_cell_goes_on_below_itself():
    assert row_lines(["one two", "x"], [3, 2]) == [["one", "x "], ["two", "  "]]

"""Lines of foreign files: numbered, bounded, decoded."""

from __future__ import annotations

import io

from scanner.importers.lines import numbered_lines


def lines(data: bytes, limit: int = 20) -> list[tuple[int, str, bool]]:
    return list(numbered_lines(io.BytesIO(data), limit))


def test_each_line_has_its_number_and_no_end():
    assert lines(b"one\r\n\ntwo") == [(1, "one", False), (2, "", False), (3, "two", False)]


def test_an_empty_file_has_no_line():
    assert lines(b"") == []


def test_a_line_that_is_too_long_is_cut_and_the_next_one_is_whole():
    assert lines(b"x" * 90 + b"\nnext\n") == [(1, "x" * 20, True), (2, "next", False)]


def test_a_line_of_just_the_limit_is_whole():
    assert lines(b"x" * 20 + b"\ny\n") == [(1, "x" * 20, False), (2, "y", False)]


def test_what_is_no_text_is_replaced():
    assert lines(b"a\xff\xfeb\n") == [(1, "a\ufffd\ufffdb", False)]

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as some

from scanner.parsers.text import decode, printable, to_utf8


def test_utf8_is_taken_as_utf8_and_everything_else_as_latin1():
    assert decode("Caméra".encode()) == "Caméra"
    assert decode(b"\xff\xfb\x03Hik") == "ÿû\x03Hik"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J\x1b[31mDS-2CD\x1b[0m", "DS-2CD"),
        ("\x1b]0;title\x07DS", "DS"),
        ("\x9b31mDS", "DS"),
        ("a\r\nb\tc", "a b c"),
        ("a\x00b\x07c", "a\ufffdb\ufffdc"),
        ("evil\u202egnp.exe", "evil\ufffdgnp.exe"),
        ("\ufeffBOM", "BOM"),
        ("\x1b", ""),
        ("去除edge", "去除edge"),
    ],
)
def test_nothing_that_moves_a_terminal_is_left(text, shown):
    assert printable(text) == shown


def test_long_text_is_cut_and_says_so():
    assert printable("x" * 500, 10) == "x" * 9 + "…"
    assert printable("\x00" * 0 + " " * 5000 + "x", 10) == "…"
    assert len(printable("ab " * 100_000, 50)) == 50


def test_hostile_text_costs_little(quickly):
    for piece in ("\x1b[", "\x1b]", "\x1b", "\x00", " "):
        quickly(printable, piece * 65536, 65536)


@given(raw=some.binary(max_size=200), limit=some.integers(1, 80))
def test_any_bytes_become_a_short_line_without_controls(raw, limit):
    shown = printable(decode(raw), limit)

    assert len(shown) <= limit
    assert {unicodedata.category(letter) for letter in shown}.isdisjoint({"Cc", "Cf", "Cs", "Zl", "Zp"})


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_markup_in_utf_16_becomes_utf_8(encoding):
    assert to_utf8("<a>é</a>".encode(encoding)).decode("utf-8").removeprefix("\ufeff") == "<a>é</a>"


@pytest.mark.parametrize(
    "raw", [b"", b"<", b"<\x00", b"<\x00\x00\x00", b"\x00\x00\x00<", b"<a>\xff", b"\xef\xbb\xbf<a>"]
)
def test_anything_else_stays_as_it_is(raw):
    assert to_utf8(raw) == raw

"""What a line of a bundle may look like, and that it is written as it is read."""

from __future__ import annotations

import io

import pytest

from scanner.evidence.bundle import LONGEST_LINE, Broken, Piece, commitment, link, pieces, value_entry

END = b'{"key":"0"}\n'


def piece(number=0, text=b'"10.0.0.1"', before=b"", salt=b"0" * 32):
    entry = value_entry(number, commitment(salt, text))
    return Piece(1, link(before, entry), entry, number, salt, text)


def test_what_is_read_is_written_the_same():
    first = piece()
    second = Piece(2, link(first.link, b"{}"), b"{}")
    hidden = Piece(1, first.link, first.entry, 0, b"", None)
    for some in ((first, second), (hidden, second)):
        *found, end = pieces(io.BytesIO(b"".join(one.line for one in some) + END))
        assert (tuple(found), end) == (some, END)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (piece(1).line, "missing before it"),
        (piece(before=b"x").line, "does not fit"),
        (piece().line.replace(b"10.0.0.1", b"10.0.0.2"), "not the one that was sealed"),
        (piece().line.replace(b",[", b", ["), "not written as a line"),
        (piece().line.replace(b'"number":0', b'"number":00'), "not written as a line"),
        (b"[" + b"0" * (LONGEST_LINE + 1), "not written as a line"),
        (b'["%s",%s]\n' % (link(b"", piece().entry), piece().entry), "not written as a line"),
    ],
)
def test_what_is_not_right_is_said(line, why):
    with pytest.raises(Broken, match=why) as broken:
        list(pieces(io.BytesIO(line + b"{}\n")))
    assert broken.value.line == 1

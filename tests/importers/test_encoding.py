"""Whatever a file's text is written in, the importers get UTF-8."""

from __future__ import annotations

import io

import pytest

from scanner.importers.encoding import in_utf8

TEXT = "one\r\nzwö\r\n\U0001f4f7 last"


def read(data: bytes, size: int = -1) -> bytes:
    stream = in_utf8(io.BufferedReader(io.BytesIO(data)))
    return b"".join(iter(lambda: stream.read(size), b""))


@pytest.mark.parametrize(
    ("encoding", "mark"), [("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff"), ("utf-8", b"\xef\xbb\xbf")]
)
def test_a_file_with_a_mark_is_read_without_it(encoding, mark):
    for size in (-1, 1, 7):
        assert read(mark + TEXT.encode(encoding), size) == TEXT.encode()


def test_a_file_without_a_mark_is_as_it_is():
    for data in (b"", b"\xff", b"\xff\xfd\x01", b"\xef\xbb", TEXT.encode()):
        assert read(data) == data


def test_a_mark_alone_is_an_empty_file():
    for mark in (b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf"):
        assert read(mark) == b""


def test_what_is_no_text_is_replaced_and_costs_nothing_behind_it():
    assert read(b"\xff\xfea\x00\x00\xd8b\x00\n\x00c").decode() == "a\ufffdb\n\ufffd"


def test_a_long_file_is_read_in_pieces():
    text = "zwölf Zeichen\n" * 40_000

    assert read(b"\xff\xfe" + text.encode("utf-16-le")).decode() == text


def test_its_beginning_can_be_looked_at_without_taking_it():
    stream = in_utf8(io.BufferedReader(io.BytesIO(b"\xff\xfe" + TEXT.encode("utf-16-le"))))

    assert stream.peek(3)[:3] == b"one"
    assert stream.read() == TEXT.encode()

"""The evidence appendix: raw bytes as text or digits, safe to show, cut at whole characters."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from scanner.model.device import Device
from scanner.model.evidence import Evidence, Strength
from scanner.model.exhibit import Exhibit
from scanner.model.protocol import Protocol
from scanner.reporter.exhibit import (
    about_words,
    excerpt_lines,
    excerpt_of,
    exhibit_fields,
    of_devices,
    size_words,
)
from scanner.reporter.schema import load_schema

PLAIN = Exhibit("obs-1", "10.0.0.5", Protocol.HTTP, 80, "0" * 64, 2000, b"HTTP/1.1 200 OK\r\nServer: x")


@pytest.mark.parametrize(
    ("raw", "written"),
    [
        (b"HTTP/1.1 200 OK\r\n\tx", ("text", "HTTP/1.1 200 OK\r\n\tx")),
        ("caméra".encode(), ("text", "caméra")),
        ("caméra".encode()[:4], ("text", "cam")),
        ("é".encode()[1:] + b"a", ("text", "a")),
        ("摄像".encode()[:5], ("text", "摄")),
        (b"\x30\x82\x01\x0a", ("hex", "3082010a")),
        (b"a\x1b[31mb", ("hex", "611b5b33316d62")),
        (b"\xff\xfe", ("hex", "fffe")),
        (b"", ("text", "")),
        (None, (None, None)),
    ],
)
def test_text_is_text_and_everything_else_is_digits(raw, written):
    assert excerpt_of(replace(PLAIN, excerpt=raw)) == written


@given(some.binary(max_size=500), some.integers(0, 400))
def test_no_bytes_make_it_fail_and_none_of_them_is_an_order_to_a_terminal(raw, offset):
    one = replace(PLAIN, excerpt=raw, offset=offset, size=offset + len(raw))
    encoding, excerpt = excerpt_of(one)

    assert encoding in ("text", "hex")
    assert excerpt is not None
    assert encoding == "text" or bytes.fromhex(excerpt) == raw
    shown = "\n".join([*excerpt_lines(one), size_words(one), about_words(one)])
    assert all(character.isprintable() or character == "\n" for character in shown)


def test_every_key_of_the_contract_is_there():
    fields = exhibit_fields(PLAIN)

    assert list(fields) == load_schema("scan")["$defs"]["observation"]["required"]
    assert (fields["sha256"], fields["size"], fields["at"]) == ("0" * 64, 2000, None)


def test_for_people_a_line_stays_a_line_and_shows_only_what_is_visible():
    text = "one\u202e two\r\n\u200b<b>three</b>\n".encode()

    assert excerpt_lines(replace(PLAIN, excerpt=text)) == ["one two", "<b>three</b>"]
    assert excerpt_lines(replace(PLAIN, excerpt=b"\x00" * 50)) == ["00" * 48, "00" * 2]
    assert excerpt_lines(replace(PLAIN, excerpt=b"")) == [""]
    assert "journal" in excerpt_lines(replace(PLAIN, excerpt=None))[0]


def test_the_words_about_it_say_whence_and_when():
    plain = replace(PLAIN, request="GET /", at="2026-11-24T10:00:00Z")
    read = replace(PLAIN, port=0, interface="eth0", source="a\x1b[2J.xml", at="2026-11-24", dated="file")

    assert about_words(plain) == "10.0.0.5, http port 80, GET /, 2026-11-24T10:00:00Z"
    assert about_words(read) == "10.0.0.5, http, over eth0, read from a.xml, 2026-11-24 (date of the file)"
    assert about_words(replace(PLAIN, synthesised=True)).endswith(", our own text of a record")


def test_how_much_of_it_is_shown_is_said():
    assert size_words(PLAIN) == "bytes 0 to 26 of 2,000"
    assert size_words(replace(PLAIN, offset=100)) == "bytes 100 to 126 of 2,000"
    assert size_words(replace(PLAIN, size=26)) == "all 26 bytes"
    assert size_words(replace(PLAIN, excerpt=None)) == "2,000 bytes"


def test_only_what_the_listed_devices_point_to_is_listed():
    piece = Evidence("s", Protocol.HTTP, 80, "claim", Strength.WEAK, "x", "obs-1")

    assert of_devices([PLAIN, replace(PLAIN, observation="obs-2")], [Device("d", (), evidence=(piece,))]) == [
        PLAIN
    ]

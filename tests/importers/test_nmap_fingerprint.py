"""Bytes of the wire in nmap's quotes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.importers.nmap_fingerprint import kind_of, replies, request_of, unquoted
from scanner.model.protocol import Protocol


def test_each_reply_has_its_question_and_its_bytes():
    text = (
        'SF-Port80-TCP:V=7.93%I=7%D=1/1%r(GetRequest,1A,"HTTP/1\\.1\\x20200\\x20OK\\r\\n\\r\\n\\xef\\xbb\\xbf\\"\\\\")'
        '%r(NULL,3,"a\\0b")'
    )

    assert list(replies(text)) == [
        ("GetRequest", b'HTTP/1.1 200 OK\r\n\r\n\xef\xbb\xbf"\\'),
        ("NULL", b"a\0b"),
    ]


def test_folded_lines_are_joined_and_a_cut_reply_is_left_out():
    assert list(replies('%r(GetRequest,4,"ab\nSF:cd")%r(NULL,9,"cut')) == [("GetRequest", b"abcd")]


def test_replies_are_bounded():
    assert len(list(replies('%r(A,1,"a")' * 1000))) == 32


@given(st.text(max_size=200))
def test_no_text_makes_it_fail(text):
    list(replies(text))
    unquoted(text)


@pytest.mark.parametrize(
    ("data", "tls", "expected"),
    [
        (b"HTTP/1.1 200 OK", False, Protocol.HTTP),
        (b"HTTP/1.1 200 OK", True, Protocol.HTTPS),
        (b"RTSP/1.0 200 OK", False, Protocol.RTSP),
        (b"SSH-2.0-dropbear", False, Protocol.SSH),
        (b"220 ready", False, Protocol.FTP),
        (b"\xff\xfd\x01", False, Protocol.TELNET),
        (b"\x00\x00\x00\x10\x00\x00\x00\x1e", False, Protocol.SDK8000),
        (b"hello", False, None),
    ],
)
def test_a_reply_is_known_by_its_first_bytes(data, tls, expected):
    assert kind_of(data, tls=tls) is expected


def test_a_question_is_a_request_in_our_words():
    assert request_of("GetRequest") == "GET /"
    assert request_of("NULL") is None

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as some

from scanner.parsers import http
from scanner.parsers.message import (
    BODY_LIMIT,
    HEADERS_LIMIT,
    LINE_LIMIT,
    content,
    end_of_message,
    read_message,
    realms,
    request_words,
    without_interim,
)

REPLY = b"HTTP/1.1 200 OK\r\nServer: App-webs/\r\nX-A:  1 \r\nX-A: 2\r\n\r\nbody"


def test_start_line_headers_and_body_are_told_apart():
    message = read_message(REPLY)

    assert (message.version, message.status, message.method) == ("HTTP/1.1", "200", None)
    assert message.values("server") == ["App-webs/"]
    assert message.values("x-a") == ["1", "2"]
    assert message.headers[1].line == "X-A:  1 "
    assert message.body == b"body"
    assert message.head.endswith("X-A: 2\r\n\r\n")


def test_a_line_feed_is_as_good_as_crlf():
    message = read_message(REPLY.replace(b"\r\n", b"\n"))

    assert message.headers == read_message(REPLY).headers
    assert message.body == b"body"


def test_headers_alone_and_a_bare_body_are_read_for_what_they_are():
    headers = read_message(b"Server: x\r\nWWW-Authenticate: Basic realm=a")
    body = read_message(b"<html>Server: x</html>")

    assert (headers.status, headers.values("server"), headers.body) == (None, ["x"], b"")
    assert (body.headers, body.head, body.body) == ((), "", b"<html>Server: x</html>")


@pytest.mark.parametrize(
    "body", [b"http://192.0.2.1/x", b'{"a": 1}', b"a: b\nnot a header\n", b"", b"just words"]
)
def test_text_that_is_no_header_is_a_body(body):
    assert read_message(body).body == body


def test_folded_lines_are_joined():
    assert read_message(b"HTTP/1.1 200 OK\r\nA: b\r\n  c\r\n\td\r\n\r\n").values("a") == ["b c d"]


def test_a_body_without_the_blank_line_before_it_is_found():
    message = read_message(b"HTTP/1.1 200 OK\nServer: x\n<html></html>")

    assert (message.values("server"), message.body) == (["x"], b"<html></html>")


def test_start_lines_of_all_kinds_are_known():
    assert read_message(b"\r\nHTTP/1.0 401\r\n\r\n").status == "401"
    assert read_message(b"RTSP/1.0 200 " + b"x" * 5000 + b"\r\nCSeq: 1\r\n\r\n").values("cseq") == ["1"]
    assert read_message(b"NOTIFY * HTTP/1.1\r\nNT: a\r\n\r\n").method == "NOTIFY"
    assert read_message(b"HTTP/1.1 2000 x").status is None


def test_a_header_bomb_is_cut_and_the_body_still_found():
    bomb = b"HTTP/1.1 200 OK\r\n" + b"".join(b"h%d: v\r\n" % number for number in range(2000)) + b"\r\nbody"
    folds = b"HTTP/1.1 200 OK\r\nA: b\r\n" + b" x\r\n" * 2000 + b"\r\nbody"

    assert len(read_message(bomb).headers) == HEADERS_LIMIT
    assert read_message(bomb).body == b"body"
    assert read_message(folds).body == b"body"


def test_a_long_line_and_a_long_body_are_cut():
    message = read_message(
        b"HTTP/1.1 200 OK\r\nA: " + b"v" * 30000 + b"\r\nB: w\r\n\r\n" + b"x" * (2 * BODY_LIMIT)
    )

    assert len(message.headers[0].line) == LINE_LIMIT
    assert message.values("b") == ["w"]
    assert len(message.body) == BODY_LIMIT


def _chunked(body):
    return read_message(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n", b"abcde"),
        (b"3\nabc\n2\nde\n0\n\n", b"abcde"),
        (b"3\r\nab", b"ab"),
        (b"4\r\n<a>\n</a>\n\r\n0\r\n\r\n", b"<a>\n</a>\n\r\n"),
        (b"<html>not chunked at all", b"<html>not chunked at all"),
        (b"2\r\nab\r\nzz\r\n", b"abzz\r\n"),
        (b"", b""),
    ],
)
def test_chunks_are_joined_and_broken_framing_is_kept(body, text):
    assert content(_chunked(body)) == text


def test_packed_bodies_are_unpacked_within_the_limit():
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"
    raw_deflate = zlib.compressobj(wbits=-15)

    assert content(read_message(head + gzip.compress(b"<html>"))) == b"<html>"
    assert content(read_message(head + zlib.compress(b"<html>"))) == b"<html>"
    assert content(read_message(head + raw_deflate.compress(b"<html>") + raw_deflate.flush())) == b"<html>"
    assert content(read_message(head + b"<html> plain")) == b"<html> plain"
    assert len(content(read_message(head + gzip.compress(b"<" * 20_000_000)))) == BODY_LIMIT


@pytest.mark.parametrize(
    ("challenges", "found"),
    [
        (['Digest realm="IP Camera(K7151)", nonce="0"'], ["IP Camera(K7151)"]),
        (["Basic realm=plain, charset=x"], ["plain"]),
        ([r'Basic realm="a\"b"'], ['a"b']),
        (['Digest qop="auth", REALM = "x"', 'Basic realm="/"'], ["x", "/"]),
        (['Basic realm="never closed'], []),
        (['Basic realm=""'], [""]),
    ],
)
def test_realms_are_unquoted(challenges, found):
    assert list(realms(challenges)) == found


@pytest.mark.parametrize(
    ("raw", "until_close", "end"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab", True, 40),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabGARBAGE", True, 40),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na", True, None),
        (b"HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\nab", True, None),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nab", True, None),
        (b"HTTP/1.1 200 OK\r\n\r\nab", True, None),
        (b"HTTP/1.1 204 No\r\n\r\n", True, 19),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", True, 38),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No\r\n\r\n", True, 44),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 9, True, None),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\nX", True, 58),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nT: x\r\n\r\n", True, 64),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n", True, None),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", True, None),
        (b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\nX", False, 28),
        (b"RTSP/1.0 200 OK\nCSeq: 1\n", False, None),
        (b"RTSP/1.0 200 OK\nCSeq: 1\n\n", False, 25),
        (b"no message", False, None),
        (b"", True, None),
    ],
)
def test_the_end_of_a_message_is_found(raw, until_close, end):
    assert end_of_message(raw, until_close=until_close) == end


@pytest.mark.parametrize(
    ("reply", "until_close"),
    [
        (b"HTTP/1.1 200 OK\r\nServer: x\r\nContent-Length: 7\r\n\r\n<html>\n", True),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n<a>\r\n4\r\n</a>\r\n0\r\n\r\n", True),
        (b'RTSP/1.0 401 Unauthorized\r\nCSeq: 2\r\nWWW-Authenticate: Digest realm="x"\r\n\r\n', False),
        (b"RTSP/1.0 200 OK\r\nCSeq: 3\r\nContent-Length: 3\r\n\r\nv=0", False),
    ],
)
def test_byte_by_byte_a_message_ends_at_its_last_byte_and_stays_so(reply, until_close):
    ends = [end_of_message(reply[:cut], until_close=until_close) for cut in range(len(reply) + 1)]

    assert ends == [*[None] * len(reply), len(reply)]
    assert end_of_message(reply + b"GARBAGE" * 100, until_close=until_close) == len(reply)


def test_a_reply_without_a_length_ends_when_the_peer_closes():
    assert all(end_of_message(REPLY[:cut], until_close=True) is None for cut in range(len(REPLY) + 1))


@pytest.mark.parametrize("piece", [b"a:b\r\n", b" x\r\n", b"\r", b"\n", b"0\r\n", b"1\r\na\r\n"])
@pytest.mark.parametrize(
    "head", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"]
)
def test_the_end_of_a_hostile_message_costs_little(head, piece, quickly):
    raw = head + piece * (65536 // len(piece))

    quickly(lambda: end_of_message(raw, until_close=True))


def test_what_was_asked_is_split_into_words():
    assert request_words("GET /a b") == ["GET", "/a"]
    assert request_words(None) == request_words("") == []


@given(cut=some.integers(0, len(REPLY)), noise=some.binary(max_size=200), until_close=some.booleans())
def test_a_reply_cut_and_continued_with_noise_is_read_and_ends_inside_itself(cut, noise, until_close):
    raw = REPLY[:cut] + noise

    assert len(read_message(raw).body) <= len(raw)
    end = end_of_message(raw, until_close=until_close)
    assert end is None or 0 < end <= len(raw)


@pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b"\x00\x00", b"\r\n\r\n", b" \t\n", b"\xef\xbb\xbf\r\n"])
def test_what_stands_in_front_of_a_start_line_is_passed_over(before):
    message = read_message(before + b"HTTP/1.1 200 OK\nServer: x\n\nbody")
    assert (message.status, message.values("server"), message.body) == ("200", ["x"], b"body")


def test_a_bare_body_keeps_its_first_bytes():
    assert read_message(b"\xef\xbb\xbf<a/>").body == b"\xef\xbb\xbf<a/>"


@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_answer_behind_interim_ones_is_the_message(count):
    interim = b"HTTP/1.1 100 Continue\r\nDate: x\r\n\r\n" * count

    assert without_interim(b"\r\n" + interim + REPLY) == REPLY
    assert http.read(interim + REPLY) == http.read(REPLY)


def test_an_interim_answer_alone_or_before_something_else_stands_for_itself():
    for behind in (b"", b"HTT", b"\x00\x01", b"HTTP/1.1 100 Continue\r\n\r\n"):
        raw = b"HTTP/1.1 101 Switching Protocols\r\n\r\n" + behind
        assert without_interim(raw) in (raw, behind)
    assert without_interim(REPLY) == REPLY

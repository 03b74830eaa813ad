"""When is a reply whole? Each one is fed whole, byte by byte, and with garbage behind it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.model.ending import Ending
from scanner.probes.framing import (
    BODY_LIMIT,
    FOREIGN_LIMIT,
    HEAD_LIMIT,
    HEADERS_LIMIT,
    PIECES,
    Framing,
    read_status,
)

RTSP_OPTIONS = (
    b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nPublic: OPTIONS, DESCRIBE, PLAY, PAUSE, SETUP, TEARDOWN, SET_PARAMETER, "
    b"GET_PARAMETER\r\nDate:  Thu, May 14 2020 16:45:35 GMT\r\n\r\n"
)
WHOLE = {
    "a length": (b"HTTP/", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
    "an empty body": (b"HTTP/", b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"),
    "no content": (b"HTTP/", b"HTTP/1.1 204 No Content\r\n\r\n"),
    "chunks": (
        b"HTTP/",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\n\r\n",
    ),
    "line feeds alone": (b"HTTP/", b"HTTP/1.0 200 OK\nContent-Length: 2\n\nok"),
    "an RTSP head": (b"RTSP/", RTSP_OPTIONS),
    "an RTSP body": (b"RTSP/", b"RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Length: 3\r\n\r\nv=0"),
}


@pytest.mark.parametrize(("protocol", "reply"), WHOLE.values(), ids=WHOLE.keys())
def test_a_reply_is_complete_with_its_last_byte_however_it_is_cut(protocol: bytes, reply: bytes) -> None:
    whole = Framing(protocol)
    by_byte = Framing(protocol)

    assert whole.add(reply) is Ending.COMPLETE
    assert whole.payload == reply
    for position in range(len(reply) - 1):
        assert by_byte.add(reply[position : position + 1]) is None
    assert by_byte.add(reply[-1:]) is Ending.COMPLETE
    assert by_byte.payload == reply


@pytest.mark.parametrize(("protocol", "reply"), WHOLE.values(), ids=WHOLE.keys())
def test_what_stands_behind_a_reply_is_left_alone(protocol: bytes, reply: bytes) -> None:
    framing = Framing(protocol)

    assert framing.add(reply + b"\x00garbage\r\n\r\nHTTP/1.1 500 No\r\n\r\n") is Ending.COMPLETE
    assert framing.payload == reply


@pytest.mark.parametrize("limit", range(1, 60, 7))
def test_a_reply_cut_short_is_closed_early_and_kept(limit: int) -> None:
    reply = b"HTTP/1.1 200 OK\r\nServer: a\r\nContent-Length: 50\r\n\r\n0123456789"
    framing = Framing(b"HTTP/")

    assert framing.add(reply[:limit]) is None
    assert framing.stop(Ending.CLOSED_EARLY) is Ending.CLOSED_EARLY
    assert framing.payload == reply[:limit]


def test_a_body_without_length_is_complete_when_the_peer_closes_and_cut_when_it_falls_silent() -> None:
    reply = b"HTTP/1.0 200 OK\r\nServer: a\r\n\r\n<html>"
    closed, silent = Framing(b"HTTP/"), Framing(b"HTTP/")

    assert closed.add(reply) is None
    assert closed.stop(Ending.CLOSED_EARLY) is Ending.COMPLETE
    assert silent.add(reply) is None
    assert silent.stop(Ending.SILENT) is Ending.CUT
    assert silent.payload == reply


def test_nothing_at_all_ends_as_it_ended() -> None:
    assert Framing(b"HTTP/").stop(Ending.SILENT) is Ending.SILENT
    assert Framing(b"HTTP/").stop(Ending.CLOSED_EARLY) is Ending.CLOSED_EARLY


@pytest.mark.parametrize(
    "banner",
    [
        b"SSH-2.0-dropbear\r\n",
        b"220 ftp ready\r\n",
        b"\x15\x03\x01\x00\x02\x02\x46",
        b"RTSP/1.0 400 Bad Request\r\n\r\n",
        b"\r\nlogin: ",
        b"\xff\xfd\x18",
        b"<html>a page without a status line</html>",
    ],
)
def test_another_protocol_is_named_as_such_and_its_words_are_kept(banner: bytes) -> None:
    framing = Framing(b"HTTP/")

    assert framing.add(banner) is None
    assert framing.stop(Ending.CLOSED_EARLY) is Ending.OTHER_PROTOCOL
    assert framing.payload == banner


def test_of_another_protocol_no_more_than_a_banner_is_read() -> None:
    framing = Framing(b"HTTP/")

    assert framing.add(b"x" * (FOREIGN_LIMIT + 99)) is Ending.OTHER_PROTOCOL
    assert len(framing.payload) == FOREIGN_LIMIT


def test_a_status_line_that_cannot_be_read_is_malformed() -> None:
    framing = Framing(b"HTTP/")

    assert framing.add(b"HTTP/1.1 OK 200\r\nServer: a\r\n\r\nbody") is Ending.MALFORMED
    assert framing.payload.startswith(b"HTTP/1.1 OK 200")


def test_stray_line_ends_before_a_reply_are_passed_over() -> None:
    framing = Framing(b"RTSP/")

    assert framing.add(b"\r\n\r\n" + RTSP_OPTIONS) is Ending.COMPLETE
    assert framing.payload == RTSP_OPTIONS


def test_an_interim_answer_is_passed_over() -> None:
    final = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    framing = Framing(b"HTTP/")

    assert framing.add(b"HTTP/1.1 100 Continue\r\n\r\n" + final) is Ending.COMPLETE
    assert framing.payload == final


def test_an_interim_answer_alone_is_what_was_read() -> None:
    interim = b"HTTP/1.1 100 Continue\r\n\r\n"
    framing = Framing(b"HTTP/")

    assert framing.add(interim) is None
    assert framing.stop(Ending.SILENT) is Ending.CUT
    assert framing.payload == interim


def test_an_endless_body_is_cut_at_64_kib() -> None:
    head = b"HTTP/1.1 200 OK\r\n\r\n"
    framing = Framing(b"HTTP/")

    ending = framing.add(head)
    for _ in range(10):
        ending = ending or framing.add(b"A" * 16384)

    assert ending is Ending.CUT
    assert len(framing.payload) == len(head) + BODY_LIMIT


def test_a_body_that_says_it_is_longer_than_64_kib_is_cut_and_one_of_64_kib_is_whole() -> None:
    long, just = Framing(b"HTTP/"), Framing(b"HTTP/")

    assert long.add(b"HTTP/1.1 200 OK\r\nContent-Length: 65537\r\n\r\n" + b"A" * 65537) is Ending.CUT
    assert just.add(b"HTTP/1.1 200 OK\r\nContent-Length: 65536\r\n\r\n" + b"A" * 65536) is Ending.COMPLETE


def test_a_head_without_end_is_cut_at_16_kib() -> None:
    framing = Framing(b"HTTP/")

    assert framing.add(b"HTTP/1.1 200 OK\r\nX: " + b"A" * HEAD_LIMIT) is Ending.CUT
    assert len(framing.payload) == HEAD_LIMIT


def test_a_head_that_ends_behind_16_kib_is_cut_there_too() -> None:
    framing = Framing(b"HTTP/")

    assert framing.add(b"HTTP/1.1 200 OK\r\nX: " + b"A" * HEAD_LIMIT + b"\r\n\r\nbody") is Ending.CUT
    assert len(framing.payload) == HEAD_LIMIT


def test_sixty_four_headers_pass_and_one_more_is_cut_behind_the_sixty_fourth() -> None:
    def reply(count: int) -> bytes:
        return (
            b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"
            + b"".join(b"X-%d: 1\r\n" % n for n in range(count - 1))
            + b"\r\n"
        )

    just, more = Framing(b"HTTP/"), Framing(b"HTTP/")

    assert just.add(reply(HEADERS_LIMIT)) is Ending.COMPLETE
    assert more.add(reply(HEADERS_LIMIT + 1)) is Ending.CUT
    assert more.payload.endswith(b"X-62: 1\r\n")


def test_a_tarpit_is_cut_after_so_many_pieces() -> None:
    framing = Framing(b"HTTP/")

    framing.add(b"HTTP/1.1 200 OK\r\n")
    endings = [framing.add(b"x") for _ in range(PIECES - 1)]

    assert endings[-2] is None
    assert endings[-1] is Ending.CUT


def test_after_its_ending_a_reply_does_not_change() -> None:
    framing = Framing(b"HTTP/")
    framing.add(b"HTTP/1.1 204 No Content\r\n\r\n")

    assert framing.add(b"more") is Ending.COMPLETE
    assert framing.stop(Ending.SILENT) is Ending.COMPLETE
    assert framing.payload == b"HTTP/1.1 204 No Content\r\n\r\n"


def test_a_status_line_is_what_makes_a_reply() -> None:
    found = read_status(RTSP_OPTIONS)

    assert found is not None
    assert found.status == "200"
    assert read_status(b"<html>") is None
    assert read_status(b"") is None


@given(
    cut=st.integers(0, len(RTSP_OPTIONS)),
    noise=st.binary(max_size=300),
    sizes=st.lists(st.integers(1, 40), min_size=1, max_size=30),
)
def test_any_bytes_end_somehow_and_the_cuts_of_the_network_do_not_matter(
    cut: int, noise: bytes, sizes: list[int]
) -> None:
    """The reply read is the same whole and in pieces; nothing raises."""
    raw = RTSP_OPTIONS[:cut] + noise
    whole, pieces = Framing(b"RTSP/"), Framing(b"RTSP/")
    whole.add(raw)
    position = 0
    while position < len(raw):
        size = sizes[position % len(sizes)]
        if pieces.add(raw[position : position + size]) is not None:
            break
        position += size

    assert whole.stop(Ending.CLOSED_EARLY) is pieces.stop(Ending.CLOSED_EARLY)
    if whole.stop(Ending.CLOSED_EARLY) is Ending.COMPLETE:
        assert whole.payload == pieces.payload

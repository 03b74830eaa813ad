"""Conversations put together in bounded memory."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.importers import streams
from scanner.importers.streams import FLOW_LIMIT, Streams
from scanner.model.protocol import Protocol
from scanner.parsers.layers import Segment

SERVER, CLIENT = b"\x0a\x00\x00\x05", b"\x0a\x00\x00\x01"
REPLY = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Talk:
    """One conversation between a client and a server."""

    def __init__(self, port: int = 80, client: int = 5000) -> None:
        self.streams = Streams()
        self.port, self.client, self.asked = port, client, 1

    def server(self, sequence: int, data: bytes, flags: int = 16):
        return [
            m
            for _, m in self.streams.take(
                SERVER, CLIENT, Segment(self.port, self.client, sequence, flags, data)
            )
        ]

    def ask(self, data: bytes):
        sequence, self.asked = self.asked, self.asked + len(data)
        return self.streams.take(CLIENT, SERVER, Segment(self.client, self.port, sequence, 16, data))

    def rest(self):
        return [m for _, m in self.streams.rest()]


def test_several_replies_of_one_conversation_have_their_requests():
    talk = Talk()
    talk.server(99, b"", 18)
    talk.ask(b"GET /ISAPI/System/deviceInfo HTTP/1.1\r\n\r\n")
    talk.server(100, REPLY)
    talk.ask(b"GET /b HTTP/1.1\r\n\r\n")
    talk.server(100 + len(REPLY), REPLY)

    assert [(one.protocol, one.request) for one in talk.server(100 + 2 * len(REPLY), b"", 17)] == [
        (Protocol.ISAPI, "GET /ISAPI/System/deviceInfo"),
        (Protocol.HTTP, "GET /b"),
    ]


def test_of_a_mirror_port_that_shows_every_packet_twice_each_is_taken_once():
    talk = Talk()
    found = []

    def twice(sequence: int, data: bytes, flags: int = 16) -> None:
        found.extend(talk.server(sequence, data, flags) + talk.server(sequence, data, flags))

    def ask_twice(data: bytes) -> None:
        before = talk.asked
        talk.ask(data)
        talk.asked = before
        talk.ask(data)

    twice(99, b"", 18)
    ask_twice(b"GET /a HTTP/1.1\r\n\r\n")
    twice(100, REPLY)
    ask_twice(b"GET /b HTTP/1.1\r\n\r\n")
    twice(100 + len(REPLY), REPLY)
    twice(100 + 2 * len(REPLY), b"", 17)

    assert [(one.payload, one.request) for one in found] == [(REPLY, "GET /a"), (REPLY, "GET /b")]


def test_a_greeting_that_is_sent_again_takes_nothing_of_what_was_said():
    talk = Talk()
    talk.server(99, b"", 18)
    talk.server(100, REPLY)
    talk.server(99, b"", 18)

    assert [one.payload for one in talk.rest()] == [REPLY]


def test_a_port_that_is_used_again_begins_anew():
    talk = Talk()
    talk.server(99, b"", 18)
    first = talk.server(100, REPLY) + talk.server(70_000, b"", 18)
    talk.server(70_001, REPLY)

    assert [one.payload for one in (*first, *talk.rest())] == [REPLY, REPLY]


def test_an_end_that_overtakes_the_last_segment_cuts_nothing():
    talk = Talk()
    talk.server(99, b"", 18)
    talk.server(100, REPLY[:20])
    early = talk.server(130, REPLY[30:], 17)
    talk.server(120, REPLY[20:30])

    assert not early
    assert [one.payload for one in talk.rest()] == [REPLY]


def test_what_a_client_proves_itself_by_is_not_kept():
    talk = Talk(554)
    talk.ask(b"DESCRIBE rtsp://admin:secret@10.0.0.5/a?token=secret RTSP/1.0\r\n\r\n")
    talk.server(0, b"RTSP/1.0 200 OK\r\n\r\n")

    assert [one.request for one in talk.rest()] == ["DESCRIBE rtsp://10.0.0.5/a"]


def test_media_between_replies_of_rtsp_is_passed_over():
    talk = Talk(554)
    reply = b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n"
    talk.server(0, reply + b"$\x00\x00\x04abcd" + reply)

    assert [one.payload for one in talk.rest()] == [reply, reply]


def test_a_capture_that_begins_in_the_middle_is_read_from_a_reply_on():
    talk = Talk()
    talk.server(500, REPLY)

    assert [one.payload for one in talk.rest()] == [REPLY]


def test_a_sequence_that_wraps_is_in_order():
    talk = Talk()
    start = 0xFFFFFFFF - 5
    talk.server(start - 1, b"", 18)
    talk.server(start, REPLY[:10])
    talk.server((start + 10) & 0xFFFFFFFF, REPLY[10:])

    assert [one.payload for one in talk.rest()] == [REPLY]


def test_what_came_twice_or_overlaps_is_kept_once():
    talk = Talk()
    talk.server(100, REPLY[:20])
    talk.server(110, REPLY[10:])
    talk.server(100, REPLY)

    assert [one.payload for one in talk.rest()] == [REPLY]


def test_of_a_long_reply_the_beginning_is_kept():
    talk = Talk()
    found = talk.server(0, b"HTTP/1.1 200 OK\r\n\r\n")
    for number in range(200):
        found += talk.server(19 + number * 1000, b"x" * 1000)

    assert [len(one.payload) for one in found] == [FLOW_LIMIT]
    assert talk.rest() == []


def test_what_is_not_read_costs_a_mark():
    talk = Talk()
    for number in range(1000):
        assert talk.server(number * 100, b"\x80" * 100) == []

    assert talk.streams._flows == {}


def test_conversations_are_bounded_and_the_oldest_is_given_first(monkeypatch):
    monkeypatch.setattr(streams, "FLOWS_LIMIT", 3)
    monkeypatch.setattr(streams, "MARKS_LIMIT", 10)
    all_of_them = Streams()
    done = []
    for number in range(50):
        done += all_of_them.take(SERVER, CLIENT, Segment(80, number, 0, 16, REPLY))
        all_of_them.take(CLIENT, SERVER, Segment(number, 81, 0, 16, b"GET / HTTP/1.1\r\n\r\n"))

    assert len(done) == 47
    assert len(all_of_them._flows) == 3
    assert len(all_of_them._marks) <= 10
    assert len(all_of_them._asked) <= 3


@pytest.mark.parametrize(
    ("data", "protocol"),
    [
        (b"SSH-2.0-x\r\n", Protocol.SSH),
        (b"220 ready\r\n", Protocol.FTP),
        (
            b"HTTP/1.0 200 OK\r\n\r\n<root xmlns='urn:schemas-upnp-org:device-1-0'/>",
            Protocol.UPNP_DESCRIPTION,
        ),
    ],
)
def test_a_greeting_is_known_by_its_first_bytes(data, protocol):
    talk = Talk()
    talk.server(0, data)

    assert [one.protocol for one in talk.rest()] == [protocol]


def test_a_handshake_without_a_certificate_gives_nothing():
    talk = Talk(443)
    hello = b"\x16\x03\x03\x00\x04\x02\x00\x00\x00"
    talk.server(0, hello)
    talk.server(len(hello), b"\x14\x03\x03\x00\x01\x01")

    assert talk.rest() == []


@given(
    st.lists(
        st.tuples(st.integers(0, 5000), st.binary(max_size=60), st.integers(0, 63), st.booleans()),
        max_size=30,
    )
)
def test_no_segments_make_it_fail(found):
    talk = Talk()
    for sequence, data, flags, start in found:
        talk.server(sequence, (REPLY[:12] if start else b"\x16\x03\x01") + data, flags)
        talk.ask(data)
    talk.rest()

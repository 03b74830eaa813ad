from __future__ import annotations

import pytest

from scanner.model.errors import Malformed
from scanner.parsers.rtsp import read

# Replies of cameras in public issues (corpus of this project); nonces and numbers replaced.
OPTIONS = (
    b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nPublic: OPTIONS, DESCRIBE, PLAY, PAUSE, SETUP, TEARDOWN, SET_PARAMETER, "
    b"GET_PARAMETER\r\nDate:  Thu, May 14 2020 16:45:35 GMT\r\n\r\n"
)
UNAUTHORIZED = (
    b'RTSP/1.0 401 Unauthorized\r\nCSeq: 2\r\nWWW-Authenticate: Digest realm="IP Camera(J0000)", '
    b'nonce="446c8be9ca7682b00f43b2bae7e98b86", stale="FALSE"\r\n\r\n'
)
SESSION = (
    b"v=0\r\ns=Media Presentation\r\na=recvonly\r\n"
    b"a=Media_header:MEDIAINFO=494D4B48010200000400000100000000\r\n"
)
DESCRIBE = b"RTSP/1.0 200 OK\r\nCSeq: 3\r\nContent-Length: %d\r\n\r\n" % len(SESSION) + SESSION
REPLIES = (OPTIONS, UNAUTHORIZED, DESCRIBE)


def test_the_date_line_keeps_its_blanks():
    fields = read(OPTIONS, "OPTIONS rtsp://192.0.2.1:554/")

    assert fields["line.date"] == ("Date:  Thu, May 14 2020 16:45:35 GMT",)
    assert fields["public"][0].startswith("OPTIONS, DESCRIBE, PLAY")
    assert fields["header.date"] == ("Thu, May 14 2020 16:45:35 GMT",)
    assert fields["request.method"] == ("OPTIONS",)


def test_a_challenge_gives_its_realm_and_keeps_the_nonce_to_itself():
    fields = read(UNAUTHORIZED)

    assert fields["status"] == ("401",)
    assert fields["realm"] == ("IP Camera(J0000)",)
    assert f'nonce="{"0" * 32}"' in fields["auth"][0]
    assert fields["request.method"] == ()


def test_a_session_description_gives_name_and_attributes():
    fields = read(DESCRIBE)

    assert fields["sdp.s"] == ("Media Presentation",)
    assert fields["sdp.a"] == ("a=recvonly", "a=Media_header:MEDIAINFO=494D4B48010200000400000100000000")
    assert fields.first("body").startswith("v=0")


def test_two_replies_one_behind_the_other_are_both_read():
    fields = read(OPTIONS + UNAUTHORIZED + DESCRIBE)

    assert fields["status"] == ("200", "401", "200")
    assert fields["header.cseq"] == ("1", "2", "3")
    assert fields["sdp.s"] == ("Media Presentation",)


def test_line_feeds_alone_read_the_same():
    for reply in (OPTIONS, UNAUTHORIZED):
        lean, full = read(reply.replace(b"\r\n", b"\n")), read(reply)
        assert {name: lean[name] for name in lean if name != "head"} == {
            name: full[name] for name in full if name != "head"
        }


@pytest.mark.parametrize("payload", [b"", b"\r\n", b"\x00"])
def test_nothing_is_malformed(payload):
    with pytest.raises(Malformed):
        read(payload)


def test_garbage_behind_a_reply_does_not_hide_it():
    for reply in REPLIES:
        fields = read(reply + b"\x00\xffgarbage")
        for name in ("status", "realm", "public", "sdp.s"):
            assert fields[name] == read(reply)[name]


def test_damaged_replies_are_fields_or_malformed(survives):
    survives(read, *REPLIES, OPTIONS + UNAUTHORIZED)


def test_hostile_replies_cost_little(quickly):
    head = b"RTSP/1.0 200 OK\r\n\r\n"
    for piece in (b"RTSP/1.0 200\n", b"a=x\n", b"\r", b"\n", b"s=\n", b"nonce=", b"<"):
        body = piece * (65536 // len(piece))
        quickly(read, body)
        quickly(read, head + body)

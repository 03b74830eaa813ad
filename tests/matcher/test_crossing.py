"""What replies prove together, and when they prove nothing."""

from __future__ import annotations

import pytest

from scanner.matcher import identify
from scanner.matcher.crossing import Crossing, mark_of
from scanner.matcher.making import origin_of
from scanner.model.device import Confidence
from scanner.model.evidence import Strength
from scanner.parsers import read

ASKS = 'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest realm="x", nonce="1"\r\n\r\n'
MISSES = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
PAGE = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>the same</html>"
OTHER_PAGE = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>another</html>"
INFO = "GET /ISAPI/System/deviceInfo"
RANDOM = "GET /6f1c0a9be2d34c57"
OPTIONS = (
    "RTSP/1.0 200 OK\r\nCSeq: 1\r\n"
    "Public: OPTIONS, DESCRIBE, PLAY, PAUSE, SETUP, TEARDOWN, SET_PARAMETER, GET_PARAMETER\r\n"
    "Date:  Thu, May 14 2020 16:45:35 GMT\r\n\r\n"
)
DESCRIBE = 'RTSP/1.0 401 Unauthorized\r\nCSeq: 2\r\nWWW-Authenticate: Digest realm="IP Camera(C2875)", nonce="1"\r\n\r\n'


@pytest.fixture
def crossed(observation):
    """Notes replies given as (protocol, payload, request[, port]) and returns the marks."""

    def note(*replies):
        crossing = Crossing()
        for protocol, payload, request, *port in replies:
            one = observation(protocol, payload, request=request, port=port[0] if port else 80)
            mark, page = mark_of(one, read(one.protocol, one.payload, one.request))
            crossing.note(mark, page, origin_of(one))
        return crossing

    return note


@pytest.mark.parametrize("status", ["404 Not Found", "403 Forbidden"])
def test_a_guarded_tree_beside_an_unknown_path_is_a_strong_sign(crossed, status):
    found = list(crossed(("http", ASKS, INFO), ("http", f"HTTP/1.1 {status}\r\n\r\n", RANDOM)).evidence())
    assert [(one.signature, one.strength, one.port) for one in found] == [
        ("isapi-differential", Strength.STRONG, 80)
    ]
    assert found[0].excerpt == f"401 for /isapi/system/deviceinfo, {status[:3]} for an unknown path"


@pytest.mark.parametrize(
    "replies",
    [
        [("http", ASKS, INFO)],
        [("http", MISSES, RANDOM)],
        [("http", ASKS, INFO), ("http", ASKS, RANDOM)],
        [("http", ASKS, INFO), ("http", MISSES, RANDOM), ("http", ASKS, "GET /0123456789abcdef")],
        [("http", PAGE, INFO), ("http", PAGE, RANDOM)],
        [("http", ASKS, INFO), ("http", OTHER_PAGE, "GET /")],
        [("http", ASKS, INFO), ("http", MISSES, RANDOM, 8080)],
        [("http", ASKS, None), ("http", MISSES, None)],
        [("http", ASKS, "POST /ISAPI/System/deviceInfo"), ("http", MISSES, RANDOM)],
        [("http", ASKS, "GET /ISAPI/System/deviceInfo"), ("http", MISSES, "GET /doc/page/login.asp")],
    ],
    ids=[
        "no unknown path",
        "no guarded path",
        "asks everywhere",
        "asks for another unknown path",
        "answers everything",
        "only the root is open",
        "another port",
        "not known what was asked",
        "not a GET",
        "a path that may exist",
    ],
)
def test_less_than_that_proves_nothing(crossed, replies):
    assert not list(crossed(*replies).evidence())


def test_one_page_for_every_path_is_noticed_by_port(crossed):
    crossing = crossed(
        ("http", PAGE, "GET /SDK/activateStatus"),
        ("http", PAGE, "GET /"),
        ("http", PAGE, "GET /", 81),
        ("http", OTHER_PAGE, "GET /", 82),
    )
    assert crossing.same_page_ports() == {80, 81}
    honest = crossed(("http", OTHER_PAGE, "GET /SDK/activateStatus"), ("http", PAGE, "GET /"))
    assert honest.same_page_ports() == frozenset()


def test_options_and_describe_together_are_conclusive(crossed):
    found = list(crossed(("rtsp", OPTIONS, None, 554), ("rtsp", DESCRIBE, None, 554)).evidence())
    assert [(one.signature, one.strength) for one in found] == [("rtsp-combination", Strength.CONCLUSIVE)]
    assert 'realm="IP Camera(C2875)"' in found[0].excerpt


@pytest.mark.parametrize(
    "replies",
    [
        [("rtsp", OPTIONS, None, 554)],
        [("rtsp", DESCRIBE, None, 554)],
        [("rtsp", OPTIONS, None, 554), ("rtsp", DESCRIBE, None, 8554)],
        [("rtsp", OPTIONS.replace("Date:  ", "Date: "), None, 554), ("rtsp", DESCRIBE, None, 554)],
        [("rtsp", OPTIONS.replace("CSeq: 1", "Server: x"), None, 554), ("rtsp", DESCRIBE, None, 554)],
        [("rtsp", OPTIONS, None, 554), ("rtsp", DESCRIBE.replace("IP Camera(C2875)", "LIVE555"), None, 554)],
    ],
)
def test_any_part_missing_is_no_combination(crossed, replies):
    assert not list(crossed(*replies).evidence())


def test_marks_stay_bounded(crossed):
    many = [("http", f"HTTP/1.1 200 OK\r\n\r\n<p>{number}</p>", f"GET /{number}") for number in range(200)]
    many += [("http", MISSES, RANDOM, port) for port in range(1000, 1100)]
    many += [("rtsp", OPTIONS, None, port) for port in range(1000, 1100)]
    crossing = crossed(*many)
    assert len(crossing.web) <= 32
    assert len(crossing.rtsp) <= 32
    assert len(crossing.web[80].others) <= 16


def test_the_differential_alone_makes_a_device_probable(knowing, observation):
    replies = [
        observation("http", ASKS, port=80, request=INFO),
        observation("http", MISSES, port=80, request=RANDOM),
    ]
    (device,) = identify(replies, knowing())
    assert device.confidence is Confidence.PROBABLE

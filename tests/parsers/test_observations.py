from __future__ import annotations

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as some

from scanner.model.errors import Malformed
from scanner.model.protocol import Protocol
from scanner.parsers.observations import LINE_LIMIT, canonical_host, read_observation


def _line(**changes):
    record = {"host": "192.0.2.1", "protocol": "http", "port": 80, "payload": "x"} | changes
    return json.dumps({key: value for key, value in record.items() if value is not ...})


def test_a_line_becomes_an_observation():
    found = read_observation(_line(request="GET /", unknown={"a": [1]}))

    assert (found.host, found.protocol, found.port, found.payload) == ("192.0.2.1", Protocol.HTTP, 80, b"x")
    assert found.request == "GET /"
    assert read_observation(_line(request="GET /").encode()) == found
    assert read_observation("\ufeff" + _line(request="GET /") + "\r\n") == found


@pytest.mark.parametrize("protocol", list(Protocol))
def test_every_protocol_is_accepted(protocol):
    assert read_observation(_line(protocol=str(protocol))).protocol is protocol


@pytest.mark.parametrize(
    ("host", "canonical"),
    [
        ("2001:DB8:0::1", "2001:db8::1"),
        ("[fe80::1%eth0]", "fe80::1%eth0"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        (" 192.0.2.1 ", "192.0.2.1"),
        ("cam-7", "cam-7"),
        ("192.0.2.01", "192.0.2.01"),
        ("[x]", "[x]"),
    ],
)
def test_hosts_that_are_addresses_have_one_spelling(host, canonical):
    assert canonical_host(host) == canonical
    assert read_observation(_line(host=host)).host == canonical


@pytest.mark.parametrize(
    ("changes", "payload"),
    [
        ({"payload": "é\ud800"}, b"\xc3\xa9?"),
        ({"payload": ""}, b""),
        ({"payload_b64": "AAAA EA==\n", "payload": "ignored"}, b"\x00\x00\x00\x10"),
        ({"payload_b64": "", "payload": "ignored"}, b""),
        ({"payload_b64": None}, b"x"),
    ],
)
def test_exact_bytes_win_over_text(changes, payload):
    assert read_observation(_line(**changes)).payload == payload


@pytest.mark.parametrize(
    ("port", "number"), [(..., 0), (None, 0), ("", 0), (0, 0), ("8000", 8000), (65535, 65535)]
)
def test_the_port_is_optional(port, number):
    assert read_observation(_line(port=port)).port == number


@pytest.mark.parametrize(
    ("request_text", "kept"), [(..., None), (None, None), ("", None), (" GET / ", "GET /")]
)
def test_what_was_asked_is_optional(request_text, kept):
    assert read_observation(_line(request=request_text)).request == kept


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("", "not JSON"),
        ("{", "column"),
        ("[1]", "not a JSON object"),
        (b"\xff\xfe", "UTF-8"),
        ("[" * 100_000, "deep"),
        ('{"a": ' + "1" * 10_000 + "}", "number"),
        ("x" * (LINE_LIMIT + 1), "longer"),
        (_line(host=...), "host"),
        (_line(host="  "), "host"),
        (_line(host=7), "host"),
        (_line(host="x" * 300), "host"),
        (_line(protocol=...), "protocol"),
        (_line(protocol="gopher\x1b[2J"), "unknown protocol 'gopher'; known are http, https"),
        (_line(port=65536), "port"),
        (_line(port=-1), "port"),
        (_line(port=True), "port"),
        (_line(port=80.5), "port"),
        (_line(port="http"), "port"),
        (_line(payload=...), "payload"),
        (_line(payload=["x"]), "payload"),
        (_line(payload_b64="***"), "base64"),
        (_line(payload_b64="QUI"), "base64"),
        (_line(payload_b64="é"), "base64"),
        (_line(payload_b64=5), "payload_b64"),
        (_line(request=5), "request"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_a_line_that_cannot_be_read_says_why(line, says):
    with pytest.raises(Malformed, match=says) as caught:
        read_observation(line)
    assert "\x1b" not in str(caught.value)


def test_damaged_lines_are_observations_or_malformed():
    chance = random.Random(7)
    line = bytearray(_line(payload_b64="AAAA", request="GET /").encode())
    for _ in range(2000):
        damaged = bytearray(line)
        for _ in range(chance.randrange(4)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        try:
            found = read_observation(bytes(damaged[: chance.randrange(len(line) + 1)]))
        except Malformed:
            continue
        assert found.host


@given(noise=some.binary(max_size=200), cut=some.integers(0, 120))
def test_a_line_cut_and_continued_with_noise_is_an_observation_or_malformed(noise, cut):
    said = ""
    try:
        assert read_observation(_line().encode()[:cut] + noise).protocol in Protocol
    except Malformed as refused:
        said = str(refused)

    assert said.isprintable()


def test_the_case_of_a_protocol_does_not_matter():
    assert read_observation(_line(protocol=" HTTP ")).protocol is Protocol.HTTP


def test_half_a_character_in_a_host_is_refused_and_elsewhere_replaced():
    with pytest.raises(Malformed, match="half a character"):
        read_observation(_line(host="a\ud800"))
    found = read_observation(_line(payload="x\ud800", request="GET /\ud800"))
    assert (found.payload, found.request) == (b"x?", "GET /?")

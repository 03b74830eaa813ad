"""A reply that was read before gives what it gave, and what is kept is bounded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.knowledge import load
from scanner.knowledge.match import match
from scanner.matcher import reading
from scanner.matcher.reading import Readings
from scanner.matcher.statements import statements
from scanner.model.errors import Malformed
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol
from scanner.parsers import read

KNOWLEDGE = load()
EXAMPLES = [example for one in (*KNOWLEDGE.signatures, *KNOWLEDGE.lookalikes) for example in one.examples]


@given(st.lists(st.tuples(st.sampled_from(EXAMPLES), st.integers(0, 60)), min_size=1, max_size=12))
def test_a_kept_reading_is_the_plain_one(chosen):
    readings = Readings(KNOWLEDGE)
    for example, cut in [*chosen, *chosen]:
        payload = example.reply.encode()[: -cut or None]
        observation = Observation("h", example.protocol, payload, request=example.request)
        try:
            found = readings.of(observation)
        except Malformed:
            with pytest.raises(Malformed):
                read(example.protocol, payload, example.request)
            continue
        fields = read(example.protocol, payload, example.request)
        assert dict(found.fields) == dict(fields)
        assert found.meaning.said == tuple(statements(example.protocol, fields))
        assert found.meaning.matches == tuple(match(KNOWLEDGE, example.protocol, fields, example.request))


def test_protocol_and_request_tell_readings_apart():
    readings = Readings(KNOWLEDGE)
    page = b"HTTP/1.1 200 OK\r\n\r\n<title>x</title>"
    one = readings.of(Observation("h", Protocol.HTTP, page, request="GET /a"))
    other = readings.of(Observation("h", Protocol.HTTP, page, request="GET /b"))

    assert one.fields.first("request.path") != other.fields.first("request.path")
    assert readings.of(Observation("i", Protocol.HTTP, page, port=81, request="GET /a")) is one


def test_what_is_kept_is_bounded_in_number_and_length(monkeypatch):
    monkeypatch.setattr(reading, "MOST_KEPT", 2)
    readings = Readings(KNOWLEDGE)
    first = Observation("h", Protocol.SSH, b"SSH-2.0-0")
    kept = readings.of(first)
    for number in (1, 2):
        readings.of(Observation("h", Protocol.SSH, b"SSH-2.0-%d" % number))
    assert readings.of(first) is not kept

    long = Observation("h", Protocol.SSH, b"SSH-2.0-" + b"x" * reading.LONGEST_KEPT)
    assert readings.of(long) is not readings.of(long)

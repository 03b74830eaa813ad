"""Objects cut out of JSON files, whatever their tools made of them."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from scanner.importers import records as module
from scanner.importers.records import first_record, records


def values(content: bytes | str, limit: int = 1 << 20):
    raw = content.encode() if isinstance(content, str) else content
    return [(one.place, one.value) for one in records(io.BytesIO(raw), limit)]


@pytest.mark.parametrize(
    "text",
    ['{"a":1}\n{"b":2}\n', '[{"a":1},{"b":2}]', '[\n{"a":1},\n{"b":2},\n', '{\n "a": 1\n}\n{\n "b":\n2}', '[{"a":1}\n,{"b":2}\n]\x00'],
)  # fmt: skip
def test_objects_are_found_in_each_form(text):
    assert [value for _, value in values(text)] == [{"a": 1}, {"b": 2}]


def test_places_are_lines_and_items():
    assert [place for place, _ in values('{"a":1}{"b":2}\n\n{"c":3}')] == [
        "line 1",
        "line 1, item 2",
        "line 3",
    ]


def test_braces_and_quotes_in_texts_are_no_structure():
    text = json.dumps({"a": '}{"\\', "b": [{"c": "]"}]})
    assert values(text + text)[1][1] == json.loads(text)


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ('{"a":\n{"b":2}\n', 1),
        ('{"a":"x\n{"b":2}\n', 1),
        ('{finished: 1}\n{"b":2}', 1),
        ('rubbish\n{"b":2}', 1),
        ('{"b":2}\n{"a":', 1),
        ('{"a":' + "[" * 100_000 + "\n" + '{"b":2}', 1),
        ('{"a":' + "9" * 5000 + '}\n{"b":2}', 1),
        ('{"a":NaN}\n{"b":2}', 2),
    ],
)
def test_what_is_damaged_costs_itself(text, good):
    found = values(text)

    assert sum(value is not None for _, value in found) == good
    assert {"b": 2} in [value for _, value in found]


def test_an_object_that_is_too_long_is_left_out():
    assert [value for _, value in values('{"a":"' + "x" * 500 + '"}{"b":2}', 100)] == [None, {"b": 2}]


@given(
    some.lists(some.dictionaries(some.text(max_size=5), some.text(max_size=9), max_size=3), max_size=5),
    some.integers(1, 9),
)
def test_the_size_of_blocks_does_not_matter(objects, size):
    raw = "\n".join(json.dumps(one) for one in objects).encode()
    before, module._BLOCK = module._BLOCK, size
    try:
        found = [one.value for one in records(io.BytesIO(raw))]
    finally:
        module._BLOCK = before
    assert found == objects


@given(some.binary(max_size=300))
def test_random_bytes_are_objects_or_reasons(raw):
    for one in records(io.BytesIO(b'{"a":"' + raw)):
        assert one.value is not None or one.why


def test_the_first_object_of_a_head():
    assert first_record(b'[\n{"a":1},') == {"a": 1}
    assert first_record(b"<xml/>") is None
    assert first_record(b"x\n" * 50) is None


@pytest.mark.parametrize("size", range(1, 40))
def test_wherever_a_block_ends_a_damaged_object_costs_itself(size, monkeypatch):
    monkeypatch.setattr(module, "_BLOCK", size)
    text = b'{"a":"\\"}{","b":{"c":1}}\n{"d":"\\\n{"e":[{"f":2}\n{"g":"\\\\"}\nnoise\n{"h":3},{"i":4}\n'

    found = [value for _, value in values(text) if value is not None]
    assert found == [{"a": '"}{', "b": {"c": 1}}, {"g": "\\"}, {"h": 3}, {"i": 4}]
    assert [place for place, _ in values(text)] == [
        "line 1",
        "line 2",
        "line 3",
        "line 4",
        "line 5",
        "line 6",
        "line 6, item 2",
    ]

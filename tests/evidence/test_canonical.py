"""The canonical form is that of RFC 8785, and nothing is lost on the way."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from scanner.evidence.canonical import canonical, unwrapped, wrapped

ANY = some.recursive(
    some.none()
    | some.booleans()
    | some.integers()
    | some.floats(allow_nan=False, allow_infinity=False)
    | some.text(),
    lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner),
    max_leaves=20,
)


@given(ANY)
def test_what_is_written_comes_back_with_its_order(value):
    value = json.loads(json.dumps(value))
    back = unwrapped(json.loads(canonical(wrapped(value))))
    assert json.dumps(back) == json.dumps(value)


@given(ANY)
def test_the_canonical_form_of_what_was_read_is_what_was_read(value):
    text = canonical(wrapped(value))
    assert canonical(json.loads(text)) == text


def test_the_examples_of_the_rfc():
    # RFC 8785, section 3.2.2: the escapes of a string; section 3.2.3: the order of names.
    text = json.loads(r'"\u20ac$\u000F\u000aA\u0027\u0042\u0022\u005c\\\"\/"')
    assert canonical(text) == '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'.encode()
    assert canonical({"b": 1, "1": 2, "a": None}) == b'{"1":2,"a":null,"b":1}'


@pytest.mark.parametrize(
    ("value", "form"),
    [
        (0.5, b'{"#number":"0.5"}'),
        (2**53, b'{"#number":"9007199254740992"}'),
        ("\ud800", b'{"#escaped":"\\"\\\\ud800\\""}'),
        ({"#number": "1"}, b'{"##number":"1"}'),
        ({"b": 1, "a": 2}, b'{"#members":[["b",1],["a",2]]}'),
    ],
)
def test_what_the_rfc_cannot_write_is_written_as_an_object(value, form):
    assert canonical(wrapped(value)) == form
    assert unwrapped(json.loads(form)) == value

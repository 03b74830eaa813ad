"""The opinions of other tools."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.model.errors import Malformed
from scanner.parsers.other_tool import opinion_text, read


def test_each_word_is_a_field():
    payload = opinion_text([("product", "Hikvision IPCam control port"), ("os", " "), ("type", "webcam")])

    assert dict(read(payload)) == {
        "tool.product": ("Hikvision IPCam control port",),
        "tool.type": ("webcam",),
    }


def test_a_line_feed_in_a_word_makes_no_second_one():
    assert opinion_text([("product", "a\nvendor: b")]) == b"product: a vendor: b\n"


@pytest.mark.parametrize("payload", [b"x", b"maker: y", b"\xff" * 100_000])
def test_what_is_no_conclusion_is_malformed(payload):
    with pytest.raises(Malformed):
        read(payload)


@given(st.binary(max_size=300))
def test_no_bytes_make_it_fail(noise):
    for payload in (noise, b"product: " + noise):
        try:
            fields = read(payload)
        except Malformed:
            continue
        assert all(name.startswith("tool.") for name in fields)

from __future__ import annotations

import base64

import mmh3
import pytest
from hypothesis import given
from hypothesis import strategies as some

from scanner.parsers.favicon import icon_hashes, is_image


@pytest.mark.parametrize(
    "body",
    [b"\x00\x00\x01\x00\x01\x00", b"\x89PNG\r\n\x1a\n..", b"GIF89a..", b"\xff\xd8\xff\xe0", b"<svg xmlns=''>",
     b'\xef\xbb\xbf<?xml version="1.0"?>\n<svg>'],
)  # fmt: skip
def test_images_are_known_by_their_first_bytes(body):
    assert is_image(body)


@pytest.mark.parametrize("body", [b"", b"<html>", b"<?xml version='1.0'?><a/>", b"\x00\x00\x02", b"GIF"])
def test_other_bytes_are_no_image(body):
    assert not is_image(body)


def test_hashes_follow_the_convention_of_the_scanners():
    """The text of base64 has a line feed after each 76 characters; the hash is signed (public value for b'')."""
    body = bytes(range(256)) * 4

    murmur, md5 = icon_hashes(body)

    assert murmur == str(mmh3.hash(base64.encodebytes(body)))
    assert murmur != str(mmh3.hash(base64.b64encode(body)))
    assert -(2**31) <= int(murmur) < 2**31
    assert icon_hashes(b"") == ("0", "d41d8cd98f00b204e9800998ecf8427e")
    assert len(md5) == 32


@given(body=some.binary(max_size=300))
def test_any_bytes_have_hashes_of_the_usual_form(body):
    number, digest = icon_hashes(body)

    assert -(2**31) <= int(number) < 2**31
    assert len(digest) == 32
    assert is_image(b"GIF89a" + body)

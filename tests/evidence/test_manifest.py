"""The signed end is read as it is written, and in no other way."""

from __future__ import annotations

import json

import pytest

from scanner.evidence.manifest import end_of, manifest_of


def test_it_is_read_as_it_was_written(sealed):
    end = sealed.path.read_bytes().splitlines(keepends=True)[-1]
    manifest, key, signature = end_of(end)
    assert (manifest, len(key), len(signature)) == (sealed.manifest, 32, 64)
    told = json.loads(end)["manifest"]
    assert manifest_of(told) == manifest
    assert (
        manifest_of({**told, "entries": "1"}) is manifest_of({**told, "more": 1}) is manifest_of([]) is None
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda end: end[:-1],
        lambda end: end.replace(b":", b": ", 1),
        lambda end: end.replace(b'"key":"', b'"key":"zz'),
        lambda end: json.dumps({**json.loads(end), "key": json.loads(end)["key"].upper()}).encode() + b"\n",
        lambda end: b"{}\n",
        lambda end: b"[" * 100_000,
        lambda end: end.replace(b'"finished":true', b'"finished":1'),
    ],
)
def test_anything_else_is_none(sealed, change):
    assert end_of(change(sealed.path.read_bytes().splitlines(keepends=True)[-1])) is None

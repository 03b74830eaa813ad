"""Every change of a bundle is seen, and the first line that is wrong is named."""

from __future__ import annotations

import random

import pytest

from scanner.evidence.keys import new_pair, private_key, public_key
from scanner.evidence.seal import seal
from scanner.evidence.verify import State, verify
from scanner.model.errors import UsageError

CHANGES = 1_000


def test_what_was_sealed_is_intact_and_whose_it_is_has_to_be_said(sealed, pair, tmp_path):
    trusted = public_key(pair[1])
    other = public_key(new_pair(tmp_path / "other"))
    found = verify(sealed.path, [other, trusted])
    assert (found.state, found.digest, found.manifest) == (State.INTACT, sealed.digest, sealed.manifest)
    assert verify(sealed.path, [other]).state is State.UNKNOWN_SIGNER
    assert verify(sealed.path).state is State.UNKNOWN_SIGNER


def test_every_change_of_a_byte_is_seen(sealed, pair, tmp_path):
    data, trusted = sealed.path.read_bytes(), [public_key(pair[1])]
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    dice = random.Random(seed)
    end = data.rindex(b"\n", 0, -1)
    place = tmp_path / "changed"
    for number in range(CHANGES):
        at = dice.randrange(end, len(data)) if number % 4 == 0 else dice.randrange(len(data))
        changed = bytearray(data)
        changed[at] ^= dice.randrange(1, 256)
        place.write_bytes(changed)
        found = verify(place, trusted)
        assert found.state is State.BROKEN, (at, data[at], changed[at])
        assert found.line in (data.count(b"\n", 0, at) + 1, data.count(b"\n", 0, at))


def tampered(lines):
    """Name, lines, and the first line that is wrong."""
    middle = len(lines) // 2
    yield "left out", lines[:middle] + lines[middle + 1 :], middle + 1
    yield "twice", lines[: middle + 1] + lines[middle:], middle + 2
    yield "swapped", [*lines[:middle], lines[middle + 1], lines[middle], *lines[middle + 2 :]], middle + 1
    yield "cut short", lines[:middle], middle + 1
    yield "cut in a line", [*lines[:middle], lines[middle][:-10]], middle + 1
    yield "without its end", lines[:-1], len(lines)
    yield "more behind it", [*lines, b"\n"], len(lines) + 1
    yield "an end twice", [*lines, lines[-1]], len(lines) + 1
    yield "empty", [], 1
    yield "begins later", lines[1:], 1
    yield "another line's end", [*lines[:-1], lines[-1].rstrip(b"\n")], len(lines)


def test_every_tampering_is_seen_and_the_first_wrong_line_is_named(sealed, pair, tmp_path):
    lines = sealed.path.read_bytes().splitlines(keepends=True)
    for name, changed, line in tampered(lines):
        place = tmp_path / "t"
        place.write_bytes(b"".join(changed))
        found = verify(place, [public_key(pair[1])])
        assert (name, found.state, found.line) == (name, State.BROKEN, line)


def test_lines_of_another_run_signed_by_another_key_are_the_others(sealed, journal, pair, tmp_path):
    public = new_pair(tmp_path / "other")
    key = private_key((tmp_path / "other").read_text(), "other")
    again = seal(journal, tmp_path / "again", key, made="2026-11-25T12:00:00Z", version="1")
    assert verify(again.path, [public_key(pair[1])]).state is State.UNKNOWN_SIGNER
    assert verify(again.path, [public_key(public)]).state is State.INTACT
    mixed = tmp_path / "mixed"
    ours, theirs = (path.read_bytes().splitlines(keepends=True) for path in (sealed.path, again.path))
    mixed.write_bytes(b"".join([*ours[:-1], theirs[-1]]))
    assert verify(mixed, [public_key(public)]).state is State.BROKEN
    renamed = ours[-1].replace(b'"signer":"', b'"signer":"0', 1)
    mixed.write_bytes(b"".join([*ours[:-1], renamed]))
    assert verify(mixed).state is State.BROKEN


def test_a_value_that_is_taken_out_is_counted_and_the_rest_stands(sealed, pair, tmp_path):
    lines = sealed.path.read_bytes().splitlines(keepends=True)
    at = next(number for number, line in enumerate(lines) if b'"kind":"value"' in line)
    lines[at] = lines[at][: lines[at].index(b"},[") + 2] + b"null]\n"
    place = tmp_path / "redacted"
    place.write_bytes(b"".join(lines))
    found = verify(place, [public_key(pair[1])])
    assert (found.state, found.taken_out) == (State.INTACT, 1)


def test_a_file_that_is_not_there_is_one_line(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        verify(tmp_path / "no")

"""A line becomes an entry and values, and again the line; nothing that names a device stays in the entry."""

from __future__ import annotations

import json

import pytest

from scanner.evidence.entries import UNREAD, Values, joined, pointers, split, value_of

CAMERA = b'{"kind":"ended","method":"tcp","address":"10.9.8.7","port":80,"ending":"silent"}\n'


def again(lines):
    values, known = Values(), {}
    for line in lines:
        kind, new, entry = split(line, values)
        known |= {number: value_of(text) for number, text in new}
        yield line, kind, json.loads(entry), joined(json.loads(entry), known)


def test_every_line_of_a_real_run_comes_back_byte_for_byte(journal):
    with journal.open("rb") as lines:
        for line, kind, _, back in again(lines):
            assert (kind != UNREAD, back) == (True, line)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\n",
        CAMERA[:40],
        CAMERA[:-1],
        b" " + CAMERA,
        b'{"kind":"ended","port":80,"method":"tcp"}\n',
        b'{"kind":"something"}\n',
        b"[" * 100_000,
        b'{"kind":"ended","port":NaN}\n',
        b"\xff\x00\n",
    ],
)
def test_a_line_that_no_version_wrote_is_kept_as_it_is(line):
    ((_, kind, _, back),) = again([line])
    assert (kind, back) == (UNREAD, line)


def test_an_address_stands_in_values_alone_and_equal_ones_are_one():
    values = Values()
    _, new, entry = split(CAMERA, values)
    assert b"10.9.8.7" not in entry
    assert [text for _, text in new] == [b'"10.9.8.7"']
    assert dict(pointers(json.loads(entry))) == {"address": 0}
    assert split(CAMERA, values)[1] == []


def test_no_text_but_our_own_words_stays_in_an_entry(journal):
    with journal.open("rb") as lines:
        for _, kind, entry, _ in again(lines):
            for name, value in entry.items():
                assert not isinstance(value, str) or name in (
                    "kind", "protocol", "method", "ending", "at", "started", "finished", "version",
                    "knowledge", "engine", "id", "run", "state", "dated",
                ), (kind, name)  # fmt: skip


def test_a_value_that_was_taken_out_is_missed():
    _, _, entry = split(CAMERA, Values())
    with pytest.raises(KeyError):
        joined(json.loads(entry), {})

"""A bundle is made whole or not at all, and holds the whole journal."""

from __future__ import annotations

import hashlib
import json

import pytest

from scanner.evidence.bundle import pieces
from scanner.evidence.entries import joined, value_of
from scanner.evidence.seal import seal
from scanner.model.errors import UsageError


def lines_of(path):
    """The journal that a bundle holds."""
    values, lines = {}, []
    with path.open("rb") as file:
        for piece in pieces(file):
            if isinstance(piece, bytes):
                break
            if piece.value is not None:
                values[piece.value] = value_of(piece.text)
            elif b'"kind":"bundle"' not in piece.entry:
                lines.append(joined(json.loads(piece.entry), values))
    return b"".join(lines)


def test_it_holds_the_journal_byte_for_byte(sealed, journal):
    assert lines_of(sealed.path) == journal.read_bytes()
    data = sealed.path.read_bytes()
    assert (sealed.size, sealed.digest) == (len(data), hashlib.sha256(data).hexdigest())
    assert (sealed.manifest.finished, sealed.manifest.unread) == (True, 0)


def test_two_bundles_of_a_run_have_no_commitment_in_common(sealed, journal, pair, tmp_path):
    other = seal(journal, tmp_path / "b", pair[0], made="2026-11-25T12:00:00Z", version="1")
    found = [set(path.read_bytes().split(b'"commitment":"')[1:]) for path in (sealed.path, other.path)]
    assert found[0]
    assert not {one[:64] for one in found[0]} & {one[:64] for one in found[1]}


def test_a_run_that_was_cut_is_sealed_and_says_so(journal, pair, tmp_path):
    part = tmp_path / "cut.jsonl"
    part.write_bytes(journal.read_bytes()[:-200])
    found = seal(part, tmp_path / "b", pair[0], made="2026-11-25T12:00:00Z", version="1")
    assert (found.manifest.finished, found.manifest.unread) == (False, 1)
    assert lines_of(found.path) == part.read_bytes()


def test_nothing_is_written_over_and_nothing_half_is_left(sealed, journal, pair, tmp_path):
    for source, place, what in (
        (journal, sealed.path, "exists already"),
        (journal, tmp_path / "gone" / "b", "cannot be written"),
        (tmp_path / "no", tmp_path / "b", "cannot be read"),
        (sealed.path, tmp_path / "b", "not a journal"),
    ):
        with pytest.raises(UsageError, match=what):
            seal(source, place, pair[0], made="2026-11-25T12:00:00Z", version="1")
    assert [path.name for path in tmp_path.iterdir()] == ["run.sealed"]

"""Columns, JSON, moments and digests as all commands of the inventory show them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date

import pytest

from scanner.cli import listing
from scanner.model.errors import UsageError


def test_columns_stand_under_their_heads_and_show_no_escapes():
    lines = list(listing.columns(("ID", "WHAT"), [("a", "one\x1b[31m two"), ("longer", "")]))

    assert lines == ["ID      WHAT", "a       one two", "longer"]


def test_on_a_screen_the_last_column_is_cut_to_its_width(monkeypatch):
    monkeypatch.setattr(listing.sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "30")
    lines = list(listing.columns(("ID", "WHAT"), [("a", "x" * 99)]))

    assert lines[1].endswith("...")
    assert len(lines[1]) == 30


def test_json_is_plain_ascii_with_its_kind(capsys):
    @dataclass(frozen=True, slots=True)
    class Thing:
        name: str
        parts: tuple[str, ...]
        when: date

    listing.print_json("things", [Thing("é\x1b", ("a",), date(2026, 1, 5))])
    said = capsys.readouterr().out

    assert said.isascii()
    assert json.loads(said) == {
        "schema": 1,
        "things": [{"name": "é\x1b", "parts": ["a"], "when": "2026-01-05"}],
    }


def test_a_moment_is_shown_to_the_minute():
    assert listing.short_time("2026-01-05T02:03:04Z") == "2026-01-05 02:03"


def test_a_photo_is_kept_as_its_digest(tmp_path):
    photo = tmp_path / "label.jpg"
    photo.write_bytes(b"jpeg")

    assert listing.digest_of(photo) == hashlib.sha256(b"jpeg").hexdigest()
    with pytest.raises(UsageError, match="none"):
        listing.digest_of(tmp_path / "none")


@pytest.mark.parametrize("words", [("devices",), ("findings",), ("coverage",), ("diff",)])
def test_an_empty_list_says_what_it_leaves_out(hiksweep, kept, words):
    none = hiksweep(*words)
    assert (none.code, "the first 'hiksweep scan' makes it" in none.complaint) == (2, True)
    hiksweep("store", "init")
    assert "The inventory is empty: no run was taken yet." in hiksweep(*words).out
    kept("2026-01-05", (1,), "rehearsal")
    assert "1 run of loopback left out" in hiksweep(*words).out
    assert "--site rehearsal shows it" in hiksweep(*words).out
    assert "left out, since" not in hiksweep(*words, "--site", "rehearsal").out
    assert "No run is of site nowhere; known are rehearsal." in hiksweep(*words, "--site", "nowhere").out
    kept("2026-01-05", (1,), targets=("10.1.0.0/28", "10.3.0.0/28"))
    assert "The inventory is empty" not in hiksweep(*words).out

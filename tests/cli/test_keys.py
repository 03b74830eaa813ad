"""`keys` makes a pair and tells what it is known by."""

from __future__ import annotations


def test_a_pair_is_made_and_shown(hiksweep, tmp_path):
    place = tmp_path / "seal.key"
    made = hiksweep("keys", "new", place)
    shown = hiksweep("keys", "show", f"{place}.pub")
    assert (made.code, shown.code) == (0, 0)
    assert shown.out.strip() in made.out
    assert "PRIVATE" not in made.out + shown.out


def test_what_cannot_be_is_one_line(hiksweep, tmp_path):
    place = tmp_path / "seal.key"
    hiksweep("keys", "new", place)
    again = hiksweep("keys", "new", place)
    assert (again.code, "exists already" in again.complaint) == (2, True)
    private = hiksweep("keys", "show", place)
    assert (private.code, "give the public one" in private.complaint) == (2, True)

"""`hiksweep note`: a remark in a device's history."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.usefixtures("year_begins")


def test_a_remark_stands_in_the_history_and_changes_nothing(hiksweep):
    before = hiksweep("devices").out
    said = hiksweep("note", "10.1.0.1", "behind the lift", "--by", "J. Doe")

    assert said.code == 0
    assert "note: behind the lift" in hiksweep("history", "10.1.0.1").out
    assert hiksweep("devices").out == before


@pytest.mark.parametrize(
    "words", [("10.1.0.1", " ", "--by", "x"), ("10.1.0.1", "x"), ("10.9.9.9", "x", "--by", "x")]
)
def test_an_empty_remark_one_by_nobody_and_one_of_nothing_are_refused(words, hiksweep):
    assert hiksweep("note", *words).code == 2

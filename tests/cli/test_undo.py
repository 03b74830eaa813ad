"""`hiksweep undo`: what was merged or split stands again as it was, and the history tells all of it."""

from __future__ import annotations

import re

import pytest

BY = ("--by", "J. Doe", "--reason", "seen on site")


@pytest.fixture
def two(kept):
    kept("2026-01-05", (1, 2))
    kept("2026-01-12", (1, 2))


def decision(said):
    """The decision that a command kept: the last one that it names."""
    assert said.code == 0, said.err
    return re.findall(r"dec-[0-9a-f]{16}", said.out)[-1]


@pytest.mark.usefixtures("two")
def test_a_merge_is_taken_back_and_told(hiksweep):
    before = hiksweep("devices").out, hiksweep("findings").out
    merged = decision(hiksweep("devices", "merge", "10.1.0.1", "10.1.0.2", *BY))
    assert hiksweep("devices").out.endswith("1 device.\n")
    undone = decision(hiksweep("undo", merged, *BY))

    assert (hiksweep("devices").out, hiksweep("findings").out) == before
    for address in ("10.1.0.1", "10.1.0.2"):
        history = hiksweep("history", address).out
        assert re.search(r"merge +J. Doe +note: seen on site; with: inv-", history)
        assert re.search(r"undo +J. Doe +note: seen on site", history)
    history = hiksweep("history", "10.1.0.1").out
    assert re.search(rf"merged +{merged} +J. Doe says so: seen on site", history)
    assert re.search(rf"split +{undone} +J. Doe says so: seen on site \({merged} is", history)
    again = hiksweep("undo", merged, *BY)
    assert (again.code, "taken back already" in again.complaint) == (2, True)


@pytest.mark.usefixtures("two")
def test_what_was_undone_can_be_decided_anew(hiksweep):
    hiksweep("undo", decision(hiksweep("devices", "merge", "10.1.0.1", "10.1.0.2", *BY)), *BY)

    assert hiksweep("devices", "merge", "10.1.0.1", "10.1.0.2", *BY).code == 0
    assert hiksweep("devices").out.endswith("1 device.\n")


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("dec-0", *BY), "no such decision"),
        (("dec-", "--by", "x", "--reason", " "), "--reason is empty"),
    ],
)
def test_what_cannot_be_taken_back_is_refused(hiksweep, words, said):
    refused = hiksweep("undo", *words)

    assert (refused.code, said in refused.complaint) == (2, True)


@pytest.mark.usefixtures("two")
def test_only_a_merge_or_split_is_taken_back(hiksweep):
    hiksweep("note", "10.1.0.1", "x", "--by", "x")
    refused = hiksweep("undo", "dec-", *BY)

    assert refused.code == 2
    assert "is a note; only a merge or split" in refused.complaint

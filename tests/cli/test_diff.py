"""`hiksweep diff`: what changed, what was left out, and the exit code for a night's job."""

from __future__ import annotations

import json

import pytest


def test_no_change_is_zero(hiksweep, kept):
    kept("2026-01-05", (1,))
    kept("2026-01-12", (1,))
    said = hiksweep("diff")

    assert said.code == 0
    assert "0 changes in 1 network." in said.out
    assert "Compared: 10.1.0.0/28 by tcp" in said.out


def test_changes_are_three(hiksweep, kept):
    kept("2026-01-05", (1, 2))
    kept("2026-01-12", (1, 3))
    said = hiksweep("diff")

    assert said.code == 3
    assert "appeared" in said.out
    assert "not-seen" in said.out
    kinds = {one["kind"] for one in json.loads(hiksweep("diff", "--format", "json").out)["diff"]["changes"]}
    assert kinds == {"appeared", "not-seen"}


def test_a_first_run_alone_is_four(hiksweep, kept):
    kept("2026-01-05", (1,))
    said = hiksweep("diff")

    assert said.code == 4
    assert "one run only" in said.out
    assert "Nothing could be compared: it takes two runs" in said.out


def test_a_run_that_covered_nothing_whole_is_left_out_and_four(hiksweep, kept):
    kept("2026-01-05", (1, 2))
    kept("2026-01-12", (1,), swept=3, finished=False)
    said = hiksweep("diff")

    assert (said.code, "Left out: 10.1.0.0/28" in said.out) == (4, True)
    assert "not-seen" not in said.out


def test_two_runs_are_named_by_the_beginning_of_their_ids(hiksweep, kept):
    for day, cameras in (("05", (1, 2)), ("12", (1,)), ("19", (1,))):
        kept(f"2026-01-{day}", cameras)

    assert hiksweep("diff").code == 0
    assert hiksweep("diff", "20260105", "20260119").code == 3


@pytest.mark.parametrize("words", [("20260105",), ("20260105", "2025"), ("1", "2", "3")])
def test_one_run_or_one_that_is_not_there_is_refused(words, hiksweep, kept):
    kept("2026-01-05", (1,))

    assert hiksweep("diff", *words).code == 2


def test_neighbouring_networks_are_named_together_and_reasons_once(hiksweep, journal_of, things):
    there = {f"10.1.{part}.7": things.camera(part + 1) for part in range(4)}
    for day in ("05", "12"):
        journal = journal_of(f"2026-01-{day}", there, ("10.1.0.0/22",))
        hiksweep("store", "ingest", journal, "--site", "lab")
    alone = tuple(f"10.2.{part}.0/29" for part in range(0, 20, 2))
    hiksweep("store", "ingest", journal_of("2026-01-19", {}, alone), "--site", "lab")
    said = hiksweep("diff").out

    assert "Compared: 10.1.0.0/22 by tcp" in said
    assert said.count("Left out:") == 1
    assert "and 2 more: one run only" in said


def test_why_nothing_could_be_compared_is_said(hiksweep, kept, journal_of):
    hiksweep("store", "init")
    assert "no run swept a network" in hiksweep("diff").out
    assert "The inventory is empty" in hiksweep("diff").out
    kept("2026-01-05")
    assert "it takes two runs of a network, and none has two yet" in hiksweep("diff").out
    kept("2026-01-12", swept=3)
    said = hiksweep("diff")
    assert (said.code, "covered whole by both runs by the same method" in said.out) == (4, True)


def test_two_runs_of_different_networks_say_which_did_not_sweep_which(hiksweep, kept):
    kept("2026-01-05")
    kept("2026-01-12", targets=("10.2.0.0/28",))
    said = hiksweep("diff", "20260105", "20260112")

    assert said.code == 4
    assert "did not sweep it" in said.out

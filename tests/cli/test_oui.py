"""`hiksweep oui`: what it shows, what it takes over, and what it refuses."""

from __future__ import annotations

import json
import os
import time

import pytest

from scanner.cli import oui as module

LIST = (
    "Registry,Assignment,Organization Name,Organization Address\n"
    'MA-L,DEADB0,"Hangzhou Hikvision Digital Technology Co.,Ltd.","Hangzhou"\n'
    "MA-L,DEADB4,Hikvision Next Ltd,Hangzhou\n"
    "MA-L,000001,Xerox Corporation,USA\n"
    "nonsense\n"
)


@pytest.fixture
def newer(tmp_path):
    file = tmp_path / "list.csv"
    file.write_text(LIST)
    when = time.mktime((2031, 1, 2, 12, 0, 0, 0, 0, 0))
    os.utime(file, (when, when))
    return file


def test_versions_are_shown_before_and_after_an_update(hiksweep, newer):
    before = hiksweep("oui")
    update = hiksweep("oui", "update", "--from", newer)
    after = hiksweep("oui")

    assert (before.code, update.code, after.code) == (0, 0, 0)
    assert "updated   never" in before.out
    assert (
        "IEEE CSV of 2031-01-02: 3 blocks read, 1 lines not readable; 0 known, 2 new ones taken."
        in update.out
    )
    assert "new registrant with the name of a brand: Hikvision Next Ltd" in update.out
    assert "updated   2031-01-02" in after.out


def test_what_was_taken_is_used_from_then_on(hiksweep, newer, tmp_path):
    line = json.dumps({"host": "10.0.0.5", "protocol": "mac", "payload": "dc:ad:b0:01:02:03"})
    observations = tmp_path / "observations.jsonl"
    observations.write_text(line + "\n")
    newer.write_text(LIST.replace("DEADB0", "DCADB0"))

    before = json.loads(hiksweep("identify", observations).out)
    hiksweep("oui", "update", "--from", newer, "--date", "2031-01-02")
    after = json.loads(hiksweep("identify", observations).out)

    assert (before["evidenced_maker"], after["evidenced_maker"]) == ("unknown", "hikvision")


def test_another_update_takes_the_place_of_the_first(hiksweep, newer, tmp_path):
    hiksweep("oui", "update", "--from", newer)
    newer.write_text(LIST.replace("DEADB4", "DEADB8"))
    hiksweep("oui", "update", "--from", newer, "--date", "2031-02-03")

    kept = (tmp_path / "data" / "oui.csv").read_text()
    assert "snapshot_date: 2031-02-03" in kept
    assert "deadb8" in kept
    assert "deadb4" not in kept


def test_what_is_no_list_older_or_not_there_is_refused_and_nothing_is_lost(hiksweep, newer, tmp_path):
    hiksweep("oui", "update", "--from", newer)
    kept = (tmp_path / "data" / "oui.csv").read_text()
    page = tmp_path / "page.html"
    page.write_text("<html>\n")

    assert "none of the known lists" in hiksweep("oui", "update", "--from", page).complaint
    assert "cannot be read" in hiksweep("oui", "update", "--from", tmp_path / "none").complaint
    assert (
        "older than the built-in"
        in hiksweep("oui", "update", "--from", newer, "--date", "2020-01-01").complaint
    )
    for day in ("yesterday", "2026-13-01", "2026-1-1"):
        assert "not a day" in hiksweep("oui", "update", "--from", newer, "--date", day).complaint
    assert (tmp_path / "data" / "oui.csv").read_text() == kept


def test_a_list_of_no_bounds_is_refused(hiksweep, newer, monkeypatch):
    monkeypatch.setattr(module, "_FILE_LIMIT", 16)

    assert "larger than" in hiksweep("oui", "update", "--from", newer).complaint


def test_a_damaged_table_is_told_with_its_line(hiksweep, newer, tmp_path):
    hiksweep("oui", "update", "--from", newer)
    file = tmp_path / "data" / "oui.csv"
    file.write_text(file.read_text() + "zz,24,x,y,own,certain,\n")

    said = hiksweep("oui")

    assert said.code == 2
    assert f"{file}:6: " in said.complaint

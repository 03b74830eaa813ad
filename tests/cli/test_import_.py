"""`hiksweep import` as a user meets it."""

from __future__ import annotations

import json

import pytest

from scanner.importers import Importer, Row
from scanner.importers.interface import PORTS
from scanner.model.ending import Ended, Ending
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol
from scanner.run import foreign_file


def rows(stream, source):
    for line in stream.read().decode().split():
        seen = (Observation(line, Protocol.MAC, b"44:19:b6:01:02:03"),) if line.endswith(".5") else ()
        yield Row(line, seen, tuple(Ended("tcp", line, port, Ending.SILENT) for port in sorted(PORTS)))


TOY = Importer("toy", "a toy", "It tells nothing.", lambda head: head.startswith(b"10."), rows)


@pytest.fixture(autouse=True)
def only_the_toy(monkeypatch):
    monkeypatch.setattr(foreign_file, "IMPORTERS", (TOY,))
    monkeypatch.setattr(foreign_file, "recognise", lambda head: TOY if TOY.recognises(head) else None)


@pytest.fixture
def toy(tmp_path):
    def write(text: str) -> str:
        (tmp_path / "toy.txt").write_text(text)
        return str(tmp_path / "toy.txt")

    return write


def test_a_find_a_clean_and_an_open_reading_have_the_exit_codes_of_a_scan(hiksweep, toy):
    assert hiksweep("import", toy("10.0.0.5")).code == 3
    assert hiksweep("import", toy("10.0.0.6")).code == 0
    open_ended = hiksweep("import", toy("10.0.0.6"), "--within", "10.0.0.6-7")
    assert open_ended.code == 4
    assert "toy.txt (toy): 1 row, 1 used" in " ".join(open_ended.out.split())
    assert "None found, coverage INCOMPLETE" in open_ended.err


def test_its_json_holds_the_account_of_the_file(hiksweep, toy):
    found = json.loads(hiksweep("import", toy("10.0.0.5"), "--format", "json", "--quiet").out)

    (file,) = found["run"]["files"]
    assert (file["rows"], file["used"], file["unused"], file["cannot_tell"]) == (
        1,
        1,
        {},
        "It tells nothing.",
    )
    assert len(file["digest"]) == 64


def test_what_is_of_no_known_format_is_one_line_and_exit_2(hiksweep, toy):
    for text, *more in (("Dear diary",), ("10.0.0.5", "--as", "letter")):
        result = hiksweep("import", toy(text), *more)
        assert result.code == 2
        assert result.err.count("\n") == 1
        assert "known are toy" in result.err


def test_several_reports_and_a_journal_are_written_as_a_scan_does(hiksweep, toy, tmp_path):
    journal, page = tmp_path / "j.jsonl", tmp_path / "r.html"
    result = hiksweep("import", toy("10.0.0.5"), "--journal", str(journal), "--output", str(page))

    assert f"Journal: {journal}" in result.err
    assert "toy.txt (toy): 1 row, 1 used" in page.read_text()
    assert hiksweep("report", str(journal)).code == 3


def test_a_scan_of_files_alone_sends_nothing_and_says_the_same(hiksweep, toy, monkeypatch):
    monkeypatch.setattr("scanner.cli.scan.make_plan", lambda *_: pytest.fail("a scan was planned"))
    result = hiksweep("scan", "--from", toy("10.0.0.5"), "--format", "json", "--quiet")

    assert result.code == 3
    assert json.loads(result.out)["run"]["engine"] == "import"


def test_a_scope_for_files_is_no_scope_for_a_scan(hiksweep, toy):
    result = hiksweep("scan", "127.9.9.1", "--from", toy("10.0.0.5"), "--within", "10.0.0.0/24")

    assert result.code == 2
    assert "the targets are the scope" in result.err


def test_a_scan_without_anything_to_look_at_is_refused(hiksweep):
    result = hiksweep("scan")

    assert result.code == 2
    assert "no target" in result.err


def test_a_report_never_takes_the_place_of_a_file_that_is_read(hiksweep, toy):
    file = toy("10.0.0.5")
    for words in (("import", file), ("scan", "--from", file), ("scan", "127.0.0.1", "--from", file)):
        result = hiksweep(*words, "--format", "json", "--output", file)
        assert (result.code, "a file that is read lies there" in result.err) == (2, True)
    assert hiksweep("import", file).code == 3


@pytest.mark.parametrize("words", [("import",), ("scan", "--from")])
def test_what_files_tell_is_kept_in_the_inventory(hiksweep, toy, tmp_path, words):
    store = tmp_path / "inventory.sqlite"
    assert hiksweep(*words, toy("10.0.0.5"), "--store", store, "--site", "annex").code == 3

    (device,) = json.loads(hiksweep("devices", "--store", store, "--format", "json").out)["devices"]
    assert (device["site"], device["presence"], device["addresses"]) == ("annex", "new", ["10.0.0.5"])
    assert not (tmp_path / "data" / "inventory.sqlite").exists()


def test_the_silence_of_a_file_counts_against_nobody(hiksweep, toy, kept):
    for day in ("05", "12"):
        kept(f"2026-01-{day}", (1, 2))
    for _ in range(4):
        assert hiksweep("import", toy("10.1.0.2"), "--within", "10.1.0.0/28", "--site", "lab").code == 4

    devices = json.loads(hiksweep("devices", "--format", "json").out)["devices"]
    assert {one["presence"] for one in devices} == {"present"}
    assert "fell silent" not in hiksweep("coverage").out


def test_nothing_of_a_file_is_kept_where_nobody_wants_it(hiksweep, toy, tmp_path):
    assert hiksweep("import", toy("10.0.0.5"), "--no-save").code == 3
    assert not (tmp_path / "data" / "inventory.sqlite").exists()


def test_a_site_that_can_be_none_is_refused_before_a_file_is_read(hiksweep, toy, tmp_path):
    assert hiksweep("import", toy("10.0.0.5"), "--site", "a b").code == 2
    assert not (tmp_path / "data" / "journals").exists()

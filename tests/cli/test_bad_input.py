"""Bad input gets one line that says what is wrong, exit code 2, and nothing half-done."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from scanner.knowledge.location import fingerprints_root

QUICK = ("--rate", "50000")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("scan",), "no target"),
        (("scan", "10.0.0"), "neither an address"),
        (("scan", "camera.invalid"), "does not resolve"),
        (("scan", "10.0.0.9-3"), "inverted"),
        (("scan", "10.0.0.0/33"), "not a prefix"),
        (("scan", "10.0.0.0/7"), "2^24"),
        (("scan", "8.8.8.0/24"), "public addresses"),
        (("scan", "224.0.0.1"), "no hosts"),
        (("scan", "127.94.0.1", "--exclude", "127.94.0.1"), "nothing is left"),
        (("scan", "127.94.0.1", "--ports", "0"), "not a port"),
        (("scan", "127.94.0.1", "--ports", "ftp:21"), "not http, https or rtsp"),
        (("scan", "127.94.0.1", "--ports", "9100"), "never touched"),
        (("scan", "127.94.0.1", "--ports", "http:502"), "never touched"),
        (("scan", "127.94.0.1", "--rate", "0"), "--rate"),
        (("scan", "127.94.0.1", "--rate", "many"), "--rate"),
        (("scan", "127.94.0.1", "--time-limit", "soon"), "not a time"),
        (("scan", "127.94.0.1", "--interface", "nosuch0"), "no such interface"),
        (("scan", "127.94.0.1", "--interface", "lo"), "loopback"),
        (("scan", "127.94.0.1", "--profile", "ca-federal"), "ca-federal"),
        (("scan", "127.94.0.1", "--fact", "color=red"), "unknown fact"),
        (("scan", "127.94.0.1", "--fact", "acquired_on=yesterday"), "acquired_on"),
        (("scan", "127.94.0.1", "--fact", "acquired_on"), "NAME=VALUE"),
        (("scan", "127.94.0.1", "--format", "pdf"), "pdf"),
        (("scan", "127.94.0.1", "--format", "json", "--format", "csv"), "only one --format"),
        (("scan", "127.94.0.1", "--output", "report.docx"), "names no format"),
        (("scan", "127.94.0.1", "--output", "nosuch/report.html"), "does not exist"),
        (("scan", "127.94.0.1", "--output", "a.json", "--output", "./a.json"), "same name"),
        (("scan", "@nosuch.txt"), "cannot be read"),
        (("plan", "10.0.0.9-3"), "inverted"),
        (("report", "nosuch.jsonl"), "cannot be read"),
        (("identify", "nosuch.jsonl"), "cannot be read"),
        (("mandates", "show", "ca-federal-2024"), "ca-federal-2025"),
        (("signatures", "show", "nosuch"), "nosuch"),
        (("lab", "up", "--only", "nosuch"), "nosuch"),
        (("frobnicate",), "frobnicate"),
        (("scan", "127.94.0.1", "--frobnicate"), "--frobnicate"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else value,
)
def test_what_cannot_be_done_is_said_in_one_line(hiksweep, tmp_path, monkeypatch, words, says) -> None:
    monkeypatch.chdir(tmp_path)

    said = hiksweep(*words)

    assert said.code == 2
    assert says in said.complaint
    assert said.out == ""
    assert not (tmp_path / "data" / "journals").exists()


@pytest.mark.parametrize(
    ("place", "why"), [("none.json", "No such file or directory"), (".", "Is a directory")]
)
@pytest.mark.parametrize(
    "words",
    [
        ("import", "@"),
        ("identify", "@"),
        ("scan", "--from", "@"),
        ("report", "@"),
        ("explain", "10.0.0.1", "--journal", "@"),
        ("oui", "update", "--from", "@"),
        ("signatures", "try", "@"),
        ("signatures", "test", "--corpus", "@"),
        ("scan", "127.94.0.1", "--facts", "@"),
        ("scan", "127.94.0.1", "--exclude-file", "@"),
        ("scan", "127.94.0.1", "--snmp-community-file", "@"),
        ("scan", "127.94.0.1", "--snmp-router", "127.94.0.1", "--snmp-credentials", "@"),
    ],
    ids=" ".join,
)
def test_a_file_that_cannot_be_read_is_said_in_the_same_words_everywhere(
    hiksweep, tmp_path, monkeypatch, words, place, why
):
    monkeypatch.chdir(tmp_path)

    said = hiksweep(*(place if word == "@" else word for word in words))

    assert said.code == 2
    assert said.complaint.endswith(f"{place}: cannot be read ({why})")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"", "names no address"),
        (b"# only a comment\n", "names no address"),
        (b"10.0.0.1\n@other.txt\n", "does not name another list"),
        (b"10.0.0.1\n10.0.0.9-3\n", "inverted"),
        (b"\xff\xfe\x00", "UTF-8"),
    ],
)
def test_a_target_list_that_is_none_is_refused(hiksweep, tmp_path: Path, text: bytes, says: str) -> None:
    (tmp_path / "targets.txt").write_bytes(text)

    said = hiksweep("plan", f"@{tmp_path / 'targets.txt'}")

    assert said.code == 2
    assert says in said.complaint


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("defaults: [1", "facts.yaml:"),
        ("defalts: {}", "unknown section"),
        ("defaults: {colour: red}", "unknown fact"),
    ],
)
def test_facts_that_do_not_fit_are_refused_with_file_and_line(
    hiksweep, tmp_path: Path, text: str, says: str
) -> None:
    (tmp_path / "facts.yaml").write_text(text)

    said = hiksweep("scan", "127.94.0.1", "--facts", tmp_path / "facts.yaml")

    assert said.code == 2
    assert says in said.complaint


def test_a_folder_is_no_file(hiksweep, tmp_path: Path) -> None:
    for words in (("report", tmp_path), ("scan", f"@{tmp_path}"), ("scan", "127.94.0.1", "--output", tmp_path, "--format", "csv")):  # fmt: skip
        assert hiksweep(*words).code == 2


def test_a_folder_that_cannot_be_written_is_told_before_the_scan(hiksweep, tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    (tmp_path / "closed").mkdir(mode=0o500)

    said = hiksweep("scan", "127.94.0.1", "--output", tmp_path / "closed" / "r.html")

    assert said.code == 2
    assert "cannot be written" in said.complaint


def test_a_journal_is_never_written_over(hiksweep, tmp_path: Path) -> None:
    (tmp_path / "j.jsonl").write_text("keep me")

    said = hiksweep("scan", "127.94.0.1", "--journal", tmp_path / "j.jsonl", *QUICK)

    assert said.code == 2
    assert "exists already" in said.complaint
    assert (tmp_path / "j.jsonl").read_text() == "keep me"


@pytest.mark.parametrize("text", [b"", b"hello", b'{"kind":"run"}\n', b"\x00" * 1000])
def test_a_file_that_is_no_journal_gives_no_report(hiksweep, tmp_path: Path, text: bytes) -> None:
    (tmp_path / "j.jsonl").write_bytes(text)

    said = hiksweep("report", tmp_path / "j.jsonl", "--output", tmp_path / "r.html")

    assert said.code == 2
    assert "not a journal" in said.complaint
    assert not (tmp_path / "r.html").exists()


def test_nmap_that_is_not_there_names_its_package(hiksweep, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    said = hiksweep("scan", "127.94.0.1", "--engine", "nmap")

    assert said.code == 2
    assert "apt-get install nmap" in said.complaint


def test_an_empty_community_file_is_refused_and_never_guessed(hiksweep, tmp_path: Path) -> None:
    (tmp_path / "community").write_text("\n")

    said = hiksweep("scan", "127.94.0.1", "--snmp-community-file", tmp_path / "community")

    assert said.code == 2
    assert "first line is empty" in said.complaint


@pytest.mark.parametrize(
    ("file", "damage", "says"),
    [
        ("signatures/http.yaml", ("strength: strong", "strength: sure"), "signatures/http.yaml:"),
        ("mandates/us.yaml", ("sources:", "sauces:"), "mandates/us.yaml:"),
        ("signatures/sadp.yaml", ("- id:", "- id"), "signatures/sadp.yaml"),
    ],
)
def test_a_fault_in_the_data_is_told_with_file_and_line(
    hiksweep, monkeypatch, tmp_path, file, damage, says
) -> None:
    root = tmp_path / "fingerprints"
    shutil.copytree(fingerprints_root(), root)
    (root / file).write_text((root / file).read_text().replace(*damage, 1))
    monkeypatch.setattr("scanner.knowledge.fingerprints_root", lambda: root)

    said = hiksweep("scan", "127.94.0.1", *QUICK)

    assert said.code == 2
    assert says in said.complaint


def test_nothing_to_identify_is_no_error_and_nothing_readable_is_one(hiksweep, tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "noise").write_bytes(b"noise\nmore noise\n")

    assert hiksweep("identify", tmp_path / "empty").code == 0
    assert hiksweep("identify", tmp_path / "noise").code == 2

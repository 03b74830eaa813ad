"""The measure prints and writes what it counted, and fails where something must be looked at."""

from __future__ import annotations

import json

import pytest

from benchmarks import accuracy


def challenge(realm):
    return f'RTSP/1.0 401 Unauthorized\r\nWWW-Authenticate: Digest realm="{realm}", nonce="1"\r\n\r\n'


@pytest.fixture
def corpus(tmp_path):
    """A file of four hosts: one found, one missed, one falsely accused, one that nobody can tell."""
    truths = [
        (
            "a",
            "DS-2CD2143G2-I",
            {"evidenced_maker": "hikvision", "model": "DS-2CD2143G2-I", "device_class": "recorder"},
        ),
        ("b", "nothing", {"evidenced_maker": "hikvision", "maker_name": "Hikvision"}),
        ("c", "DS-2CD2143G2-I", {"evidenced_maker": "other", "maker_name": "Acme"}),
        ("d", "nothing", {"evidenced_maker": "unknown", "tellable": False}),
    ]
    path = tmp_path / "corpus.jsonl"
    with path.open("w", encoding="utf-8") as out:
        for host, realm, truth in truths:
            record = {"host": host, "protocol": "rtsp", "payload": challenge(realm), "truth": truth}
            out.write(json.dumps(record) + "\n")
    return path


def test_recall_precision_and_every_error_are_told(corpus, capsys):
    assert accuracy.main([str(corpus), "--without-nmap"]) == 1
    page, complaint = capsys.readouterr()
    assert "is conclusive and hit a foreign device" in complaint
    assert "not explained" not in complaint, "of a corpus that is not ours"
    assert "| recall | 1/2 (50.0 %; 9.5–90.5) |" in page
    assert "| precision | 1/2 (50.0 %; 9.5–90.5) |" in page
    assert "- b: missed" in page
    assert "- c: false alarm" in page
    assert "- a: device_class is 'camera', not 'recorder'" in page
    assert "| model | 1/1 (100.0 %; 20.7–100.0) | 0 | 1 |" in page
    assert "observations a second" in page
    assert "## Beside other tools" in page
    assert "| Recog 14fa1a72 |" in page


def test_without_a_corpus_the_own_examples_are_measured_and_hold(capsys):
    assert accuracy.main(["--without-nmap"]) == 0
    page = capsys.readouterr().out
    assert "## own examples" in page
    assert "| false alarms | 0 |" in page


def test_page_and_picture_are_written_where_asked(corpus, tmp_path, capsys):
    page, picture = tmp_path / "page.md", tmp_path / "picture.svg"
    assert (
        accuracy.main([str(corpus), "--without-nmap", "--write", str(page), "--picture", str(picture)]) == 1
    )
    text = page.read_text(encoding="utf-8")
    assert text in capsys.readouterr().out
    assert "## own examples" in text
    assert "## corpus.jsonl" in text
    assert str(tmp_path) not in text
    assert "corpus.jsonl: recall 1/2" in picture.read_text(encoding="utf-8")


def test_a_faulty_corpus_is_told_by_line(tmp_path, capsys):
    path = tmp_path / "bad.jsonl"
    path.write_text('{"host":"h","protocol":"http","payload":"x"}\n', encoding="utf-8")
    assert accuracy.main([str(path)]) == 2
    assert f"{path}:1:" in capsys.readouterr().err
    assert accuracy.main([str(tmp_path / "none")]) == 2

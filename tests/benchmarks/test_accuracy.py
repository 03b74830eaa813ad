"""The measure counts what it says it counts."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def accuracy():
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("accuracy", ROOT / "benchmarks" / "accuracy.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["accuracy"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["accuracy"]


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


def test_recall_precision_and_every_error_are_told(accuracy, corpus, capsys):
    assert accuracy.main([str(corpus)]) == 0
    page = capsys.readouterr().out
    assert "| recall | 1/2 (50.0 %) |" in page
    assert "| precision | 1/2 (50.0 %) |" in page
    assert "- b: missed" in page
    assert "- c: false alarm" in page
    assert "- a: device_class is 'camera', not 'recorder'" in page
    assert "| model | 1/1 (100.0 %) |" in page
    assert "observations a second" in page


def test_without_a_corpus_the_own_examples_are_measured_and_hold(accuracy, capsys):
    assert accuracy.main([]) == 0
    page = capsys.readouterr().out
    assert "## own examples" in page
    assert "| false alarms | 0 |" in page


def test_the_page_is_written_where_asked(accuracy, corpus, tmp_path, capsys):
    page = tmp_path / "page.md"
    assert accuracy.main([str(corpus), "--write", str(page)]) == 0
    text = page.read_text(encoding="utf-8")
    assert text in capsys.readouterr().out
    assert "## own examples" in text
    assert "## corpus.jsonl" in text
    assert str(tmp_path) not in text


def test_a_faulty_corpus_is_told_by_line(accuracy, tmp_path, capsys):
    path = tmp_path / "bad.jsonl"
    path.write_text('{"host":"h","protocol":"http","payload":"x"}\n', encoding="utf-8")
    assert accuracy.main([str(path)]) == 2
    assert f"{path}:1:" in capsys.readouterr().err
    assert accuracy.main([str(tmp_path / "none")]) == 2


def test_nothing_to_count_is_no_success(accuracy):
    assert accuracy.ratio(0, 0) == "0/0"
    assert accuracy.same("maker_name", "Hanwha (Samsung Techwin)", "Hanwha")
    assert not accuracy.same("model", "A (B)", "A")
    assert not accuracy.same("model", "A", None)

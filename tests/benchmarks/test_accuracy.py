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
    assert accuracy.main([str(corpus)]) == 1
    page, complaint = capsys.readouterr()
    assert "is conclusive and hit a foreign device" in complaint
    assert "| recall | 1/2 (50.0 %; 9.5–90.5) |" in page
    assert "| precision | 1/2 (50.0 %; 9.5–90.5) |" in page
    assert "- b: missed" in page
    assert "- c: false alarm" in page
    assert "- a: device_class is 'camera', not 'recorder'" in page
    assert "| model | 1/1 (100.0 %; 20.7–100.0) |" in page
    assert "observations a second" in page


def test_without_a_corpus_the_own_examples_are_measured_and_hold(accuracy, capsys):
    assert accuracy.main([]) == 0
    page = capsys.readouterr().out
    assert "## own examples" in page
    assert "| false alarms | 0 |" in page


def test_the_page_is_written_where_asked(accuracy, corpus, tmp_path, capsys):
    page = tmp_path / "page.md"
    assert accuracy.main([str(corpus), "--write", str(page)]) == 1
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


def test_the_interval_is_that_of_wilson(accuracy):
    below, above = accuracy.wilson(44, 44)
    assert (round(below, 3), round(above, 3)) == (0.92, 1.0)
    assert accuracy.wilson(0, 0) == (0.0, 1.0)


def test_what_learnt_from_the_held_out_quarter_is_taken_away(accuracy):
    knowledge = accuracy.load()
    signature = next(one for one in knowledge.signatures if one.examples)
    case = accuracy.Case("h", source=f"{signature.examples[0].note} (text index)")
    less, names = accuracy.without(knowledge, [case])

    assert signature.id in names
    assert signature.id not in {one.id for one in less.signatures}
    assert len(less.signatures) + len(less.lookalikes) + len(names) == len(
        (*knowledge.signatures, *knowledge.lookalikes)
    )


def test_a_dispute_is_listed_and_the_corpus_stands(accuracy, tmp_path):
    record = {
        "host": "d",
        "protocol": "rtsp",
        "payload": challenge("DS-2CD2143G2-I"),
        "source": "a public page",
    }
    record["truth"] = {"evidenced_maker": "unknown", "tellable": False}
    path = tmp_path / "one.jsonl"
    path.write_text(json.dumps(record), encoding="utf-8")
    knowledge = accuracy.load()
    total = accuracy.measure("one", accuracy.read_corpus(path), knowledge)[0]

    assert len(total.disputes) == 1
    assert total.disputes[0].startswith("d: called hikvision")
    assert total.groups["protocol"]["rtsp"][0] == 0
    assert any(counts["unknown"] for counts in total.hits.values())


def test_the_picture_shows_each_corpus(accuracy, corpus, tmp_path):
    target = tmp_path / "picture.svg"
    assert accuracy.main([str(corpus), "--picture", str(target)]) == 1
    text = target.read_text(encoding="utf-8")
    assert "corpus.jsonl: recall 1/2" in text
    assert "prefers-color-scheme: dark" in text

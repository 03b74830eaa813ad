"""The measure of speed compares the same replies and prints its ratios."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def speed():
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("identify_speed", ROOT / "benchmarks" / "identify.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["identify_speed"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["identify_speed"]


def test_rates_ratios_and_memory_are_printed(speed, tmp_path, capsys):
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text('{"host":"h","protocol":"ssh","payload":"SSH-2.0-x"}\n', encoding="utf-8")
    assert speed.main([str(corpus), "--rounds", "1", "--hosts", "2"]) == 0
    page = capsys.readouterr().out
    assert page.startswith("1 replies")
    assert "identify, no two equal / compiled patterns, loop:" in page
    assert "whole command, equal replies / re.search, plain loop:" in page
    assert "peak memory:" in page
    assert speed.main([str(tmp_path / "none")]) == 2


def test_equal_lines_are_equal_but_for_the_host_and_distinct_ones_are_not(speed):
    found = speed.replies(speed.load(), [])[:1]
    payloads = {
        marked: {json.loads(line)["payload_b64"] for line in speed.as_lines(found, marked=marked)}
        for marked in (False, True)
    }

    assert len(payloads[False]) == 1
    assert len(payloads[True]) == speed.HOSTS_EACH


def test_another_unit_has_other_numbers_and_another_address(speed):
    payload = b"SN 0123456789 at 44:19:b6:00:00:00, port 8000"
    assert speed.own_numbers(payload, 7) == b"SN 0123456796 at 44:19:b6:00:00:07, port 8000"

"""A short run of what ``make fuzz`` does a million times, and that it would notice."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from scanner.knowledge import load

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def fuzz():
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("fuzz", ROOT / "benchmarks" / "fuzz.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["fuzz"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["fuzz"]


@pytest.fixture(scope="module")
def knowledge():
    return load()


def test_some_thousand_mutated_observations_meet_no_fault(fuzz, knowledge):
    outcome = fuzz.run(knowledge, fuzz.seeds_of(knowledge, [ROOT / "benchmarks" / "relabels.jsonl"]), 7, 4000)

    faults = [
        fault for fault in outcome.faults if "ms CPU" not in fault
    ]  # a busy machine is no fault of ours
    assert not faults, "\n".join(faults)
    assert outcome.observations == 4000
    assert outcome.outputs >= fuzz.HOSTS


def test_one_seed_gives_one_run(fuzz, knowledge):
    seeds = fuzz.seeds_of(knowledge, [])

    assert list(fuzz.lines(seeds, 3, 50)) == list(fuzz.lines(seeds, 3, 50))
    assert list(fuzz.lines(seeds, 3, 50)) != list(fuzz.lines(seeds, 4, 50))


def test_a_fault_an_invalid_output_and_a_slow_observation_are_noticed(fuzz, knowledge, monkeypatch):
    line = b'{"host":"10.0.0.0","protocol":"mac","payload":"44:19:b6:01:02:03"}'
    run = fuzz.Run(knowledge)
    monkeypatch.setattr(fuzz, "MOST_CPU", -1.0)
    run.take(line)
    assert "ms CPU" in run.outcome.faults[-1]

    monkeypatch.setattr(fuzz, "MOST_CPU", 10.0)
    monkeypatch.setattr(fuzz, "line_of", lambda host, device: '{"id": 1}')
    monkeypatch.setattr(fuzz, "HOSTS", 1)
    run.put_out()
    assert "invalid output" in run.outcome.faults[-1]

    monkeypatch.setattr(fuzz, "read_observation", lambda line: 1 / 0)
    run.take(line)
    assert "ZeroDivisionError" in run.outcome.faults[-1]


def test_its_figures_are_printed(fuzz, capsys):
    assert fuzz.main(["--count", "200", "--seed", "5"]) == 0
    page = capsys.readouterr().out
    assert page.startswith("seed 5\n")
    assert "200 observations" in page
    assert "0 faults" in page

"""The benchmark of tickets measures what it says, at a small size and against a real Roundup."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def module():
    spec = importlib.util.spec_from_file_location("bench_tickets", ROOT / "benchmarks" / "tickets.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = made  # its dataclasses look there for their annotations
    spec.loader.exec_module(made)
    yield made
    del sys.modules[spec.name]


@pytest.mark.slow
@pytest.mark.peer
def test_what_is_there_is_counted_and_the_bare_loop_does_the_same(module, tmp_path):
    nothing_there, applied, all_there = module.measure(tmp_path, 130, 4)

    assert (nothing_there.steps, nothing_there.tickets) == ({"create": 130}, 0)
    assert (all_there.steps, all_there.tickets) == ({"nothing": 130}, 130)
    assert all_there.findings == nothing_there.findings == 130
    assert all_there.requests == nothing_there.requests + 1  # the second page
    assert all_there.requests <= all_there.tickets / module.PAGE + module.MORE_REQUESTS
    assert applied.creates == 4
    assert applied.bare > 0
    assert "ratio" in str(applied)


def test_what_is_too_much_is_said(module):
    planned = module.Planned({"create": 1}, 1, 4.9, 9.0, 21, 100, 299.0)
    assert list(planned.broken()) == []
    worse = replace(planned, seconds=5.0, requests=22, megabytes=300.0)
    assert [line.split(" (")[0] for line in worse.broken()] == [
        "a plan takes 5.0 s",
        "a plan of 100 tickets sends 22 requests",
        "a plan needs 300 MB",
    ]
    applied = module.Applied(300, 40.0, 900, 10.0)
    assert list(applied.broken()) == []
    assert list(replace(applied, bare=9.0).broken()) == ["apply takes 4.4 times the bare loop (at most 4)"]

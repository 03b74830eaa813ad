"""The benchmark says which promise is broken, and none that holds."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def sweep():
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("sweep", ROOT / "benchmarks" / "sweep.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def broken(sweep, fast: float = 9.0, usual: float = 26.0, peak: float = 60.0, found: int = 4) -> list[str]:
    figures = {
        sweep.FAST: [(fast, 50.0)] * 3,
        sweep.USUAL: [(usual, peak)] * 3,
        "nmap -sT -T4": [(55.0, 900.0)],
    }
    return sweep.broken_promises(figures, {sweep.FAST: found, sweep.USUAL: 4, "nmap -sT -T4": 15}, 26.7)


def test_a_scan_within_its_promises_breaks_none(sweep):
    assert broken(sweep) == []


@pytest.mark.parametrize(
    ("measured", "says"),
    [
        ({"fast": 15.0}, "15.0 s, and 15 s were promised"),
        ({"usual": 29.5}, "plan said 26.7 s, and it took 29.5 s"),
        ({"usual": 23.9}, "plan said 26.7 s, and it took 23.9 s"),
        ({"peak": 150.0}, "150 MB of memory"),
        ({"found": 3}, "3 of 4 devices found"),
    ],
)
def test_each_broken_promise_is_named(sweep, measured, says):
    (only,) = broken(sweep, **measured)
    assert says in only


def test_the_table_names_every_contender_and_what_the_plan_said(sweep, capsys):
    figures = {name: [(10.0, 50.0)] for name in (sweep.FAST, sweep.USUAL, "nmap -sT -T4")}
    sweep._print(figures, dict.fromkeys(figures, 4), {"expected_seconds": 12.5})
    said = capsys.readouterr().out
    assert all(name in said for name in figures)
    assert "plan said 12.5 s at the default rate; it took 10.0 s (-20%)" in said

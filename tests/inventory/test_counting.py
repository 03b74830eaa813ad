"""A device is missing after enough sweeps over enough days, whatever the rhythm of the sweeps."""

from __future__ import annotations

import pytest

from scanner.inventory.counting import Check, enough, kept
from scanner.inventory.transitions import Patience


@pytest.fixture
def checks(say):
    """Sweeps as ``{day: letter}``: ``-`` against, ``+`` seen, ``?`` in doubt."""

    def make(sweeps):
        return tuple(
            Check(f"r{at}", say.day(at), against=how != "+", doubted=("10.1.0.0/24",) if how == "?" else ())
            for at, how in sweeps.items()
        )

    return make


@pytest.mark.parametrize(
    ("sweeps", "missing"),
    [
        ({}, False),
        ({0: "-", 7: "-"}, False),
        ({0: "-", 7: "-", 14: "-"}, True),
        ({0: "+", 7: "-", 14: "-", 21: "-"}, True),
        ({0: "-", 7: "+", 14: "-", 21: "-"}, False),
        ({0: "-", 1: "-", 2: "-"}, False),
        (dict.fromkeys(range(7), "-"), False),
        (dict.fromkeys(range(8), "-"), True),
        ({0: "-", 1: "-", 2: "+", 3: "-", 4: "-", 5: "-", 6: "-", 7: "-", 8: "-"}, False),
        ({0: "-", 7: "-", 14: "?"}, False),
        ({0: "-", 7: "-", 14: "?", 21: "-"}, True),
        ({0: "-", 7: "-", 14: "-", 21: "+"}, False),
        ({0: "-", 6.9: "-", 6.95: "-"}, False),
        ({0: "-", 0.1: "-", 7: "-"}, True),
    ],
)
def test_three_of_three_over_seven_days(sweeps, missing, checks):
    assert bool(enough(checks(sweeps), Patience())) is missing


def test_the_sweeps_that_made_it_missing_are_named(checks):
    assert [check.run for check in enough(checks({0: "+", 7: "-", 14: "-", 21: "-"}), Patience())] == [
        "r7",
        "r14",
        "r21",
    ]


@pytest.mark.parametrize(
    ("sweeps", "missing"),
    [
        ({0: "-", 7: "-", 14: "+", 21: "-", 28: "-"}, True),
        ({0: "-", 7: "+", 14: "+", 21: "-", 28: "-"}, False),
        ({0: "-", 7: "-", 14: "-", 21: "-", 28: "+"}, False),
    ],
)
def test_another_k_of_another_n(sweeps, missing, checks):
    assert bool(enough(checks(sweeps), Patience(against=4, of=5))) is missing


@pytest.mark.parametrize("rhythm", [0.25, 1, 7, 30])
def test_what_is_kept_of_many_sweeps_is_little_and_decides_the_same(rhythm, checks):
    every = checks({n * rhythm: "-" for n in range(200)})
    few = ()
    for place, check in enumerate(every, 1):
        few = kept((*few, check), Patience())
        assert bool(enough(few, Patience())) is bool(enough(every[:place], Patience()))
    assert len(few) <= max(3, 7 / rhythm + 1)


def test_sweeps_in_doubt_that_go_on_for_a_year_are_not_kept_for_ever(checks):
    few = checks({0: "+"})
    for check in checks(dict.fromkeys(range(1, 365), "?")):
        few = kept((*few, check), Patience())

    assert len(few) == 9

"""The tables hold together."""

from __future__ import annotations

from itertools import pairwise

from scanner.matcher.rules import ADVICE, DUELS, LADDER, LEVELS, PAGE, PAGE_FAMILIES, STRENGTHS, SUPPORT
from scanner.model.device import Confidence
from scanner.model.evidence import Maker, Strength


def test_every_strength_and_every_level_has_its_place():
    assert set(STRENGTHS) == set(Strength)
    assert set(LEVELS) == set(Confidence)
    assert len(set(STRENGTHS.values())) == len(STRENGTHS)


def test_the_ladder_goes_down():
    for higher, lower in pairwise(LADDER):
        assert LEVELS[higher.level] >= LEVELS[lower.level]
        assert STRENGTHS[higher.strength] >= STRENGTHS[lower.strength]


def test_no_duel_ends_above_the_level_it_began_with():
    for duel in DUELS:
        for outcome in (duel.together, duel.apart):
            begun = duel.hikvision if outcome.maker is Maker.HIKVISION else duel.other
            assert LEVELS[outcome.level] <= LEVELS[begun]
            assert (outcome.maker is Maker.UNKNOWN) == (outcome.level is Confidence.NONE)


def test_a_fight_on_one_port_never_ends_better_than_one_on_two():
    for duel in DUELS:
        if duel.together.maker is duel.apart.maker is Maker.HIKVISION:
            assert LEVELS[duel.together.level] <= LEVELS[duel.apart.level]


def test_the_name_of_a_page_is_no_family_and_advice_differs():
    assert PAGE not in PAGE_FAMILIES
    assert len({advice.sentence for advice in ADVICE}) == len(ADVICE)
    assert all(SUPPORT.values())

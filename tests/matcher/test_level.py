"""The ladder and the duels, row by row."""

from __future__ import annotations

import pytest

from scanner.matcher.level import climb, conclude, family_of, strongest_first
from scanner.matcher.rules import DUELS, LADDER, LEVELS, duel_words
from scanner.model.device import Confidence
from scanner.model.evidence import Claims, Maker, Strength

CONCLUSIVE, STRONG, WEAK = Strength.CONCLUSIVE, Strength.STRONG, Strength.WEAK


@pytest.mark.parametrize(
    ("signs", "level"),
    [
        ([], Confidence.NONE),
        ([(WEAK, "realm")], Confidence.NONE),
        ([(WEAK, "realm"), (WEAK, "realm")], Confidence.NONE),
        ([(WEAK, "realm"), (WEAK, "rtsp")], Confidence.POSSIBLE),
        ([(WEAK, "oui")], Confidence.POSSIBLE),
        ([(WEAK, "affiliate")], Confidence.NONE),
        ([(STRONG, "realm")], Confidence.PROBABLE),
        ([(STRONG, "realm"), (WEAK, "rtsp")], Confidence.PROBABLE),
        ([(STRONG, "realm"), (STRONG, "realm")], Confidence.PROBABLE),
        ([(STRONG, "realm"), (STRONG, "oui")], Confidence.CONFIRMED),
        ([(CONCLUSIVE, "realm")], Confidence.CONFIRMED),
    ],
)
def test_the_level_is_the_first_rung_that_holds(evidence, signs, level):
    assert climb([evidence(strength, family) for strength, family in signs]) is level


def test_what_one_page_carries_counts_once(evidence):
    page = [evidence(STRONG, "http-server"), evidence(STRONG, "http-body")]
    assert climb(page) is Confidence.PROBABLE
    assert {family_of(one) for one in page} == {"page"}
    assert climb([*page, evidence(STRONG, "favicon")]) is Confidence.CONFIRMED


def test_a_discovery_answer_without_serial_model_or_block_is_weak(evidence):
    alone = evidence(CONCLUSIVE, "sadp", observation="obs-1")
    assert climb([alone]) is Confidence.NONE
    assert climb([alone, evidence(STRONG, "serial", observation="obs-1")]) is Confidence.CONFIRMED
    elsewhere = evidence(STRONG, "serial", observation="obs-2")
    assert climb([alone, elsewhere]) is Confidence.PROBABLE
    branded = evidence(STRONG, "sadp", claims=Claims(maker=Maker.HIKVISION, brand="HiLook"))
    assert climb([branded]) is Confidence.PROBABLE


def test_every_pair_of_levels_has_exactly_one_row():
    levels = [level for level in LEVELS if level is not Confidence.NONE]
    pairs = [(duel.hikvision, duel.other) for duel in DUELS]
    assert sorted(pairs) == sorted((one, two) for one in levels for two in levels)


def test_a_conclusive_other_maker_beats_one_strong_hint(evidence):
    found = conclude([evidence(STRONG, "realm"), evidence(CONCLUSIVE, "http-server", Maker.OTHER)])
    assert (found.maker, found.level) == (Maker.OTHER, Confidence.CONFIRMED)
    assert [one.family for one in found.opposing] == ["realm"]


def test_a_look_alike_of_the_same_port_beats_an_equal_hint(evidence):
    found = conclude([evidence(STRONG, "http-body"), evidence(STRONG, "http-server", Maker.OTHER)])
    assert (found.maker, found.level) == (Maker.OTHER, Confidence.POSSIBLE)


def test_on_another_port_it_only_lowers_the_level(evidence):
    found = conclude([evidence(STRONG, "realm"), evidence(STRONG, "http-server", Maker.OTHER, port=8080)])
    assert (found.maker, found.level, found.apart) == (Maker.HIKVISION, Confidence.POSSIBLE, True)


def test_two_conclusive_makers_on_two_ports_keep_the_confirmed_one(evidence):
    found = conclude([evidence(CONCLUSIVE, "realm"), evidence(CONCLUSIVE, "rtsp", Maker.OTHER, port=554)])
    assert (found.maker, found.level, found.apart) == (Maker.HIKVISION, Confidence.CONFIRMED, True)
    together = conclude([evidence(CONCLUSIVE, "realm"), evidence(CONCLUSIVE, "rtsp", Maker.OTHER)])
    assert (together.maker, together.level) == (Maker.HIKVISION, Confidence.PROBABLE)


def test_the_block_of_another_maker_gives_way_to_a_strong_hint(evidence):
    found = conclude([evidence(STRONG, "realm"), evidence(STRONG, "oui", Maker.OTHER, port=0)])
    assert (found.maker, found.level) == (Maker.HIKVISION, Confidence.PROBABLE)
    assert len(found.opposing) == 1


def test_the_block_of_another_maker_alone_names_it(evidence):
    found = conclude([evidence(STRONG, "oui", Maker.OTHER, port=0)])
    assert (found.maker, found.level) == (Maker.OTHER, Confidence.PROBABLE)


def test_weak_against_weak_is_nobody(evidence):
    signs = [
        evidence(WEAK, family, maker) for maker in (Maker.HIKVISION, Maker.OTHER) for family in ("a", "b")
    ]
    found = conclude(signs)
    assert (found.maker, found.level) == (Maker.UNKNOWN, Confidence.NONE)
    assert len(found.opposing) == 4


@pytest.mark.parametrize(
    ("signs", "rule"),
    [
        ([], "none: nothing that was heard speaks for any maker"),
        ([(WEAK, "a", Maker.HIKVISION)], "none: weak signs of a single family reach no level"),
        ([(CONCLUSIVE, "a", Maker.HIKVISION)], "confirmed: a conclusive statement of the device"),
        ([(STRONG, "a", Maker.OTHER)], "probable: one strong signal"),
        (
            [(STRONG, "a", Maker.HIKVISION), (STRONG, "oui", Maker.OTHER)],
            (
                "probable: one strong signal; the name or address block of somebody else gives way, "
                "for relabels, network modules and computers have their own"
            ),
        ),
        (
            [(STRONG, "a", Maker.HIKVISION), (CONCLUSIVE, "b", Maker.OTHER)],
            (
                "confirmed: one strong signal for the maker (alone probable) against a conclusive statement of the "
                "device for another (alone confirmed), seen on one port: the other maker stands and is confirmed"
            ),
        ),
    ],
)
def test_the_rule_that_decided_is_said(evidence, signs, rule):
    assert conclude([evidence(*sign) for sign in signs]).rule == rule


@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize("duel", DUELS, ids=lambda duel: f"{duel.hikvision}-{duel.other}")
def test_every_duel_has_a_sentence_that_names_its_outcome(duel, apart):
    ours, theirs = (
        next(rung for rung in LADDER if rung.level is level) for level in (duel.hikvision, duel.other)
    )
    outcome = duel.apart if apart else duel.together

    sentence = duel_words(ours, theirs, outcome, apart=apart)

    assert sentence.startswith(f"{outcome.level}: {ours.reason} for the maker")
    assert ("different ports" in sentence) is apart
    assert ("neither stands" in sentence) is (outcome.maker is Maker.UNKNOWN)


def test_evidence_that_names_no_maker_takes_no_part(evidence):
    found = conclude([evidence(CONCLUSIVE, "model", None)])
    assert (found.maker, found.supporting) == (Maker.UNKNOWN, ())


def test_the_strongest_stands_first_and_equals_keep_their_order(evidence):
    signs = [evidence(WEAK, "a"), evidence(STRONG, "b"), evidence(STRONG, "c"), evidence(CONCLUSIVE, "d")]
    assert [one.family for one in strongest_first(signs)] == ["d", "b", "c", "a"]

"""Evidence of the matcher's own kinds."""

from __future__ import annotations

from scanner.knowledge.check import COMBINED_FAMILIES
from scanner.matcher.making import (
    DIFFERENTIAL,
    KINDS,
    MAC_OF_FAMILY,
    RTSP_COMBINATION,
    evidence_of,
    origin_of,
)
from scanner.matcher.rules import MAX_EXCERPT
from scanner.model.evidence import Claims, Strength


def test_evidence_names_its_observation_and_cannot_harm_a_terminal(observation):
    one = observation("mac", "44:19:b6:01:02:03", port=0)
    made = evidence_of(
        MAC_OF_FAMILY, origin_of(one), Strength.STRONG, "\x1b[31mred\x07 " + "x" * 500, Claims()
    )
    assert made.observation == one.id
    assert made.claim == MAC_OF_FAMILY.says
    assert made.excerpt.isprintable()
    assert len(made.excerpt) <= MAX_EXCERPT


def test_no_two_kinds_share_an_id():
    assert len({kind.id for kind in KINDS}) == len(KINDS)


def test_a_look_alike_may_explain_away_what_several_replies_show_together():
    assert {DIFFERENTIAL.family, RTSP_COMBINATION.family} == COMBINED_FAMILIES

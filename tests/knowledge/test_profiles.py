"""The profiles as loaded: conditions in the spelling of the facts."""

from __future__ import annotations

from scanner.knowledge.location import fingerprints_root
from scanner.knowledge.mandate_words import Condition, Decision, Kind
from scanner.knowledge.mandates import load_mandates

PROFILES = load_mandates(fingerprints_root()).profiles


def test_conditions_are_held_in_the_order_of_the_file() -> None:
    rows = PROFILES["ca-quebec-public-body"].duties[0].rows
    assert [outcome.when for outcome in rows[Kind.OWN_BRAND_CAMERA]] == [
        (Condition("acquired_on", "after", "2023-12-21"),),
        (Condition("made_on", "after", "2023-12-21"),),
        (Condition("acquired_on", "until", "2023-12-21"),),
        (),
    ]


def test_true_and_false_are_yes_and_no() -> None:
    rows = PROFILES["uk-central-government-sensitive-site"].duties[0].rows
    assert rows[Kind.RECORDER][0].when == (Condition("site_is_sensitive", "is", "no"),)


def test_a_reason_of_the_row_holds_for_its_outcomes_unless_they_have_their_own() -> None:
    duties = {duty.measure: duty for duty in PROFILES["us-federal-contractor"].duties}
    outcomes = duties["us-far-52-204-25"].rows[Kind.RECORDER]
    assert outcomes[3].reason.en == "The contracts carry neither clause."
    assert len({outcome.reason for outcome in outcomes}) == 2


def test_the_profile_that_stands_for_none_speaks_of_every_measure() -> None:
    (duty,) = PROFILES["generic"].duties
    assert duty.measure == ""
    assert {o.decision for outcomes in duty.rows.values() for o in outcomes} == {Decision.NOT_BOUND}


def test_every_outcome_that_needs_a_fact_names_one_that_is_asked() -> None:
    for profile in PROFILES.values():
        for duty in profile.duties:
            for outcome in (found for outcomes in duty.rows.values() for found in outcomes):
                needed = outcome.applies.partition(":")[2]
                assert needed in ("", "profile", *profile.asks)

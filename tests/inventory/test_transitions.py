"""The table of transitions is whole: no row twice, every state and trigger used, every number known."""

from __future__ import annotations

from collections import Counter

import pytest

from scanner.inventory.transitions import FINDINGS, PRESENCE, TABLES, Decider, Patience, Trigger, row
from scanner.inventory.words import FindingState, Presence

STATES = {"presence": Presence, "finding": FindingState}


@pytest.mark.parametrize("name", TABLES)
def test_a_state_and_a_trigger_lead_to_one_state(name):
    pairs = Counter((before, one.trigger) for one in TABLES[name] for before in one.before)

    assert [pair for pair, times in pairs.items() if times > 1] == []


@pytest.mark.parametrize("name", TABLES)
def test_every_state_is_reached_and_none_is_unknown(name):
    named = {state for one in TABLES[name] for state in (*one.before, one.after)}

    assert named == {"", *map(str, STATES[name])}
    assert {one.after for one in TABLES[name]} == set(map(str, STATES[name]))


def test_every_trigger_has_its_row_in_one_table():
    triggers = [{one.trigger for one in table} for table in TABLES.values()]

    assert set.union(*triggers) == set(Trigger)
    assert set.intersection(*triggers) == set()


def test_no_row_leads_to_removed_except_from_missing_or_later():
    for one in PRESENCE:
        if one.after == Presence.REMOVED_UNVERIFIED:
            assert one.before == (Presence.MISSING,)
        if one.after == Presence.REMOVED_VERIFIED:
            assert set(one.before) <= {Presence.MISSING, Presence.REMOVED_UNVERIFIED, Presence.STALE}
            assert Presence.STALE not in one.before or one.decider is Decider.PERSON


def test_from_every_state_of_being_away_a_device_reappears_as_present():
    away = set(Presence) - {Presence.NEW, Presence.PRESENT, Presence.RETRACTED}

    assert all(row(PRESENCE, state, Trigger.REAPPEARED).after == Presence.PRESENT for state in away)
    assert row(PRESENCE, Presence.PRESENT, Trigger.REAPPEARED) is None


def test_only_a_person_waives_and_declares():
    assert {one.after for one in FINDINGS if one.decider is Decider.PERSON} == {
        FindingState.WAIVED,
        FindingState.DECLARED,
    }


@pytest.mark.parametrize("table", TABLES.values())
def test_what_a_row_needs_is_said_with_the_numbers_of_the_rules(table):
    said = [one.said(Patience(against=4, of=5)) for one in table]

    assert all(text and "{" not in text for text in said)
    assert any("4 of the last 5" in text for text in said) == (table is PRESENCE)

from __future__ import annotations

import pytest

from scanner.tickets.trackers.jira_ways import DONE, ENDS, OPEN, pick, resolution


def way(name, category=DONE, **fields):
    return {"id": name, "to": {"name": name, "statusCategory": {"key": category}}, "fields": fields}


@pytest.mark.parametrize(
    ("ways", "names", "categories", "found"),
    [
        ([way("Rejected"), way("Done")], ENDS, (DONE,), "Done"),
        ([way("Rejected"), way("To Do", "new")], ENDS, (DONE,), "Rejected"),
        ([way("Rejected"), way("Done")], ("archived", "rejected"), (), "Rejected"),
        ([way("Done")], ("Archived",), (), None),
        ([way("Doing", "indeterminate"), way("To Do", "new")], (), OPEN, "To Do"),
        ([way("Doing", "indeterminate")], (), OPEN, "Doing"),
        ([], ENDS, (DONE,), None),
        ([{"id": "x"}], ENDS, (DONE,), None),
    ],
)
def test_the_way_to_the_first_state_that_fits(ways, names, categories, found):
    assert (pick(ways, names, categories) or {"id": None})["id"] == found


@pytest.mark.parametrize(
    ("fields", "free"),
    [
        ({"resolution": {"required": True}}, True),
        ({"worklog": {"required": False}}, True),
        ({"assignee": {"required": True, "hasDefaultValue": True}}, True),
        ({"worklog": {"required": True}}, False),
    ],
)
def test_a_screen_that_wants_more_than_a_resolution_is_for_a_person(fields, free):
    assert (pick([way("Done", **fields)], ENDS, ()) is not None) is free


def test_the_resolution_is_one_that_the_screen_offers():
    asks = way("Done", resolution={"allowedValues": [{"name": "Won't Do"}, {"name": "fixed"}]})
    assert resolution(asks, ("Done", "Fixed")) == "Fixed"
    assert resolution(asks, ("Duplicate",)) == "Won't Do"
    assert resolution(way("Done"), ("Done",)) == ""
    assert resolution(way("Done", resolution={}), ("Done",)) == ""

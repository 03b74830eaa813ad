from __future__ import annotations

import inspect

import pytest

from scanner.model.errors import Doubtful, ServiceFault, UsageError
from scanner.tickets.trackers import TRACKERS, adapter
from scanner.tickets.trackers.interface import Place, Tracker, after_a_write, union
from scanner.tickets.words import Ticket
from scanner.transports.tracker_http import TrackerHttp


@pytest.mark.parametrize("name", TRACKERS)
def test_every_tracker_can_all_that_is_asked_of_one(name):
    module = adapter(name)
    made = module.tracker(TrackerHttp("https://tracker.example"), Place(user="me"))
    assert made.name == name
    assert made.lag >= 0
    for method, wanted in inspect.getmembers(Tracker, inspect.isfunction):
        if not method.startswith("_"):
            assert [*inspect.signature(getattr(made, method)).parameters] == [
                *inspect.signature(wanted).parameters
            ][1:]
    headers = module.authorise("me", "s3cr3t")
    assert headers


def test_another_name_is_refused():
    with pytest.raises(UsageError, match="no tracker is called jura; known are"):
        adapter("jura")


def test_each_ticket_once_the_oldest_first():
    one, other = (Ticket(str(n), n, "t", True, "") for n in (2, 1))
    assert union([one], [other, one]) == [other, one]


def test_what_cannot_be_read_back_was_perhaps_done():
    with pytest.raises(Doubtful, match="gone"), after_a_write():
        raise ServiceFault("gone")
    with pytest.raises(UsageError), after_a_write():
        raise UsageError("another matter")

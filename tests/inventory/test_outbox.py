from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scanner.inventory.engine import open_store
from scanner.inventory.outbox import Outbox, Sent

AT = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.fixture
def outbox(tmp_path):
    return Outbox(open_store(str(tmp_path / "s.sqlite"), tmp_path, make=True), "roundup")


def test_a_write_is_unsettled_until_somebody_says_how_it_ended(outbox):
    entry = outbox.begin("create", ["k1", "k2"], "", "", AT)
    assert [one.state for one in outbox.unsettled()] == [Sent.SENDING]
    outbox.end(entry, Sent.DOUBTFUL, note="timeout")
    assert [(one.id, one.state, one.note) for one in outbox.unsettled()] == [
        (entry.id, Sent.DOUBTFUL, "timeout")
    ]
    outbox.end(entry, Sent.DONE, "17")
    assert outbox.unsettled() == []
    (done,) = outbox.done()
    assert (done.keys, done.ticket, done.at) == (("k1", "k2"), "17", AT)


@pytest.mark.parametrize("state", [Sent.REFUSED, Sent.LAPSED])
def test_what_was_not_done_is_neither(outbox, state):
    outbox.end(outbox.begin("close", ["k"], "4", "m", AT), state)
    assert (outbox.unsettled(), outbox.done()) == ([], [])


def test_a_target_stays_when_the_end_names_none(outbox):
    outbox.end(outbox.begin("comment", ["k"], "4", "m", AT), Sent.DONE)
    assert [(one.ticket, one.mark) for one in outbox.done()] == [("4", "m")]


def test_a_closed_ticket_is_remembered_from_when_it_was_seen_first_until_it_is_open(outbox):
    later = datetime(2026, 1, 9, tzinfo=UTC)
    assert outbox.note_closed(["1"], AT) == {"1": "2026-01-05T00:00:00Z"}
    assert outbox.note_closed(["1", "2"], later) == {"1": "2026-01-05T00:00:00Z", "2": "2026-01-09T00:00:00Z"}
    assert outbox.note_closed(["2"], later) == {"2": "2026-01-09T00:00:00Z"}
    assert outbox.note_closed(["1", "2"], later)["1"] == "2026-01-09T00:00:00Z"


def test_trackers_do_not_know_of_each_other(outbox, tmp_path):
    other = Outbox(open_store(str(tmp_path / "s.sqlite"), tmp_path), "other")
    outbox.begin("create", ["k"], "", "", AT)
    outbox.note_closed(["1"], AT)
    assert other.unsettled() == []
    assert other.note_closed([], AT) == {}

"""The adapter against the real program."""

from __future__ import annotations

import pytest

from scanner.model.errors import ServiceFault, UsageError
from scanner.tickets.trackers.interface import Draft
from scanner.tickets.trackers.roundup import authorise

pytestmark = pytest.mark.peer

KEY, OTHER = "hskd-" + "1" * 20, "hskd-" + "2" * 20
MARK = "hsms-" + "3" * 20
DRAFT = Draft("Remove it", "It is here.", f"{KEY} hsv-{'0' * 20}", (KEY,))


def test_a_ticket_from_its_making_to_its_end(roundup, adapter):
    ours = adapter()
    assert ours.who() == "hiksweep"
    number = ours.create(DRAFT)
    (found,) = ours.find([OTHER, KEY])
    assert (found.id, found.open, found.title, found.memo) == (number, True, "Remove it", DRAFT.memo)

    ours.comment(ours.read(number), "Said. é <b>", f"{DRAFT.memo} {MARK}")
    assert ours.read(number).marks == {MARK}
    ours.update(ours.read(number), Draft("New title", "It is there.", f"{OTHER} {DRAFT.memo}", (OTHER, KEY)))
    assert ours.read(number).keys == {KEY, OTHER}
    assert ours.close(ours.read(number), "Done.", DRAFT.memo)
    assert not ours.read(number).open
    assert [one.open for one in ours.find([KEY])] == [False]
    assert ours.reopen(ours.read(number), "Not done.", DRAFT.memo)
    assert ours.read(number).open
    assert roundup.messages(number) == ["It is here.", "Said. é <b>", "It is there.", "Done.", "Not done."]
    assert roundup.issues()[0]["title"] == "Remove it"  # a title is a person's, once it is there


def test_a_duplicate_points_to_what_stays_and_is_found_no_more(roundup, adapter):
    ours = adapter()
    ours.who()
    stays, other = ours.create(DRAFT), ours.create(DRAFT)
    assert ours.duplicate(ours.read(other), ours.read(stays), "See there.", MARK)
    assert [one.id for one in ours.find([KEY])] == [stays]
    issue = next(one for one in roundup.issues() if one["id"] == other)
    assert [one["id"] for one in issue["superseder"]] == [stays]


def test_what_is_new_is_found_after_all_were_read(adapter):
    ours, others = adapter(), adapter()
    ours.who()
    others.who()
    assert list(ours.tickets()) == []
    number = others.create(DRAFT)
    assert [one.id for one in ours.find([KEY])] == [number]
    others.close(others.read(number), "", DRAFT.memo)
    assert [one.open for one in ours.find([KEY])] == [False]
    assert ours.find([OTHER]) == []


def test_all_pages_are_read(adapter, monkeypatch):
    monkeypatch.setattr("scanner.tickets.trackers.roundup._PAGE", 2)
    ours = adapter()
    ours.who()
    made = [ours.create(DRAFT) for _ in range(5)]
    assert [one.id for one in ours.tickets()] == made


def test_what_was_deleted_is_gone(roundup, adapter):
    ours = adapter()
    ours.who()
    number = ours.create(DRAFT)
    roundup.retire(number)
    assert ours.read(number) is None
    assert ours.read("999") is None


def test_a_change_by_somebody_else_meanwhile_is_not_overwritten(roundup, adapter):
    ours = adapter()
    ours.who()
    number = ours.create(DRAFT)
    before = ours.read(number)
    roundup.set(number, title="A person's words")
    for text in ("Said.", ""):
        with pytest.raises(ServiceFault, match="meanwhile"):
            ours.comment(before, text, DRAFT.memo)
    assert roundup.messages(number) == ["It is here."]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"user": "nobody-here"}, "is no user"),
        ({"closed": ("gone",)}, "has no state gone"),
        ({"field": "other"}, "has no property other"),
    ],
)
def test_what_does_not_fit_is_said_before_anything_is_done(adapter, more, words):
    with pytest.raises(UsageError, match=words):
        adapter(**more).who()


def test_a_wrong_password_is_a_fault(roundup):
    from scanner.tickets.trackers.interface import Place
    from scanner.tickets.trackers.roundup import tracker
    from scanner.transports.tracker_http import TrackerHttp

    http = TrackerHttp(roundup.url, authorise("hiksweep", "wrong-secret"), sleep=lambda _: None)
    with pytest.raises(ServiceFault) as caught:
        tracker(http, Place(user="hiksweep")).who()
    assert "wrong-secret" not in str(caught.value)

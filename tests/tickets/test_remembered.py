"""What cannot be asked is answered from what was sent, and a message that comes again has the name it had."""

from __future__ import annotations

import importlib.util
from collections import Counter
from pathlib import Path

import pytest

from scanner.inventory.engine import open_store
from scanner.inventory.outbox import Outbox
from scanner.model.errors import Doubtful, ServiceFault
from scanner.tickets.apply import Done
from scanner.tickets.markup import TEXT
from scanner.tickets.remembered import Remembered
from scanner.tickets.trackers.interface import Draft
from scanner.tickets.words import Act

_SPEC = importlib.util.spec_from_file_location("told", Path(__file__).with_name("trackers") / "told.py")
assert _SPEC is not None
assert _SPEC.loader is not None
told = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(told)
once, make = told.once, told.once.make

KEY, OTHER = "hskd-" + "1" * 20, "hskd-" + "2" * 20
MARK, CLOSED = "hsms-" + "3" * 20, "hsmc-" + "4" * 20
FIRST, SECOND = "hsv-" + "0" * 20, "hsv-" + "9" * 20
DRAFT = Draft("Remove it", "It is here.", f"{KEY} {FIRST}", (KEY,), due="2027-01-01")


class Box:
    """A sender into a list."""

    name, markup = "box", TEXT

    def __init__(self):
        self.sent, self.error, self.takes = [], None, True

    def who(self):
        return "box"

    def send(self, message):
        error, self.error = self.error, None
        if self.takes or error is None:
            self.sent.append(message)
        if error is not None:
            raise error

    def came(self):
        return [
            {"id": one.id, "act": str(one.act), "ticket": one.ticket, "text": one.text, "other": one.other}
            for one in self.sent
        ]


@pytest.fixture
def box():
    return Box()


@pytest.fixture
def ledger(tmp_path):
    return Outbox(open_store(str(tmp_path / "s.sqlite"), tmp_path, make=True), "t told")


@pytest.fixture
def ours(box, ledger):
    return Remembered(box, ledger, lambda: once.AT)


def test_a_ticket_from_its_making_to_its_end(ours, box, ledger):
    assert ours.who() == "box"
    name = ours.create(DRAFT)
    ours.comment(ours.read(name), "Said.", f"{DRAFT.memo} {MARK}")
    changed = Draft("New title", "It is there.", f"{OTHER} {KEY} {SECOND} {MARK}", (OTHER, KEY))
    ours.update(ours.read(name), changed)
    assert ours.close(ours.read(name), "Done.", f"{changed.memo} {CLOSED}")
    assert not ours.read(name).open
    for tracker in (ours, Remembered(box, ledger)):  # now, and in another program
        (found,) = tracker.tickets()
        assert (found.id, found.open, found.title, found.number) == (KEY, False, "New title", 1)
        assert (found.keys, found.marks, found.version) == ({KEY, OTHER}, {MARK, CLOSED}, SECOND)
        assert tracker.find([OTHER, "hskd-" + "5" * 20]) == [found]
        assert tracker.find(["hskd-" + "5" * 20]) == []
        assert tracker.read("no such") is None
    assert ours.reopen(ours.read(name), "Not done.", f"{changed.memo} {MARK}")
    assert ours.read(name).open
    assert [one.act for one in box.sent] == [Act.CREATE, Act.COMMENT, Act.UPDATE, Act.CLOSE, Act.REOPEN]
    assert {one.first for one in box.sent} == {f"{KEY}.new"}
    assert (box.sent[0].due, box.sent[0].at) == ("2027-01-01", once.AT)


def test_every_message_has_a_name_of_its_own(ours, box):
    name = ours.create(DRAFT)
    for version in (SECOND, FIRST, SECOND):  # back, and there again
        ours.update(ours.read(name), Draft("t", "b", f"{KEY} {version}", (KEY,)))
    assert len({one.id for one in box.sent}) == 4


def test_a_duplicate_is_found_no_more_and_its_name_is_not_given_again(ours, box):
    stays = ours.create(Draft("t", "b", f"{OTHER} {FIRST}", (OTHER,)))
    name = ours.create(DRAFT)
    assert ours.duplicate(ours.read(name), ours.read(stays), "See there.", MARK)
    assert (box.sent[-1].other, ours.find([KEY])) == (stays, [])
    again = ours.create(DRAFT)
    assert again not in (name, stays)
    assert len({one.id for one in box.sent}) == len(box.sent)


@pytest.mark.parametrize("takes", [True, False])
def test_what_is_sent_again_after_an_unknown_end_has_the_same_name(ours, box, ledger, takes):
    for _ in range(2):
        box.error, box.takes = Doubtful("cut"), takes
        with pytest.raises(Doubtful):
            ours.create(DRAFT)
    assert ours.find([KEY]) == []
    ours.create(DRAFT)
    assert Counter(one.id for one in box.sent) == {f"{KEY}.new": 3 if takes else 1}
    box.error = ServiceFault("no")
    box.takes = False
    with pytest.raises(ServiceFault):
        ours.comment(ours.read(KEY), "Said.", f"{DRAFT.memo} {MARK}")
    assert ours.read(KEY).marks == frozenset()


def test_a_store_that_is_lost_tells_everything_once_more_by_the_same_names(ours, box, tmp_path):
    items = [make.item(1), make.item(2)]
    once.Side(ours, tmp_path).apply(items)
    before = [one.id for one in box.sent]
    (tmp_path / "new").mkdir()
    other = Outbox(open_store(str(tmp_path / "new/s.sqlite"), tmp_path, make=True), "t told")
    once.Side(Remembered(box, other), tmp_path / "new").apply(items)
    assert [one.id for one in box.sent] == before * 2
    assert len(told.Reader(box.came).tickets()) == 2


def test_a_crash_before_and_after_each_step_leaves_nothing_out(ours, box, tmp_path):
    once.crash_everywhere(once.Side(ours, tmp_path), told.Reader(box.came))
    assert len({one.id for one in box.sent}) == len(
        box.sent
    )  # and where nothing was sent nothing comes twice


def test_a_crash_between_sending_and_remembering_sends_it_again_by_the_same_name(box, ledger, tmp_path):
    twice = 0
    for place in range(8):
        count = once.Fuse(None)
        ours = Remembered(box, once.Fragile(ledger, ("begin", "end"), count), lambda: once.AT)
        ours.who()
        side = once.Side(ours, tmp_path)
        for items in once.weeks(1 + 2 * place):
            count.left = place
            try:
                side.apply(items)
            except once.Crash:
                twice += 1
            count.left = None
            assert {one.done for one in side.apply(items)} <= {Done.DONE, Done.ALREADY}
        once.check(told.Reader(box.came), items, 3)
    assert twice >= 16
    assert max(Counter(one.id for one in box.sent).values()) > 1


@pytest.mark.parametrize("does", [True, False])
def test_an_end_that_nobody_knows_is_told_again(ours, box, tmp_path, does):
    once.unknown_ends(once.Side(ours, tmp_path), told.Reader(box.came), 1, does=does)

"""What is to be done, for every way in which a device and its ticket can stand to each other."""

from __future__ import annotations

import importlib.util
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from scanner.inventory.words import FindingState, Presence
from scanner.tickets.keys import device_keys, finding_keys, mark_of, place_key
from scanner.tickets.memo import CLOSED, REOPENED
from scanner.tickets.plan import Known, make_plan
from scanner.tickets.policy import Again, TicketPolicy
from scanner.tickets.words import Act, Grouping

_SPEC = importlib.util.spec_from_file_location("make", Path(__file__).with_name("make.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
make = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(make)

POLICY = TicketPolicy()


def acts(items, tickets=(), policy=POLICY, **known):
    return [step.act for step in make_plan(items, tickets, policy, Known(**known)).steps]


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (make.item(1), [Act.CREATE]),
        (make.item(1, level="probable"), [Act.CREATE]),
        (make.item(1, level="possible"), []),
        (make.item(1, "waived"), []),
        (make.item(1, "closed"), []),
        (make.item(1, "declared"), []),
        (make.item(1, "retracted"), []),
        (make.item(1, "waived", make.obligation("open", "us-889")), [Act.CREATE]),
    ],
)
def test_a_device_without_a_ticket_gets_one_when_something_is_open_and_it_is_sure_enough(item, expected):
    assert acts([item]) == expected


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (make.item(1), [Act.NOTHING]),
        (make.item(1, "waived"), [Act.COMMENT]),
        (make.item(1, "closed"), [Act.CLOSE]),
        (make.item(1, "declared"), [Act.CLOSE]),
        (make.item(1, "closed", make.obligation("open", "us-889")), [Act.NOTHING]),
        (make.item(1, "closed", make.obligation("retracted", "us-889")), [Act.CLOSE]),
        (make.item(1, "retracted"), [Act.COMMENT]),
        (make.item(1, presence=Presence.MISSING, change=make.change("missing", "silent")), [Act.COMMENT]),
        (
            make.item(
                1, presence=Presence.REMOVED_UNVERIFIED, change=make.change("removed-unverified", "long")
            ),
            [Act.COMMENT],
        ),
        (make.item(1, presence=Presence.STALE, change=make.change("stale", "out-of-reach")), [Act.COMMENT]),
        (make.item(1, change=make.change("present", "reappeared")), [Act.COMMENT]),
        (make.item(1, level="possible"), [Act.NOTHING]),
    ],
)
def test_an_open_ticket_follows_its_device(item, expected):
    assert acts([item], [make.ticket(item)]) == expected


def test_what_was_said_is_not_said_again_whoever_remembers_it():
    item = make.item(1, presence=Presence.MISSING, change=make.change("missing", "silent"))
    (step,) = make_plan([item], [make.ticket(item)], POLICY).steps

    assert acts([item], [make.ticket(item, marks=[step.mark])]) == [Act.NOTHING]
    assert acts([item], [make.ticket(item, said=frozenset({step.mark}))]) == [Act.NOTHING]
    assert acts([item], [make.ticket(item)], said=frozenset({f"1 {step.mark}"})) == [Act.NOTHING]
    later = replace(item, change=make.change("missing", "silent", cause="run-9"))
    assert acts([later], [make.ticket(item, marks=[step.mark])]) == [Act.COMMENT]


def test_a_comment_by_a_name_that_was_known_before_counts_too():
    before = make.item(
        1, names=("mac:44:19:b6:00:00:01",), presence=Presence.MISSING, change=make.change("missing")
    )
    (step,) = make_plan([before], [make.ticket(before)], POLICY).steps
    now = make.item(1, presence=Presence.MISSING, change=make.change("missing"))

    steps = make_plan([now], [make.ticket(before, marks=[step.mark])], POLICY).steps
    assert [one.act for one in steps] == [Act.UPDATE]
    assert "more than before" in steps[0].why


def test_what_is_known_better_is_written_into_the_block():
    item = make.item(1)
    assert acts([replace(item, about=(("model", "DS-2"),))], [make.ticket(item)]) == [Act.UPDATE]
    assert acts([replace(item, last_run="run-2", last_at="2026-02-01T00:00:00Z")], [make.ticket(item)]) == [
        Act.NOTHING
    ]


def test_a_ticket_of_another_device_that_had_the_address_before_is_not_this_ones():
    before, now = make.item(1), make.item(2, addresses=("10.1.0.1",))
    assert acts([now], [make.ticket(before)]) == [Act.CREATE]


def test_an_address_alone_waits_for_a_person_who_says_which_or_none():
    nameless = make.item(1, names=())
    known = make.ticket(make.item(1), 7)
    key = device_keys(nameless)[0].text

    (step,) = make_plan([nameless], [known], POLICY).steps
    assert (step.act, step.ticket.id) == (Act.MAYBE, "7")
    assert acts([nameless], [known], linked={key: "7"}) == [Act.UPDATE]
    assert acts([nameless], [known], linked={key: ""}) == [Act.CREATE]


def test_of_two_open_tickets_the_oldest_stays_and_the_other_says_so():
    item = make.item(1)
    steps = make_plan([item], [make.ticket(item, 9), make.ticket(item, 4)], POLICY).steps
    assert [(one.act, one.ticket.id, one.other) for one in steps] == [
        (Act.DUPLICATE, "9", "4"), (Act.NOTHING, "4", ""),
    ]  # fmt: skip


def test_a_closed_ticket_of_what_is_gone_is_left_alone():
    item = make.item(1, "closed")
    assert acts([item], [make.ticket(item, is_open=False)]) == [Act.NOTHING]


def test_a_device_that_came_back_opens_what_we_closed():
    item = make.item(
        1, make.obligation("open", trigger="found-again", cause="run-5", at="2026-03-01T00:00:00Z")
    )
    closed = make.ticket(item, is_open=False, marks=["hsmc-" + "0" * 20])
    (step,) = make_plan([item], [closed], POLICY).steps
    assert (step.act, step.note) == (Act.REOPEN, "reopened")


def test_the_end_of_a_waiver_opens_what_a_person_closed_before_it():
    item = make.item(1, make.obligation("open", trigger="waiver-ended", at="2026-03-01T00:00:00Z"))
    closed = make.ticket(item, is_open=False)
    assert acts([item], [closed], closed_since={"1": "2026-02-01T00:00:00Z"}) == [Act.REOPEN]
    assert acts([item], [closed], closed_since={"1": "2026-03-02T00:00:00Z"}) == [Act.LISTED]


def test_what_a_person_closed_is_opened_once_by_a_run_that_began_later():
    item = make.item(1, last_at="2026-02-02T02:00:00Z", last_run="run-6")
    closed = make.ticket(item, is_open=False)
    later, earlier = {"1": "2026-02-01T00:00:00Z"}, {"1": "2026-02-03T00:00:00Z"}

    assert acts([item], [closed], closed_since=earlier) == [Act.LISTED]
    assert acts([item], [closed], closed_since={}) == [Act.LISTED]
    assert acts([item], [closed], closed_since=later) == [Act.REOPEN]
    for again, expected in ((Again.COMMENT, [Act.COMMENT]), (Again.LIST, [Act.LISTED])):
        policy = TicketPolicy(closed_by_person=again)
        assert acts([item], [closed], policy, closed_since=later) == expected
    reopened = make.ticket(item, is_open=False, marks=["hsmr-" + "0" * 20])
    assert acts([item], [reopened], closed_since=later) == [Act.LISTED]


def test_what_we_closed_and_a_person_opened_again_is_not_closed_twice():
    item = make.item(1, "closed")
    (step,) = make_plan([item], [make.ticket(item)], POLICY).steps
    assert step.mark in mark_of(make.group(item), item.obligations[0].change, CLOSED)
    assert acts([item], [make.ticket(item, marks=[step.mark])]) == [Act.LISTED]


def test_one_that_was_opened_again_is_not_told_so_twice():
    back = make.change("present", "reappeared", cause="run-5")
    found = make.obligation("open", trigger="found-again", cause="run-5")
    item = make.item(1, found, change=back)
    mark = mark_of(make.group(item), found.change, REOPENED)[0]
    assert acts([item], [make.ticket(item, marks=[mark])]) == [Act.NOTHING]


def test_a_ticket_that_was_deleted_or_is_in_doubt_is_listed_and_not_made_anew():
    item = make.item(1)
    key = device_keys(item)[0].text
    assert acts([item], made={"5": key}) == [Act.LISTED]
    assert acts([item], doubtful=frozenset({key})) == [Act.LISTED]


def test_retracted_is_closed_only_where_the_policy_says_so():
    item = make.item(1, "retracted")
    assert acts([item], [make.ticket(item)], TicketPolicy(close_retracted=True)) == [Act.CLOSE]


@pytest.mark.parametrize("grouping", Grouping)
def test_a_change_of_grouping_makes_nothing_anew(grouping):
    items = [make.item(number, networks=("10.1.0.0/24",)) for number in (1, 2)]
    devices = [make.ticket(one, number) for number, one in enumerate(items, 1)]
    assert acts(items, devices, TicketPolicy(grouping=grouping)) == [Act.NOTHING, Act.NOTHING]

    whole = make.ticket(items[0], keys=[place_key("lab", "10.1.0.0/24").text])
    assert Act.CREATE not in acts(items, [whole], TicketPolicy(grouping=grouping))
    single = make.ticket(items[0], keys=[key.text for key in finding_keys(items[0], "ca-federal-2025")])
    counts = Counter(acts(items, [single], TicketPolicy(grouping=grouping)))
    assert counts[Act.CREATE] == 1  # of the other device


def test_each_grouping_makes_what_it_says():
    items = [
        make.item(1, "open", make.obligation("open", "us-889"), networks=("10.1.0.0/24",)),
        make.item(2, networks=("10.1.0.0/24",)),
        make.item(3),
    ]
    made = {
        grouping: len(make_plan(items, [], TicketPolicy(grouping=grouping)).writes) for grouping in Grouping
    }
    assert made == {Grouping.DEVICE: 3, Grouping.FINDING: 4, Grouping.NETWORK: 2, Grouping.SITE: 1}


def test_many_at_once_want_a_word():
    items = [make.item(number) for number in range(1, 52)]
    assert make_plan(items, [], POLICY).needs_word(POLICY).startswith("51 tickets would be created")
    assert make_plan(items[:50], [], POLICY).needs_word(POLICY) == ""
    gone = [replace(one, obligations=(make.obligation("closed"),)) for one in items[:11]]
    tickets = [make.ticket(one, number) for number, one in enumerate(gone)]
    assert make_plan(gone, tickets, POLICY).needs_word(POLICY).startswith("11 tickets would be closed")


def test_the_same_plan_has_the_same_steps():
    items = [make.item(number) for number in range(1, 9)]
    tickets = [make.ticket(one, number) for number, one in enumerate(items[:4])]
    one, other = (make_plan(items, some, POLICY) for some in (tickets, tickets[::-1]))
    assert [step.id for step in one.steps] == [step.id for step in other.steps]
    assert len({step.id for step in one.steps}) == len(one.steps)


def test_states_are_the_inventorys_own():
    assert {str(one) for one in FindingState} == {"open", "waived", "closed", "declared", "retracted"}

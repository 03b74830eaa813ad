"""Where fewer than half of the known hosts answer, nothing counts, and a person is asked once."""

from __future__ import annotations

import pytest

from scanner.inventory.chronicle import Cause, Chronicle
from scanner.inventory.cover import lies_in
from scanner.inventory.hosts import Answered, Doubt, HostBook, KnownHosts, Sweep, neighbourhood
from scanner.inventory.words import EventKind

TEN = tuple(f"10.1.0.{n}" for n in range(1, 11))


@pytest.fixture
def chronicle():
    return Chronicle()


@pytest.fixture
def book(chronicle):
    return HostBook(chronicle)


@pytest.fixture
def sweep(book, say):
    """Takes a sweep of a network on a day in which these answered."""

    def take(at, answered, inventory=(), covered=("tcp",), prefixes=(say.NET,), elsewhere=()):
        pieces = tuple(
            say.network(prefix, [one for one in answered if lies_in(one, prefix)], covered=covered)
            for prefix in prefixes
        )
        sweep = Sweep(say.NET, pieces, frozenset(elsewhere), frozenset(inventory))
        return book.doubts(say.run(at, networks=pieces), sweep) is Doubt.RAISED

    return take


@pytest.mark.parametrize(("answered", "doubted"), [(10, False), (5, False), (4, True), (0, True)])
def test_fewer_than_half_of_the_known_hosts_is_doubted(answered, doubted, sweep):
    assert not sweep(0, TEN)
    assert sweep(7, TEN[:answered]) is doubted


def test_hosts_that_appear_do_not_make_up_for_known_ones_that_fell_silent(sweep):
    sweep(0, TEN)

    assert sweep(7, [f"10.1.0.{n}" for n in range(200, 220)])


def test_guests_who_come_and_go_are_no_known_hosts_once_a_person_was_asked(sweep, book, say):
    def week(number, staying):
        return sweep(7 * number, (*staying, *(f"10.1.0.{20 * number + n}" for n in range(20, 40))))

    assert [week(0, TEN[:4]), week(1, TEN[:4])] == [False, True]
    book.answer("lab", say.NET, "removed", Cause(say.day(8), decision="d"))

    assert [week(number, TEN[:4]) for number in range(2, 6)] == [False] * 4
    assert week(6, TEN[:1])


def test_before_any_sweep_the_inventory_says_how_many_hosts_there_are(sweep):
    assert sweep(0, TEN[:1], inventory=TEN[:3])
    assert not sweep(7, TEN[5:7], inventory=TEN[:3])


def test_one_question_is_asked_and_the_hosts_may_answer_it(sweep, book, chronicle):
    sweep(0, TEN)
    sweep(7, ())
    sweep(14, TEN[:2])

    (question,) = book.questions
    assert (question.subject, question.known, question.answered) == ("lab 10.1.0.0/24", 10, 2)
    assert len(question.runs) == 2

    assert not sweep(21, TEN)
    assert book.questions == ()
    assert [event.kind for event in chronicle.events] == [EventKind.QUESTION, EventKind.ANSWERED]


@pytest.mark.parametrize(("said", "next_is_doubted"), [("removed", False), ("outage", True)])
def test_a_person_answers(said, next_is_doubted, sweep, book, say):
    sweep(0, TEN)
    sweep(7, TEN[:1])

    assert book.answer("lab", say.NET, said, Cause(say.day(8), decision="d")) == (Answered(say.NET),)
    assert book.questions == ()
    assert sweep(14, TEN[:1]) is next_is_doubted


def test_an_answer_without_a_question_and_one_that_is_none_change_nothing(sweep, book, say):
    cause = Cause(say.day(8), decision="d")

    assert "no question" in book.answer("lab", say.NET, "removed", cause)
    sweep(0, TEN)
    sweep(7, ())
    assert "removed or outage" in book.answer("lab", say.NET, "perhaps", cause)
    assert len(book.questions) == 1


def test_a_sweep_by_fewer_methods_counts_for_nothing_but_asks_nothing(sweep, book):
    sweep(0, TEN, covered=("tcp", "sadp"))

    assert sweep(7, TEN[:1], covered=("sadp",))
    assert book.questions == ()


def test_a_network_that_is_covered_by_less_than_before_is_said(book, say, chronicle):
    for at, view in enumerate(
        (
            say.network(covered={"tcp", "sadp"}),
            say.network(covered={"tcp"}),
            say.network(covered={"tcp"}),
            say.network(covered={"tcp"}, interrupted=True),
            say.network(covered={"tcp"}),
            say.network(covered=()),
        )
    ):
        book.note_regression(say.run(at, networks=(view,)), view)

    assert [(event.kind, event.run, event.detail) for event in chronicle.events] == [
        (EventKind.COVERAGE_REGRESSION, "run-lab-001.0", "not covered whole by sadp"),
        (EventKind.COVERAGE_REGRESSION, "run-lab-003.0", "the run was interrupted by tcp"),
        (EventKind.COVERAGE_REGRESSION, "run-lab-005.0", "not covered whole by tcp"),
    ]


def test_without_a_question_nobody_was_removed():
    assert KnownHosts().removed() == KnownHosts()


@pytest.mark.parametrize(
    ("prefix", "network"),
    [
        ("10.1.0.0/24", "10.1.0.0/24"),
        ("10.1.0.64/29", "10.1.0.0/24"),
        ("10.1.0.5/32", "10.1.0.0/24"),
        ("10.0.0.0/16", "10.0.0.0/16"),
        ("fd00::10/128", "fd00::/112"),
    ],
)
def test_pieces_of_a_network_stand_together(prefix, network):
    assert neighbourhood(prefix) == network


def test_a_single_host_of_a_network_that_was_asked_alone_is_doubted_and_asks_nobody(sweep, book):
    sweep(0, TEN)

    assert sweep(1, (), prefixes=("10.1.0.5/32",))
    assert book.questions == ()
    assert not sweep(2, ("10.1.0.5",), prefixes=("10.1.0.5/32",))
    assert sweep(7, TEN[:4])


def test_an_exclusion_cuts_a_network_into_pieces_and_changes_nothing_else(sweep, book):
    sweep(0, TEN)
    pieces = ("10.1.0.0/29", "10.1.0.8/31", "10.1.0.10/31", "10.1.0.12/30", "10.1.0.16/28")

    assert not sweep(7, TEN[:7], prefixes=pieces)
    assert sweep(14, TEN[:1], prefixes=pieces)
    assert [one.prefix for one in book.questions] == ["10.1.0.0/24"]


def test_a_part_that_answers_does_not_settle_what_is_asked_of_the_whole(sweep, book):
    sweep(0, TEN)
    sweep(7, ())

    assert not sweep(8, TEN[:1], prefixes=("10.1.0.1/32",))
    assert len(book.questions) == 1


def test_a_host_whose_device_answers_elsewhere_counts_as_answering(sweep):
    sweep(0, TEN)

    assert not sweep(7, TEN[:3], elsewhere=TEN[3:6])


def test_one_answer_serves_every_network_in_a_prefix(book, say):
    for number in (0, 1):
        prefix = f"10.1.{number}.0/24"
        for at, hosts in ((0, {f"10.1.{number}.7"}), (7, set())):
            view = say.network(prefix, hosts)
            book.doubts(say.run(at, networks=(view,)), Sweep(prefix, (view,), frozenset(), frozenset()))
    cause = Cause(say.day(8), decision="d")

    assert "no network" in book.answer("lab", "here", "removed", cause)
    assert book.answer("lab", "10.1.0.0/23", "removed", cause) == (
        Answered("10.1.0.0/24"),
        Answered("10.1.1.0/24"),
    )
    assert book.questions == ()


LOW = "10.1.0.0/25"
BOTH = (*TEN, *(f"10.1.0.{n}" for n in range(201, 211)))


@pytest.mark.parametrize("first", [True, False])
def test_a_part_is_answered_for_alone_and_the_rest_stays_asked(first, sweep, book, chronicle, say):
    """Also where no sweep was believed before: then the inventory is all that is known."""
    if first:
        sweep(0, BOTH)
    sweep(7, (), inventory=BOTH)
    assert book.answer("lab", LOW, "removed", Cause(say.day(8), decision="d")) == (
        Answered(say.NET, LOW, settled=False),
    )

    (question,) = book.questions
    assert (question.known, question.answered, question.expected) == (10, 0, frozenset(BOTH[10:]))
    assert [event.kind for event in chronicle.events][1:] == [EventKind.ANSWERED, EventKind.QUESTION]
    assert chronicle.events[-1].detail.startswith("0 of 10 other known hosts")
    assert sweep(14, (), inventory=BOTH)  # of the other half nobody has said anything
    assert not sweep(21, BOTH[10:], inventory=BOTH)
    assert book.questions == ()


@pytest.mark.parametrize(("said", "next_is_doubted"), [("removed", False), ("outage", True)])
def test_a_part_settles_it_where_most_of_the_rest_answered(said, next_is_doubted, sweep, book, say):
    sweep(0, BOTH)
    sweep(7, BOTH[10:16][:5])
    assert len(book.questions) == 1
    assert book.answer("lab", LOW, said, Cause(say.day(8), decision="d")) == (Answered(say.NET, LOW),)

    assert book.questions == ()
    assert sweep(14, BOTH[10:15]) is next_is_doubted

from __future__ import annotations

from scanner.config.tickets import Group, Level, StillThere, Tickets, Write
from scanner.tickets.configured import policy_of
from scanner.tickets.policy import Again, TicketPolicy
from scanner.tickets.words import WRITES, Grouping


def test_without_a_word_the_configuration_wants_what_the_policy_wants():
    assert policy_of(Tickets()) == TicketPolicy()


def test_the_words_of_the_configuration_are_those_of_the_policy():
    assert {str(one) for one in Group} == {str(one) for one in Grouping}
    assert {str(one) for one in StillThere} == {str(one) for one in Again}
    assert {str(one) for one in Write} == {str(one) for one in WRITES}
    assert {str(one) for one in Level} >= TicketPolicy().levels

"""The account of listening: who spoke is counted, nothing is called asked, and it is never complete."""

from __future__ import annotations

from scanner.model.coverage import AddressState, Gap, MethodCount
from scanner.model.ending import Ending
from scanner.policy.heard_ledger import LISTEN, PASSIVE, HeardLedger


def test_each_address_that_spoke_is_answered_once():
    book = HeardLedger()
    for address in ("10.0.0.5", "10.0.0.5", "fe80::1"):
        book.observed(LISTEN, address)
    found = book.coverage()

    assert (found.addresses, book.alive) == (2, 2)
    assert found.by_state[AddressState.ANSWERED] == 2
    assert sum(found.by_state.values()) == 2
    assert found.by_method == {LISTEN: MethodCount(asked=0, answered=2)}
    assert book.state_of("10.0.0.5") is AddressState.ANSWERED
    assert book.state_of("10.0.0.6") is None
    assert book.has_answered("fe80::1")


def test_it_is_never_complete_and_says_why():
    book = HeardLedger()
    book.gap(Gap("eth0", LISTEN, "link lost", "gone", True))
    book.gap(Gap("eth0", LISTEN, "link lost", "gone", True))
    book.ended("tcp", "10.0.0.5", Ending.FAULT)

    assert not book.coverage().complete
    assert [gap.state for gap in book.coverage().gaps] == [PASSIVE.state, "link lost"]

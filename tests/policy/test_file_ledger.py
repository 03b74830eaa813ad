"""The account of files: nothing is silent that was not shown asked."""

from __future__ import annotations

import pytest

from scanner.model.coverage import AddressState
from scanner.model.ending import Ending
from scanner.policy.file_ledger import FileLedger
from scanner.policy.rules import SWEPT_PORTS
from scanner.scope import AddressRange, Scope, parse_target


def ranges(*texts: str) -> list[AddressRange]:
    return [found for text in texts if isinstance(found := parse_target(text), AddressRange)]


def ledger(*within: str, exclude: tuple[str, ...] = ()) -> FileLedger:
    return FileLedger(Scope.of(ranges(*within), ranges(*exclude)))


def states(found: FileLedger) -> dict[str, int]:
    return {state.value: count for state, count in found.coverage().by_state.items() if count}


def reasons(found: FileLedger) -> list[tuple[str, str, bool]]:
    return [(gap.targets, gap.state, gap.affects_verdict) for gap in found.coverage().gaps]


def test_what_no_file_speaks_of_is_blind():
    found = ledger("10.0.0.0/24")

    assert states(found) == {"blind": 256}
    assert reasons(found) == [("10.0.0.0/24", "blind", True)]
    assert not found.coverage().complete


def test_an_address_is_silent_only_if_every_port_was_shown_asked():
    found = ledger("10.0.0.0/30")
    for address in ("10.0.0.0", "10.0.0.1", "10.0.0.2", "10.0.0.3"):
        found.proven.add(address, SWEPT_PORTS if address != "10.0.0.2" else SWEPT_PORTS[:-1])

    assert states(found) == {"silent": 3, "blind": 1}
    assert found.coverage().by_method["tcp"].silent == 3


def test_whole_silence_is_complete():
    found = ledger("10.0.0.1")
    found.proven.add("10.0.0.1", SWEPT_PORTS)

    assert found.coverage().complete


@pytest.mark.parametrize(("ending", "state"), [(Ending.COMPLETE, "answered"), (Ending.REFUSED, "refused")])
def test_an_address_that_spoke_on_one_port_leaves_the_others_open(ending, state):
    found = ledger("10.0.0.1")
    found.told("tcp", "10.0.0.1", ending)
    found.proven.add("10.0.0.1", [80])

    assert states(found) == {state: 1}
    (gap,) = found.coverage().gaps
    assert gap.reason.endswith("443, 554, 8000, 8080, 8443 not")
    assert gap.affects_verdict
    found.proven.add("10.0.0.1", SWEPT_PORTS)
    assert found.coverage().gaps == ()


def test_without_a_scope_it_is_what_the_files_name():
    found = ledger()
    found.name(ranges("10.0.0.1", "fd00::1"))
    found.told("pcap", "10.0.7.7", Ending.COMPLETE)

    assert states(found) == {"answered": 1, "blind": 2}


def test_files_without_an_address_prove_nothing():
    found = ledger()

    assert states(found) == {}
    assert reasons(found) == [("all", "not asked", True)]


def test_what_was_taken_out_is_excluded_and_not_blind():
    assert states(ledger("10.0.0.0/30", exclude=("10.0.0.2",))) == {"blind": 3, "excluded": 1}


def test_a_prefix_too_large_to_be_shown_asked_is_never_complete():
    found = ledger("fd00::/64")
    found.told("pcap", "fd00::5", Ending.COMPLETE)
    found.proven.add("fd00::5", SWEPT_PORTS)

    assert states(found) == {"answered": 1}
    assert reasons(found) == [("fd00::/64", "not walked", True)]


def test_spoken_addresses_outside_the_scope_do_not_count():
    found = ledger("10.0.0.0/30")
    found.told("pcap", "192.0.2.1", Ending.COMPLETE)

    assert found.coverage().by_state[AddressState.ANSWERED] == 0


def test_gaps_are_bounded():
    found = ledger()
    for number in range(200):
        found.told("pcap", f"10.{number}.0.1", Ending.COMPLETE)
        found.name(ranges(f"10.{number}.0.9"))

    gaps = found.coverage().gaps
    assert len(gaps) == 130
    assert sum(gap.targets == "136 more" for gap in gaps) == 2


def test_the_state_of_one_address_is_that_of_the_account():
    found = ledger("10.0.0.0/29", exclude=("10.0.0.7",))
    found.told("tcp", "10.0.0.1", Ending.COMPLETE)
    found.told("tcp", "10.0.0.2", Ending.REFUSED)
    found.proven.add("10.0.0.3", SWEPT_PORTS)
    expected = {"1": "answered", "2": "refused", "3": "silent", "4": "blind", "7": "excluded"}

    assert {end: found.state_of(f"10.0.0.{end}") for end in expected} == expected
    assert found.state_of("192.0.2.1") is None
    assert ledger().state_of("10.0.0.1") is None


def test_gaps_stand_in_the_order_of_their_addresses_whoever_spoke_first():
    addresses = [f"10.0.{third}.9" for third in range(40)]
    found = ledger("10.0.0.0/18")
    for address in reversed(addresses):
        found.told("tcp", address, Ending.COMPLETE)

    open_at = [gap.targets for gap in found.coverage().gaps if gap.state == "not asked"]

    assert open_at == [f"10.0.{third}.0/24" for third in range(40)]

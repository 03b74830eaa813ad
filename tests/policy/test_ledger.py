from __future__ import annotations

import ipaddress
import time
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from scanner.model.coverage import AddressState, Coverage, Gap
from scanner.model.ending import Ending
from scanner.policy.ledger import SWEEP, Ledger
from scanner.policy.rules import ROUTER, SWEPT_PORTS
from scanner.scope import AddressRange, Permutation, Scope, parse_target


def ledger(*targets: str, exclude: tuple[str, ...] = (), connected: tuple[str, ...] = ()) -> Ledger:
    def read(texts: tuple[str, ...]) -> list[AddressRange]:
        return [found for text in texts if isinstance(found := parse_target(text), AddressRange)]

    scope = Scope.of(read(targets), read(exclude))
    links = [ipaddress.ip_network(text) for text in connected]
    return Ledger(scope, Permutation.of(scope.size, 7), (SWEEP, "sadp"), links)


def states(coverage: Coverage) -> dict[str, int]:
    return {str(state): count for state, count in coverage.by_state.items() if count}


def test_a_routed_prefix_without_a_sign_of_life_is_blind_and_not_silent() -> None:
    book = ledger("10.1.0.0/24", "10.2.0.0/24")
    book.swept(512)
    book.ended(SWEEP, "10.1.0.5", Ending.COMPLETE)
    book.looked("10.1.0.5")

    coverage = book.coverage()

    assert states(coverage) == {"answered": 1, "silent": 255, "blind": 256}
    assert not coverage.complete
    assert [(gap.targets, gap.state) for gap in coverage.gaps] == [("10.2.0.0/24", "blind")]


def test_a_few_refusals_and_nothing_else_may_be_the_router_itself() -> None:
    """A filter behind the router's own address in a prefix must not make the prefix look covered."""
    book = ledger("10.1.0.0/24")
    book.swept(256)
    for last in (1, 2, 3):
        book.ended(SWEEP, f"10.1.0.{last}", Ending.REFUSED)

    coverage = book.coverage()

    assert states(coverage) == {"refused": 3, "blind": 253}
    assert "10.1.0.1, 10.1.0.2, 10.1.0.3 answered" in coverage.gaps[0].reason

    book.ended(SWEEP, "10.1.0.4", Ending.REFUSED)
    assert states(book.coverage()) == {"refused": 4, "silent": 252}


def test_refusals_that_a_router_on_the_way_gave_are_blind() -> None:
    book = ledger("10.1.0.0/28")
    book.swept(16)
    for last in range(16):
        book.ended(SWEEP, f"10.1.0.{last}", Ending.REFUSED)
        book.rejected(f"10.1.0.{last}", "10.9.9.1")

    coverage = book.coverage()

    assert book.knows_rejected("10.1.0.3")
    assert states(coverage) == {"blind": 16}
    assert "10.9.9.1" in coverage.gaps[0].reason
    assert not coverage.complete


def test_on_our_own_link_silence_is_covered() -> None:
    book = ledger("10.1.0.0/24", connected=("10.1.0.0/24",))
    book.swept(256)

    assert states(book.coverage()) == {"silent": 256}
    assert book.coverage().complete


def test_a_link_that_holds_half_of_a_prefix_covers_that_half() -> None:
    book = ledger("10.1.0.0/24", connected=("10.1.0.0/25",))
    book.swept(256)

    assert states(book.coverage()) == {"silent": 128, "blind": 128}


def test_an_error_from_a_router_inside_the_prefix_is_a_sign_of_life() -> None:
    book = ledger("10.1.0.0/24")
    book.swept(256)
    book.life("10.1.0.1")

    assert book.knows_life("10.1.0.77")
    assert states(book.coverage()) == {"silent": 256}


def test_what_no_route_leads_to_is_blind_even_on_our_own_link_and_beside_a_living_host() -> None:
    book = ledger("10.1.0.0/28", connected=("10.1.0.0/24",))
    book.swept(16)
    book.ended(SWEEP, "10.1.0.1", Ending.REFUSED)
    book.life("10.1.0.1")
    for last in (2, 3, 3):
        book.ended(SWEEP, f"10.1.0.{last}", Ending.NEVER_ASKED)

    coverage = book.coverage()

    assert states(coverage) == {"refused": 1, "blind": 2, "silent": 13}
    assert "no route" in coverage.gaps[0].reason
    assert coverage.by_method[SWEEP].stopped == 2
    assert coverage.by_method[SWEEP].silent == 13


def test_the_broadcast_address_of_our_own_link_is_no_gap() -> None:
    book = ledger("10.1.0.0/24", connected=("10.1.0.0/24",))
    book.swept(256)
    book.ended(SWEEP, "10.1.0.255", Ending.NEVER_ASKED)

    assert states(book.coverage()) == {"silent": 256}
    assert book.coverage().complete


def test_what_a_fault_of_ours_kept_from_being_asked_is_aborted_and_not_silent() -> None:
    book = ledger("10.1.0.0/28", connected=("10.1.0.0/24",))
    book.swept(16)
    book.ended(SWEEP, "10.1.0.1", Ending.REFUSED)
    for last in (1, 2, 3):
        book.ended(SWEEP, f"10.1.0.{last}", Ending.FAULT)
    book.ended("sadp", "10.1.0.9", Ending.FAULT)

    coverage = book.coverage()

    assert states(coverage) == {"refused": 1, "aborted": 2, "silent": 13}
    assert coverage.by_method[SWEEP].stopped == 2
    assert coverage.by_method["sadp"].stopped == 1
    assert coverage.by_method["sadp"].silent == 15
    assert not coverage.complete


def test_excluded_addresses_are_counted_and_never_a_gap() -> None:
    book = ledger("10.1.0.0/24", exclude=("10.1.0.8/29",), connected=("10.1.0.0/24",))
    book.swept(248)

    assert states(book.coverage()) == {"excluded": 8, "silent": 248}
    assert book.coverage().complete


def test_an_interrupted_sweep_leaves_the_rest_aborted() -> None:
    book = ledger("10.1.0.0/24")
    book.swept(100)
    book.ended(SWEEP, "10.1.0.5", Ending.COMPLETE)
    book.looked("10.1.0.5")

    coverage = book.coverage()

    assert coverage.by_state[AddressState.ANSWERED] == 1
    assert coverage.by_state[AddressState.ABORTED] in {155, 156}
    assert sum(coverage.by_state.values()) == coverage.addresses == 256
    assert not coverage.complete


def test_a_host_whose_conversations_were_not_finished_is_aborted() -> None:
    book = ledger("10.1.0.0/30")
    book.swept(4)
    book.ended(SWEEP, "10.1.0.1", Ending.COMPLETE)
    book.ended(SWEEP, "10.1.0.2", Ending.COMPLETE)
    book.looked("10.1.0.2")

    assert states(book.coverage()) == {"aborted": 1, "answered": 1, "silent": 2}


def test_a_host_left_alone_is_aborted_although_it_answered() -> None:
    book = ledger("10.1.0.0/30")
    book.swept(4)
    book.ended(SWEEP, "10.1.0.1", Ending.COMPLETE)
    book.looked("10.1.0.1")
    book.left("10.1.0.1", "stopped answering", prefix=False)

    assert states(book.coverage())["aborted"] == 1
    assert any(gap.targets == "10.1.0.1" and gap.affects_verdict for gap in book.coverage().gaps)


def test_a_stopped_prefix_aborts_its_silent_addresses_and_no_others() -> None:
    book = ledger("10.1.0.0/24", "10.2.0.0/24", connected=("10.2.0.0/24",))
    book.swept(512)
    book.left("10.1.0.9", "three hosts stopped", prefix=True)

    assert states(book.coverage()) == {"aborted": 256, "silent": 256}


def test_answers_from_outside_the_scope_are_not_counted_as_addresses() -> None:
    book = ledger("10.1.0.0/30", connected=("10.1.0.0/30",))
    book.swept(4)
    book.observed("sadp", "192.168.1.64")

    assert book.coverage().addresses == 4


def test_methods_count_each_address_once_by_its_best_ending() -> None:
    book = ledger("10.1.0.0/30")
    book.swept(4)
    book.ended(SWEEP, "10.1.0.1", Ending.REFUSED)
    book.ended(SWEEP, "10.1.0.1", Ending.COMPLETE)
    book.ended("http", "10.1.0.1", Ending.STOPPED_BY_US)
    book.observed("http", "10.1.0.1")
    book.asked("ssdp")

    methods = book.coverage().by_method

    assert (methods[SWEEP].asked, methods[SWEEP].answered, methods[SWEEP].silent) == (4, 1, 3)
    assert (methods["sadp"].asked, methods["sadp"].silent) == (4, 4)
    assert (methods["http"].asked, methods["http"].answered, methods["http"].stopped) == (1, 1, 0)
    assert methods["ssdp"].asked == 1


def test_a_gap_that_does_not_matter_leaves_the_verdict_complete() -> None:
    book = ledger("10.1.0.0/30", connected=("10.1.0.0/30",))
    book.swept(4)
    book.gap(Gap("eth0", "arp", "not asked", "no privilege", affects_verdict=False))
    book.gap(Gap("eth0", "arp", "not asked", "no privilege", affects_verdict=False))
    assert book.coverage().complete
    assert len(book.coverage().gaps) == 1

    book.gap(Gap("eth0", "sadp", "failed", "no socket", affects_verdict=True))
    assert not book.coverage().complete


def test_many_blind_prefixes_are_summed_up() -> None:
    book = ledger(*(f"10.{number}.0.0/24" for number in range(0, 200, 2)))
    book.swept(25600)

    gaps = book.coverage().gaps

    assert len(gaps) == 65
    assert gaps[-1].targets == "36 more prefixes"


addresses = st.integers(0, 255).map(lambda number: f"10.1.0.{number}")
endings = st.sampled_from(
    [Ending.COMPLETE, Ending.REFUSED, Ending.STOPPED_BY_US, Ending.FAULT, Ending.NEVER_ASKED]
)


@given(
    st.lists(st.tuples(addresses, endings), max_size=40),
    st.lists(addresses, max_size=20),
    st.lists(addresses, max_size=5),
    st.integers(0, 192),
)
def test_the_states_always_sum_to_the_number_of_addresses(
    ended: list[tuple[str, Ending]], looked: list[str], left: list[str], steps: int
) -> None:
    book = ledger("10.1.0.0/25", "10.1.0.128/26", exclude=("10.1.0.3-9",))
    book.swept(steps)
    for address, ending in ended:
        book.ended(SWEEP, address, ending)
    for address in looked:
        book.looked(address)
    for address in left:
        book.left(address, "x", prefix=False)

    coverage = book.coverage()

    assert coverage.addresses == 192
    assert all(count >= 0 for count in coverage.by_state.values())


def test_ten_thousand_gaps_are_kept_once_each_in_no_time() -> None:
    book = ledger("10.0.0.0/24")
    gaps = [Gap(f"10.0.{n >> 8}.{n & 255}", "http", "stopped by us", "r", False) for n in range(10_000)]

    started = time.monotonic()
    for gap in (*gaps, *gaps):
        book.gap(gap)

    assert time.monotonic() - started < 2
    assert [gap for gap in book.coverage().gaps if gap.state == "stopped by us"] == gaps


def _busy() -> Ledger:
    """Every state at once: two links, one of them routed, with hosts of every kind."""
    book = ledger(
        "10.1.0.0/24", "10.2.0.0/24", "10.3.0.0/28", exclude=("10.1.0.9",), connected=("10.3.0.0/28",)
    )
    book.swept(book._scope.size - 3)
    book.ended(SWEEP, "10.1.0.5", Ending.COMPLETE)
    book.looked("10.1.0.5")
    book.ended(SWEEP, "10.1.0.6", Ending.REFUSED)
    book.ended(SWEEP, "10.1.0.7", Ending.COMPLETE)
    book.left("10.1.0.8", "stopped answering", prefix=False)
    book.ended(SWEEP, "10.1.0.10", Ending.FAULT)
    return book


def test_the_states_of_all_addresses_one_by_one_are_the_states_that_are_counted() -> None:
    book = _busy()
    addresses = [book._scope.address(index) for index in range(book._scope.size)]

    states = Counter(book.state_of(address) for address in (*addresses, "10.1.0.9"))

    assert {state: states[state] for state in AddressState} == book.coverage().by_state
    assert all(states[state] for state in AddressState)


def test_an_address_outside_the_scope_has_no_state_and_one_taken_out_is_excluded() -> None:
    book = _busy()

    assert book.state_of("192.0.2.1") is None
    assert book.state_of("10.1.0.9") is AddressState.EXCLUDED
    assert ledger("2001:db8::/64").state_of("2001:db8::1") is not None


def test_a_routers_tables_show_nothing_of_whether_packets_get_into_a_prefix() -> None:
    """The camera network may be closed to us while its router, which lies in it, reads us its address table."""
    book = ledger("10.1.0.0/24")
    book.swept(256)
    book.ended(ROUTER, "10.1.0.1", Ending.COMPLETE)
    book.observed(ROUTER, "10.1.0.7")

    coverage = book.coverage()

    assert states(coverage) == {"blind": 256}
    assert (coverage.by_method[ROUTER].asked, coverage.by_method[ROUTER].answered) == (1, 1)


def test_a_blind_prefix_is_silent_where_a_file_proves_that_each_port_was_asked():
    scope = Scope.of([parse_target("10.0.0.0/30"), parse_target("10.0.1.0/30")])
    ledger = Ledger(scope, Permutation.of(scope.size, 1), ("tcp",))
    ledger.swept(scope.size)
    for address in ("10.0.0.0", "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.1.1"):
        ledger.proven.add(address, SWEPT_PORTS)
    ledger.proven.add("10.0.1.2", SWEPT_PORTS[:2])

    found = ledger.coverage()
    assert (found.by_state[AddressState.SILENT], found.by_state[AddressState.BLIND]) == (5, 3)
    assert [gap.targets for gap in found.gaps] == ["10.0.1.0/24"]
    assert [str(ledger.state_of(f"10.0.1.{end}")) for end in (1, 2)] == ["silent", "blind"]
    assert found.by_method["tcp"].asked == 8


def test_a_files_word_opens_no_prefix_and_ends_no_sweep():
    scope = Scope.of([parse_target("10.0.0.0/29")])
    ledger = Ledger(scope, Permutation.of(scope.size, 1), ("tcp",))
    ledger.told("nmap-xml", "10.0.0.1", Ending.COMPLETE)
    ledger.told("tcp", "10.0.0.2", Ending.REFUSED)
    ledger.proven.add("10.0.0.3", SWEPT_PORTS)

    assert not ledger.knows_life("10.0.0.1")
    assert ledger.coverage().by_state[AddressState.ABORTED] == 8
    ledger.swept(8)
    assert {state.value: n for state, n in ledger.coverage().by_state.items() if n} == {
        "answered": 1,
        "refused": 1,
        "silent": 1,
        "blind": 5,
    }


def test_a_group_is_whole_when_each_address_was_asked_and_packets_get_there() -> None:
    book, one, other = of_two()
    book.ended("tcp", "10.1.0.5", Ending.COMPLETE)
    book.looked("10.1.0.5")

    assert book.whole_groups() == set()
    book.swept(512)
    assert book.whole_groups() == {one}
    book.life("10.1.1.7")
    assert book.whole_groups() == {one, other}
    book.left("10.1.1.9", "stopped answering", prefix=False)
    assert book.whole_groups() == {one}
    book.ended("tcp", "10.1.0.6", Ending.COMPLETE)
    assert book.whole_groups() == set()


def test_a_question_that_never_left_breaks_the_whole() -> None:
    book, one, _ = of_two()
    book.swept(512)
    book.life("10.1.0.7")
    book.life("10.1.1.7")
    book.ended("tcp", "10.1.1.9", Ending.FAULT)

    assert book.whole_groups() == {one}


def test_who_spoke_and_by_what_is_known() -> None:
    book, _, _ = of_two()
    book.ended("tcp", "10.1.0.5", Ending.COMPLETE)
    book.observed("http", "10.1.0.5")
    book.ended("rtsp", "10.1.0.5", Ending.REFUSED)
    book.ended("tcp", "10.1.0.6", Ending.REFUSED)
    book.ended("tcp", "10.1.1.6", Ending.REFUSED)
    book.rejected("10.1.1.7", "10.9.9.9")

    assert book.spoke == {"10.1.0.5", "10.1.0.6"}
    assert book.methods_at("10.1.0.5") == {"tcp", "http"}


def of_two() -> tuple[Ledger, tuple[int, int], tuple[int, int]]:
    """A ledger of two /24s, and their keys."""
    return ledger("10.1.0.0/23"), (4, 0x0A0100), (4, 0x0A0101)


def test_what_a_file_proves_silent_makes_no_group_whole() -> None:
    book, one, _ = of_two()
    book.swept(512)
    for end in range(256):
        book.proven.add(f"10.1.0.{end}", SWEPT_PORTS)

    assert book.coverage().by_state[AddressState.SILENT] == 256
    assert book.whole_groups() == set()
    book.life("10.1.0.7")
    assert book.whole_groups() == {one}

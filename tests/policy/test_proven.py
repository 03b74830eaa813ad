"""What files prove asked, port by port."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.importers.interface import PORTS
from scanner.policy.proven import Proven
from scanner.policy.rules import SWEPT_PORTS
from scanner.scope import AddressRange, Scope, group_key


def scope(text: str) -> Scope:
    network = ipaddress.ip_network(text)
    first = int(network.network_address)
    return Scope.of([AddressRange(network.version, first, first + network.num_addresses - 1)])


def test_the_ports_that_importers_tell_of_are_those_of_the_sweep():
    assert set(SWEPT_PORTS) == PORTS


@pytest.mark.parametrize("address", ["10.0.0.5", "fd00::5"])
def test_what_is_not_shown_asked_is_missing_port_by_port(address):
    proven = Proven()
    assert proven.missing(address) == SWEPT_PORTS
    proven.add(address, [443, 22])
    proven.add(address, [80])

    assert proven.missing(address) == (554, 8000, 8080, 8443)
    proven.add(address, SWEPT_PORTS)
    assert proven.missing(address) == ()


@pytest.mark.parametrize(
    ("prefix", "one", "other"),
    [("10.0.0.0/29", "10.0.0.5", "10.0.0.6"), ("fd00::/120", "fd00::5", "fd00::6")],
)
def test_silent_is_what_was_asked_on_every_port_and_did_not_speak(prefix, one, other):
    proven = Proven()
    proven.add(one, SWEPT_PORTS)
    proven.add(other, SWEPT_PORTS[1:])

    assert proven.silent(scope(prefix), ()) == {group_key(one): 1}
    assert proven.silent(scope(prefix), [one]).total() == 0
    assert proven.silent(scope("192.0.2.0/30"), ()).total() == 0


@given(st.lists(st.tuples(st.integers(0, 600), st.sets(st.sampled_from(SWEPT_PORTS))), max_size=40))
def test_the_count_is_that_of_a_plain_table(asked):
    proven, table = Proven(), {}
    base = int(ipaddress.ip_address("10.0.0.0"))
    for low, ports in asked:
        proven.add(str(ipaddress.ip_address(base + low)), ports)
        table.setdefault(low, set()).update(ports)

    expected = sum(ports == set(SWEPT_PORTS) and 10 <= low < 522 for low, ports in table.items())
    inside = Scope.of([AddressRange(4, base + 10, base + 521)])
    assert proven.silent(inside, ()).total() == expected

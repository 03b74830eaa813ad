"""A prefix is found by what lies in it."""

from __future__ import annotations

import ipaddress

from hypothesis import given
from hypothesis import strategies as st

from scanner.inventory.prefixes import Prefixes, key_of

networks = st.builds(
    lambda number, length: str(ipaddress.ip_network((number, length), strict=False)),
    st.integers(0x0A000000, 0x0A0000FF),
    st.integers(20, 32),
)


@given(st.sets(networks, max_size=12), networks)
def test_all_that_hold_a_prefix_are_found_the_narrowest_first(known, wanted):
    found = list(Prefixes(known).holding(wanted))
    inside = ipaddress.ip_network(wanted)
    holding = [one for one in known if inside.subnet_of(ipaddress.ip_network(one))]

    assert sorted(found) == sorted(holding)
    assert found == sorted(found, key=lambda one: -ipaddress.ip_network(one).prefixlen)


@given(st.sets(networks, max_size=12), st.integers(0x0A000000, 0x0A0000FF))
def test_all_that_an_address_lies_in_are_found(known, number):
    address = ipaddress.ip_address(number)

    found = Prefixes(known).of_address(str(address))
    assert sorted(found) == sorted(one for one in known if address in ipaddress.ip_network(one))


def test_both_versions_are_kept_apart():
    known = Prefixes(["::/0", "0.0.0.0/0"])

    assert list(known.of_address("2001:db8::1")) == ["::/0"]
    assert list(known.holding("10.0.0.0/8")) == ["0.0.0.0/0"]
    assert key_of("10.0.0.0/8") == (4, 8, 10)

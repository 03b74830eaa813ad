"""Prefixes are joined where they touch, and know which of their addresses is no host's."""

from __future__ import annotations

import ipaddress

import pytest

from scanner.policy.prefixes import has_broadcast, holds, joined
from scanner.scope import AddressRange, group_key


def test_groups_that_touch_are_one_prefix_and_versions_stay_apart():
    keys = [group_key(one) for one in ("fd00::1", "10.1.1.9", "10.1.0.9", "10.3.0.1")]

    assert list(joined(keys)) == ["10.1.0.0/23", "10.3.0.0/24", "fd00::/112"]


@pytest.mark.parametrize(
    ("text", "expected"), [("10.0.0.0/24", True), ("10.0.0.0/31", False), ("fd00::/64", False)]
)
def test_only_ipv4_has_broadcasts_and_not_in_the_smallest_prefixes(text, expected):
    assert has_broadcast(ipaddress.ip_network(text)) is expected


def test_a_range_holds_addresses_of_its_own_version():
    link = AddressRange(4, 10, 20)

    assert holds(link, "0.0.0.20")
    assert not holds(link, "0.0.0.21")
    assert not holds(link, "::14")

"""Addresses: spelling, and whose they can be."""

from __future__ import annotations

import ipaddress

import pytest

from scanner.parsers.address import host_spelling, read_address, unmapped


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("192.0.2.7", True),
        ("2001:db8::7", True),
        ("fe80::7%eth0", True),
        ("192.0.2.7 ", False),
        ("192.0.2.0/24", False),
        ("camera", False),
        ("", False),
    ],
)
def test_an_address_is_told_from_other_text(text, expected):
    assert (read_address(text) is not None) is expected


def test_ipv4_in_ipv6_clothes_is_ipv4():
    assert str(unmapped(ipaddress.ip_address("::ffff:192.0.2.7"))) == "192.0.2.7"
    assert str(unmapped(ipaddress.ip_address("2001:DB8::7"))) == "2001:db8::7"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:DB8:0::7", "2001:db8::7"),
        ("0.0.0.0", ""),
        ("::", ""),
        ("::ffff:0.0.0.0", ""),
        ("255.255.255.255", ""),
        ("239.255.255.250", ""),
        ("ff02::1", ""),
    ],
)
def test_none_a_group_and_the_broadcast_are_no_hosts_own(text, expected):
    assert host_spelling(ipaddress.ip_address(text)) == expected

"""Which lease of an address holds, and the hardware address inside an identifier."""

from __future__ import annotations

import pytest

from scanner.importers import current
from scanner.importers.current import Current, Lease, mac_of_identifier, octets


def entry(place: str, mac: str = "44:19:b6:00:53:02", address: str = "192.0.2.1") -> Lease:
    return Lease(place, address, mac, active=True)


def test_beyond_the_limit_each_lease_is_told_as_it_comes(monkeypatch):
    monkeypatch.setattr(current, "ADDRESSES_LIMIT", 1)
    held = Current()

    assert list(held.take(entry("line 1"))) == []
    assert [row.place for row in held.take(entry("line 2", address="192.0.2.2"))] == ["line 2"]
    assert [row.place for row in held.rest()] == ["line 1"]


@pytest.mark.parametrize(
    ("identifier", "mac"),
    [
        ("01:44:19:b6:00:53:02", "44:19:b6:00:53:02"),
        ("00:01:00:01:32:99:08:80:44:19:b6:00:53:02", "44:19:b6:00:53:02"),
        ("00:03:00:01:44:19:b6:00:53:02", "44:19:b6:00:53:02"),
        ("00:02:00:00:09:bf:aa:bb", ""),
        ("ff:44:19:b6:00:53:02", ""),
        ("x:y", ""),
        ("1:300", ""),
    ],
)
def test_an_identifier_may_hold_a_mac(identifier, mac):
    assert mac_of_identifier(octets(identifier)) == mac

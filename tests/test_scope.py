from __future__ import annotations

import ipaddress
import time
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.model.errors import UsageError
from scanner.scope import (
    AddressRange,
    Permutation,
    Scope,
    canonical,
    collapse,
    group_key,
    group_network,
    merge,
    parse_target,
    public_part,
    ranges_text,
    subtract,
)


def scope(*targets: str, exclude: tuple[str, ...] = ()) -> Scope:
    def read(texts: tuple[str, ...]) -> list[AddressRange]:
        return [found for text in texts if isinstance(found := parse_target(text), AddressRange)]

    return Scope.of(read(targets), read(exclude))


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("10.0.0.7", 1),
        ("10.0.0.0/24", 256),
        ("10.0.0.5/24", 256),
        ("10.0.0.5-40", 36),
        ("10.0.0.250-10.0.1.5", 12),
        ("fd00::1", 1),
        ("fd00::/120", 256),
        ("fd00::1-fd00::10", 16),
        ("0010::/128", 1),
    ],
)
def test_a_target_is_read_as_the_addresses_that_it_names(text: str, size: int) -> None:
    found = parse_target(text)

    assert isinstance(found, AddressRange)
    assert found.size == size


@pytest.mark.parametrize("text", ["camera-1", "nvr.example.org", "a_b.local", "x.y."])
def test_anything_that_looks_like_a_host_name_is_one(text: str) -> None:
    assert parse_target(text) == text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("10.0.0.40-5", "inverted"),
        ("10.0.0.5-300", "300"),
        ("10.0.0.5-fd00::1", "different IP versions"),
        ("10.0.0.0/33", "not a prefix"),
        ("10.0.0", "neither"),
        ("300.1.1.1", "neither"),
        ("a b", "neither"),
        ("", "empty"),
        ("224.0.0.1", "no hosts"),
        ("255.255.255.255", "no hosts"),
        ("0.0.0.0/0", "no hosts"),
        ("ff02::1", "no hosts"),
        ("10.0.0.5-x", "not a range"),
        ("10.0.0.5-²", "not a range"),
        ("10.0.0.5-" + "9" * 5000, "no last part"),
        ("::ffff:10.0.0.1", "write them as IPv4"),
        ("::ffff:0:0/96", "write them as IPv4"),
    ],
)
def test_a_target_that_is_none_is_refused_with_the_reason(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        parse_target(text)


def test_exclusions_are_taken_out_and_counted() -> None:
    found = scope("10.0.0.0/24", exclude=("10.0.0.10-19", "10.9.9.9"))

    assert found.size == 246
    assert found.excluded_size == 10
    assert "10.0.0.12" not in found
    assert "10.0.0.20" in found
    assert ranges_text(found.excluded) == ("10.0.0.10-10.0.0.19",)


def test_overlapping_targets_count_once() -> None:
    assert scope("10.0.0.0/24", "10.0.0.128/25", "10.0.0.5").size == 256


def test_a_large_ipv6_prefix_is_in_scope_but_not_walked() -> None:
    found = scope("fd00::/64", "fd00:1::/112", exclude=("fd00::5",))

    assert found.size == 65536
    assert "fd00::7" in found
    assert "fd00::5" not in found
    assert found.index("fd00::7") is None
    assert found.excluded_size == 0


def test_addresses_and_indices_are_inverse_over_several_ranges() -> None:
    found = scope("10.0.0.250-10.0.1.5", "192.168.0.1", "fd00::/126")

    assert [found.index(found.address(place)) for place in range(found.size)] == list(range(found.size))
    with pytest.raises(IndexError):
        found.address(found.size)


def test_groups_count_the_walked_addresses_of_each_24() -> None:
    found = scope("10.0.0.250-10.0.1.5", "10.0.1.100", "fd00::1")

    assert {str(group_network(key)): count for key, count in found.groups()} == {
        "10.0.0.0/24": 6,
        "10.0.1.0/24": 7,
        "fd00::/112": 1,
    }


def test_a_prefix_is_covered_only_whole() -> None:
    found = scope("10.0.0.0/24", exclude=("10.0.0.9",))

    assert not found.covers(ipaddress.ip_network("10.0.0.0/24"))
    assert found.touches(ipaddress.ip_network("10.0.0.0/24"))
    assert found.covers(ipaddress.ip_network("10.0.0.128/25"))
    assert not found.touches(ipaddress.ip_network("10.0.1.0/24"))


def test_public_addresses_are_found_in_the_middle_of_private_ones() -> None:
    wanted = [
        AddressRange(4, int(ipaddress.ip_address("10.255.255.250")), int(ipaddress.ip_address("11.0.0.3")))
    ]

    assert ranges_text(public_part(wanted)) == ("11.0.0.0/30",)
    assert public_part(list(scope("192.0.2.0/24", "fd00::1").walked)) == ()


def test_canonical_spelling_drops_the_zone() -> None:
    assert canonical("FE80:0:0::1%eth0") == "fe80::1"
    assert group_key("10.1.2.3") == group_key("10.1.2.200") != group_key("10.1.3.3")


@given(st.integers(1, 5000), st.integers(0, 2**31))
def test_a_permutation_visits_each_number_once_and_can_be_inverted(size: int, seed: int) -> None:
    order = Permutation.of(size, seed)

    visited = [order[step] for step in range(size)]

    assert sorted(visited) == list(range(size))
    assert all(order.step_of(index) == step for step, index in enumerate(visited[:50]))


ranges = st.builds(
    lambda first, size: AddressRange(4, first, first + size), st.integers(0, 300), st.integers(0, 40)
)


@given(st.lists(ranges, max_size=6), st.lists(ranges, max_size=6))
def test_subtracting_ranges_is_subtracting_sets(
    wanted: list[AddressRange], holes: list[AddressRange]
) -> None:
    def members(found: list[AddressRange] | tuple[AddressRange, ...]) -> Counter[int]:
        return Counter(number for one in found for number in range(one.first, one.last + 1))

    left = subtract(wanted, holes)

    assert set(members(left)) == set(members(wanted)) - set(members(holes))
    assert all(count == 1 for count in members(left).values())
    assert merge(left) == left


def test_a_hundred_thousand_holes_take_no_longer_than_a_look_at_each() -> None:
    wanted = [AddressRange(4, 10 << 24, (10 << 24) + 999_999)]
    holes = [AddressRange(4, (10 << 24) + place, (10 << 24) + place) for place in range(0, 1_000_000, 10)]

    started = time.monotonic()
    left = subtract(wanted, holes)

    assert sum(found.size for found in left) == 900_000
    assert len(left) == 100_000
    assert time.monotonic() - started < 10


def test_neighbouring_networks_become_one_and_both_versions_may_stand_in_one_list():
    networks = map(
        ipaddress.ip_network,
        ["fd00::/65", "10.1.1.0/24", "10.1.0.0/24", "fd00::8000:0:0:0/65", "10.1.1.7/32"],
    )
    assert list(map(str, collapse(networks))) == ["10.1.0.0/23", "fd00::/64"]

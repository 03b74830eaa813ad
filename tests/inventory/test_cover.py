"""What a run covered whole, and who else answers at an address."""

from __future__ import annotations

import pytest

from scanner.inventory.cover import Cover, lies_in
from scanner.model.identity import Rung


@pytest.fixture
def cover(say):
    """The cover of a run with these networks and devices."""

    def make(*networks, devices=()):
        return Cover(say.run(0, *devices, networks=networks))

    return make


@pytest.mark.parametrize(
    ("prefixes", "wanted", "whole"),
    [
        (["10.1.0.0/24"], "10.1.0.0/24", True),
        (["10.1.0.0/16"], "10.1.0.0/24", True),
        (["10.1.0.0/25"], "10.1.0.0/24", False),
        (["10.1.0.0/25", "10.1.0.128/25"], "10.1.0.0/24", True),
        (["10.1.0.0/25", "10.1.0.128/26", "10.1.0.192/27"], "10.1.0.0/24", False),
        (["10.2.0.0/24"], "10.1.0.0/24", False),
        (["2001:db8::/64"], "2001:db8::/64", True),
        (["2001:db8::/64"], "10.1.0.0/24", False),
    ],
)
def test_a_network_is_covered_whole_by_what_holds_it_or_by_parts_that_make_it_up(
    prefixes, wanted, whole, cover, say
):
    assert bool(cover(*(say.network(prefix) for prefix in prefixes)).whole(wanted, {"tcp"})) is whole


def test_an_interrupted_network_and_another_method_cover_nothing(cover, say):
    assert cover(say.network(interrupted=True)).whole(say.NET, {"tcp"}) == ()
    assert cover(say.network(covered={"sadp"})).whole(say.NET, {"tcp"}) == ()
    assert cover(say.network(covered={"sadp"})).methods_at(say.NET) == {"sadp"}


def test_an_address_lies_in_the_narrowest_network(cover, say):
    found = cover(say.network("10.1.0.0/16"), say.network("10.1.0.0/24"))

    assert found.view_of("10.1.0.9").prefix == "10.1.0.0/24"
    assert found.view_of("10.1.9.9").prefix == "10.1.0.0/16"
    assert found.view_of("10.2.0.1") is None
    assert found.view_of("fe80::1") is None


def test_another_device_at_an_address_is_one_beyond_doubt(cover, say):
    known = say.seen("other", "10.1.0.5")
    nameless = say.seen("perhaps", "10.1.0.6", rung=Rung.ADDRESS)
    found = cover(
        say.network(answered={"10.1.0.7", "10.1.0.5", "10.1.0.6"}, others={"10.1.0.8"}),
        devices=(known, nameless),
    )

    assert found.taken_by("10.1.0.5", "mine") == "other"
    assert found.taken_by("10.1.0.5", "other") == ""
    assert found.taken_by("10.1.0.6", "mine") == ""
    assert found.taken_by("10.1.0.7", "mine") == ""
    assert found.taken_by("10.1.0.8", "mine") == "another device"
    assert [found.answered(f"10.1.0.{n}") for n in (5, 6, 7, 8, 9)] == [True, True, True, True, False]


def test_an_address_of_one_version_lies_in_no_prefix_of_the_other():
    assert lies_in("10.1.0.5", "10.1.0.0/24")
    assert not lies_in("10.1.0.5", "::/0")

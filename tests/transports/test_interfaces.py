from __future__ import annotations

import ipaddress
import socket

import ifaddr
import pytest
from pyroute2.netlink import nlmsg
from pyroute2.netlink.exceptions import NetlinkError

from scanner.transports import interfaces as room
from scanner.transports.interfaces import (
    Interface,
    carrier_changes,
    interface_towards,
    interfaces,
)


def loopback() -> Interface:
    return next(interface for interface in interfaces() if interface.loopback)


def test_loopback_is_found_with_its_address_and_flags():
    found = loopback()
    assert found.name == "lo"
    assert found.up
    assert ipaddress.IPv4Interface("127.0.0.1/8") in found.ipv4
    assert "127.0.0.1" in found.addresses
    assert found.index == socket.if_nametoindex("lo")


def test_the_link_local_prefix_of_every_link_is_not_a_connected_network():
    interface = Interface(
        "x0",
        9,
        (ipaddress.IPv4Interface("10.1.0.5/24"), ipaddress.IPv4Interface("10.1.0.6/24")),
        (ipaddress.IPv6Interface("fe80::5/64"), ipaddress.IPv6Interface("fd00:1::5/64")),
        multicast=True,
        loopback=False,
        up=True,
    )
    assert [str(network) for network in interface.networks] == ["10.1.0.0/24", "fd00:1::/64"]
    assert str(interface) == "x0 10.1.0.5/24 10.1.0.6/24 fe80::5/64 fd00:1::5/64"


def test_an_alias_is_the_interface_that_it_belongs_to(monkeypatch):
    """getifaddrs(3) lists the label ``lo:1`` as if it were an interface of its own."""
    index = socket.if_nametoindex("lo")
    monkeypatch.setattr(
        ifaddr,
        "get_adapters",
        lambda include_unconfigured: [
            ifaddr.Adapter("lo", "lo", [ifaddr.IP("127.0.0.1", 8, "lo")], index),
            ifaddr.Adapter("lo:1", "lo:1", [ifaddr.IP("127.9.9.9", 32, "lo:1")], index),
        ],
    )
    (found,) = interfaces()
    assert found.name == "lo"
    assert found.addresses == ("127.0.0.1", "127.9.9.9")


def test_an_interface_that_went_away_is_left_out(monkeypatch):
    gone = 2_000_000_000
    monkeypatch.setattr(
        ifaddr, "get_adapters", lambda include_unconfigured: [ifaddr.Adapter("gone0", "gone0", [], gone)]
    )
    assert interfaces() == ()
    assert room._flags("gone0") == 0


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.7.6", "::1"])
def test_loopback_addresses_go_over_loopback(address):
    assert interface_towards(address) == "lo"


def test_a_zone_names_its_interface():
    assert interface_towards("fe80::1%lo") == "lo"


class FakeRoute:
    def __init__(self, answers):
        self.answers = answers

    def route(self, command, dst, family):
        if self.answers is None:
            raise NetlinkError(101, "Network is unreachable")
        return self.answers


@pytest.mark.parametrize("answers", [None, [], [nlmsg()]])
def test_an_address_without_a_route_has_no_interface(monkeypatch, answers):
    monkeypatch.setattr(room.netlink, "ask", lambda question: question(FakeRoute(answers)))
    assert interface_towards("10.1.2.3") is None


def test_loopback_has_a_carrier_and_looks_nobody_up():
    assert carrier_changes()["lo"] >= 0
    assert loopback().looks_up


def test_a_word_is_no_address():
    with pytest.raises(ValueError, match="camera"):
        interface_towards("camera")

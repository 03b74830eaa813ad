"""Frames on a real wire: neighbours by ARP and by echo, and what the kernel's table says afterwards."""

from __future__ import annotations

import contextlib
import socket

import pytest

from scanner.policy.gate import Gate, Link
from scanner.policy.rules import Limits
from scanner.scope import Scope, parse_target
from scanner.transports.frames import Frames
from scanner.transports.interfaces import interfaces
from scanner.transports.neighbours import neighbours

pytestmark = pytest.mark.netns


def frames(name: str = "near1") -> Frames:
    scope = Scope.of([parse_target("10.77.1.0/24"), parse_target("fd77:1::/112")])
    gate = Gate(scope, Limits(rate=5000), links=[Link(name, 0, (), "named")])
    interface = next(known for known in interfaces() if known.name == name)
    return Frames(gate, interface, asked_at=(0, 0.1), wait=0.2)


def test_arp_finds_the_neighbours_of_a_whole_prefix_and_only_there(sites):
    sites.near1.ip("address", "add", "10.77.1.11/24", "dev", "lan")
    other, wire = sites.near2.tap("lan"), sites.near1.tap("lan")
    addresses = [f"10.77.1.{last}" for last in range(3, 255)]
    heard = sites.scanner.run(lambda: frames().who_has(addresses))
    assert {found.address for found in heard.found} == {"10.77.1.10", "10.77.1.11"}
    assert len({found.mac for found in heard.found}) == 1
    assert heard.reductions == ()
    assert heard.sent == 252 + 250
    assert other.said() == []
    assert {frame[12:14] for frame in wire.said()} == {b"\x08\x06"}


def test_an_echo_to_all_nodes_finds_link_local_and_global_addresses(sites):
    heard = sites.scanner.run(lambda: frames().all_nodes())
    found = {neighbour.address for neighbour in heard.found}
    assert "fd77:1::10" in found
    assert any(address.startswith("fe80::") for address in found)
    assert heard.reductions == ()
    assert all(neighbour.mac and neighbour.interface == "near1" for neighbour in heard.found)


def test_loopback_carries_no_frames(sites):
    heard = sites.scanner.run(lambda: frames("lo").who_has(["127.0.0.2"]))
    assert heard.reductions[0].reason == "no raw socket: lo is no Ethernet"


def test_the_kernels_table_shows_who_is_there_and_who_is_not(sites):
    def connect_to_both():
        for address in ("10.77.1.10", "10.77.1.200"):
            with socket.socket() as sock, contextlib.suppress(OSError):
                sock.settimeout(4)
                sock.connect((address, 80))
        return {(found.address, found.interface): found for found in neighbours()}

    table = sites.scanner.run(connect_to_both)
    assert table["10.77.1.10", "near1"].present
    assert table["10.77.1.200", "near1"].state == "failed"
    assert not table["10.77.1.200", "near1"].present

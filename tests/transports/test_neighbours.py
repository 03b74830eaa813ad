from __future__ import annotations

import socket

from scanner.transports.neighbours import Neighbour, _entries, neighbours

LO = socket.if_nametoindex("lo")


class Message(dict):
    def get_attr(self, name):
        return self["attrs"].get(name)


def entry(address, mac, state, index=LO):
    return Message(state=state, ifindex=index, attrs={"NDA_DST": address, "NDA_LLADDR": mac})


def test_the_kernel_can_be_asked():
    assert all(isinstance(found, Neighbour) for found in neighbours())


def test_a_present_neighbour_has_its_mac_in_lower_case():
    (found,) = _entries([entry("10.0.0.5", "AA:BB:CC:00:11:22", 0x02)])
    assert found == Neighbour("10.0.0.5", "aa:bb:cc:00:11:22", "lo", "reachable")
    assert found.present


def test_failed_and_unfinished_look_ups_are_kept_and_not_present():
    found = list(_entries([entry("10.0.0.6", None, 0x20), entry("10.0.0.7", "00:00:00:00:00:00", 0x01)]))
    assert [(one.state, one.mac, one.present) for one in found] == [
        ("failed", None, False),
        ("incomplete", None, False),
    ]


def test_groups_our_own_entries_and_lost_interfaces_are_left_out():
    messages = [
        entry("ff02::1", "33:33:00:00:00:01", 0x40),
        entry("ff02::16", "33:33:00:00:00:16", 0x02),
        entry("0.0.0.0", "00:00:00:00:00:00", 0x02),
        entry(None, None, 0x02),
        entry("10.0.0.8", "aa:bb:cc:00:11:22", 0x02, index=2_000_000_000),
        entry("10.0.0.9", "aa:bb:cc:00:11:22", 0x00),
    ]
    assert list(_entries(messages)) == []

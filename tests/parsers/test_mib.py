from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.parsers import mib
from scanner.parsers.mib import AddressRow, ForwardingRow, LldpNeighbour

MAC = b"\x44\x19\xb6\x00\x00\x01"
TEXT = "44:19:b6:00:00:01"
V4 = (3, 1, 4, 10, 0, 0, 7)
V6 = (3, 2, 16, 0xFD, *[0] * 14, 7)
FDB = tuple(MAC)


def test_a_neighbour_of_either_family_is_read():
    rows = list(mib.net_to_physical([(V4, MAC), (V6, MAC)], [(V4, 3), (V6, 3)], [(V4, 1), (V6, 2)]))

    assert rows == [AddressRow("10.0.0.7", TEXT), AddressRow("fd00::7", TEXT)]


def test_an_address_with_a_zone_is_read_without_it():
    with_zone = (3, 3, 8, 10, 0, 0, 7, 0, 0, 0, 9)

    assert list(mib.net_to_physical([(with_zone, MAC)])) == [AddressRow("10.0.0.7", TEXT)]


@pytest.mark.parametrize(
    ("index", "value", "kind", "state"),
    [
        (V4, bytes(6), 3, 1),  # all zeros: asked for and not found
        (V4, b"", 3, 1),
        (V4, MAC + b"\x00", 3, 1),
        (V4, b"\xff" * 6, 3, 1),
        (V4, b"\x01\x00\x5e\x00\x00\x01", 3, 1),
        (V4, "text", 3, 1),
        (V4, MAC, 2, 1),  # invalid
        (V4, MAC, 3, 5),
        (V4, MAC, 3, 7),  # incomplete
        ((3, 1, 4, 10, 0, 0), MAC, 3, 1),
        ((3, 1, 4, 10, 0, 0, 300), MAC, 3, 1),
        ((3, 1, 16, *[0] * 16), MAC, 3, 1),
        ((3, 9, 4, 10, 0, 0, 7), MAC, 3, 1),
        ((3, 1, 4, 224, 0, 0, 1), MAC, 3, 1),
        ((3, 2, 16, 0xFE, 0x80, *[0] * 13, 1), MAC, 3, 1),  # its link is not ours
        ((), MAC, 3, 1),
    ],
)
def test_a_row_that_shows_no_device_is_left_out(index, value, kind, state):
    assert list(mib.net_to_physical([(index, value)], [(index, kind)], [(index, state)])) == []


def test_a_row_whose_other_columns_were_not_read_counts():
    assert list(mib.net_to_physical([(V4, MAC)])) == [AddressRow("10.0.0.7", TEXT)]


def test_the_old_table_is_read_alike():
    index = (3, 10, 0, 0, 7)

    assert list(mib.net_to_media([(index, MAC)], [(index, 3)])) == [AddressRow("10.0.0.7", TEXT)]
    assert list(mib.net_to_media([(index, MAC)], [(index, 2)])) == []
    assert list(mib.net_to_media([(index, bytes(6)), ((3, 10, 0), MAC)])) == []


def test_a_forwarding_row_is_a_learnt_address_and_its_port():
    assert list(mib.bridge_forwarding([(FDB, 7)], [(FDB, 3)], "20")) == [ForwardingRow(TEXT, 7, "20")]


@pytest.mark.parametrize(("port", "state"), [(7, 4), (7, 2), (0, 3), (-1, 3), ("7", 3), (None, 3)])
def test_the_switchs_own_address_and_a_port_that_is_not_known_are_left_out(port, state):
    assert list(mib.bridge_forwarding([(FDB, port)], [(FDB, state)])) == []
    assert list(mib.vlan_forwarding([((20, *FDB), port)], [((20, *FDB), state)])) == []


def test_a_database_is_the_vlan_that_the_switch_says():
    ports = [((1, *FDB), 7), ((2, *FDB), 8), ((3, *FDB), 9)]
    vlans = [((0, 10), 1), ((0, 20), 2), ((0, 21), 2)]

    assert list(mib.vlan_forwarding(ports, (), vlans)) == [
        ForwardingRow(TEXT, 7, "10"),
        ForwardingRow(TEXT, 8, ""),  # shared by two VLANs
        ForwardingRow(TEXT, 9, ""),
    ]


def test_without_that_word_the_database_is_the_vlan():
    assert list(mib.vlan_forwarding([((20, *FDB), 7), ((70000, *FDB), 8)])) == [
        ForwardingRow(TEXT, 7, "20"),
        ForwardingRow(TEXT, 8, ""),
    ]


@pytest.mark.parametrize(
    ("capabilities", "switching"),
    [
        (b"\x20\x00", True),  # bridge
        (b"\x28\x00", True),  # bridge and router
        (b"\x40\x00", True),  # repeater
        (b"\x08", True),  # router
        (b"\x24\x00", False),  # a telephone with a socket for a computer
        (b"\x01\x00", False),  # a station
        (b"", False),
        (b"\x00\x80", False),
    ],
)
def test_a_neighbour_forwards_by_its_own_word(capabilities, switching):
    index = (0, 3, 1)

    (found,) = mib.lldp_neighbours([(index, capabilities)], [(index, 4)], [(index, MAC)], [(index, b"sw2")])

    assert found == LldpNeighbour(3, switching, TEXT, "sw2")


def test_a_neighbour_that_names_itself_otherwise_has_no_mac():
    index = (0, 3, 1)

    assert list(mib.lldp_neighbours([], [(index, 7)], [(index, MAC)])) == [LldpNeighbour(3, False)]
    assert list(mib.lldp_neighbours([((3,), b"\x20")])) == []


def test_a_port_of_lldp_has_the_names_that_are_text():
    ports = mib.lldp_ports(
        [((1,), 5), ((2,), 3)], [((1,), b"Gi1/0/1"), ((2,), MAC)], [((1,), b"uplink"), ((3,), b"Gi1/0/3")]
    )

    assert ports == {1: ("Gi1/0/1", "uplink"), 2: (), 3: ("Gi1/0/3",)}


def test_vlans_in_operation_are_listed_in_order_without_the_reserved_ones():
    states = [((1, 20), 1), ((1, 3), 1), ((1, 30), 2), ((1, 1002), 1), ((1, 5000), 1), ((1,), 1)]

    assert mib.vtp_vlans(states) == ("3", "20")


def test_vlans_are_read_from_the_names_of_logical_entities():
    rows = [
        ((1,), b"vlan10"),
        ((2,), b"VLAN0020"),
        ((3,), b"vlan-30"),
        ((4,), b"chassis"),
        ((5,), b"vlan1003"),
    ]

    assert mib.logical_vlans(rows) == ("10", "20", "30")


def test_names_are_visible_and_bounded():
    assert mib.text(b"sw\x1b[31m1\x00") == "sw [31m1"
    assert len(mib.text(b"x" * 500)) == mib.NAME_LIMIT
    assert mib.text(None) == ""
    assert mib.names([((1,), b"eth0"), ((2,), b"\x00"), ((3, 4), b"x")]) == {1: "eth0"}
    assert mib.numbers([((1,), 7), ((2,), b"7"), ((), 1)]) == {1: 7}


def test_two_columns_of_a_table_are_compared_by_their_rows():
    assert mib.unlike([((1,), 1), ((2,), 1)], [((2,), 3), ((3,), 3)]) == 2


INDEX = st.lists(st.integers(0, 1 << 32), max_size=24).map(tuple)
VALUES = st.one_of(st.none(), st.binary(max_size=20), st.integers(-2, 1 << 33), st.text(max_size=8))
ROWS = st.lists(st.tuples(INDEX, VALUES), max_size=6)


@given(ROWS, ROWS, ROWS, ROWS)
def test_hostile_rows_raise_nothing(first, second, third, fourth):
    for rows in (
        mib.net_to_physical(first, second, third),
        mib.net_to_media(first, second),
        mib.bridge_forwarding(first, second),
        mib.vlan_forwarding(first, second, third),
        mib.lldp_neighbours(first, second, third, fourth),
        mib.lldp_ports(first, second, third),
        mib.vtp_vlans(first),
        mib.logical_vlans(first),
        mib.names(first),
    ):
        for _ in rows:
            pass

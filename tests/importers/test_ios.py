"""Tables of Cisco: who holds an address, who sits behind a port."""

from __future__ import annotations

from scanner.importers.ios import IMPORTER


def places(rows):
    return [(one.mac, one.address, one.vlan, one.port) for row in rows for one in row.sightings]


def test_an_arp_table_ties_addresses_to_macs(rows_of, sample):
    rows = rows_of(IMPORTER, sample("cisco-ios-arp.txt"))

    assert ("c4:f7:d5:64:b7:16", "10.100.88.1", "10", "") in places(rows)
    assert [row.names for row in rows if row.names] == [("10.100.88.199",)]


def test_a_mac_table_ties_macs_to_ports_and_needs_no_address(rows_of, used, sample):
    rows = used(rows_of(IMPORTER, sample("cisco-ios-mac.txt")))

    assert ("c8:69:cd:54:1f:71", "", "2", "Gi1/0/7") in places(rows)
    assert rows[0].observations[0].host == rows[0].sightings[0].mac


def test_each_form_of_the_mac_table_has_port_and_vlan(rows_of, used, sample):
    for name, vlan, port in (
        ("cisco-ios-mac-old.txt", "1", "FastEthernet0/1"),
        ("cisco-ios-mac-chassis.txt", "40", "Te1/8"),
        ("cisco-ios-mac-protocols.txt", "46", "TenGigabitEthernet5/1"),
        ("cisco-nxos-mac.txt", "100", "sup-eth1(R)"),
    ):
        assert places(used(rows_of(IMPORTER, sample(name))))[0][2:] == (vlan, port)


def test_the_physical_interface_of_nxos_is_the_port(rows_of, sample):
    assert places(rows_of(IMPORTER, sample("cisco-nxos-arp-detail.txt")))[0][1:] == (
        "198.51.1.92",
        "701",
        "port-channel222",
    )


def test_a_session_has_its_switch_and_its_uplink(rows_of, sample):
    seen = [one for row in rows_of(IMPORTER, sample("cisco-session.txt")) for one in row.sightings]

    assert {one.switch for one in seen} == {"core1"}
    assert {one.port: one.uplink for one in seen if not one.address} == {"Gi1/0/7": False, "Po1": True}


def test_hostile_columns_cost_little(rows_of, quickly):
    quickly(
        rows_of,
        IMPORTER,
        "1 4419.b600.5301 dynamic " + "yes - " * 600 + "\n" + "192.0.2.1 " + " " * 4000 + "\n",
    )
    quickly(rows_of, IMPORTER, (" " * 4000 + "\n" + "*" * 4000 + "\n" + "1 " * 2000 + "\n") * 20)


def test_an_interface_of_a_router_is_no_port_of_a_switch_for_ipv6_either(rows_of, used):
    text = (
        "r1#show ipv6 neighbors\n"
        "IPv6 Address                              Age Link-layer Addr State Interface\n"
        "2001:DB8::20                                0 4419.b600.5301  REACH Gi0/0\n"
        "2001:DB8::21                                3 4419.b600.5302  STALE Vl10\n"
    )

    first, second = (row.sightings[0] for row in used(rows_of(IMPORTER, text)))

    assert (first.address, first.port, second.port, second.vlan) == ("2001:db8::20", "", "", "10")


def test_what_is_behind_a_peer_link_or_a_tunnel_has_no_port_here(rows_of, used):
    text = (
        "   VLAN     MAC Address      Type      age     Secure NTFY Ports\n"
        "*   10     4419.b600.5301   dynamic  0         F      F    Eth1/7\n"
        "+   10     4419.b600.5302   dynamic  NA        F      F    vPC Peer-Link(R)\n"
        "C   10     4419.b600.5303   dynamic  NA        F      F    nve1(192.0.2.254)\n"
        "G    -     0022.bdf8.1b7f   static   -         F      F    sup-eth1(R)\n"
    )

    seen = [row.sightings[0] for row in used(rows_of(IMPORTER, text))]

    assert [(one.port, one.vlan, one.uplink) for one in seen] == [
        ("Eth1/7", "10", False),
        ("vPC Peer-Link(R)", "10", True),
        ("nve1(192.0.2.254)", "10", True),
        ("sup-eth1(R)", "", False),
    ]


def test_private_vlans_and_the_table_of_xr_are_read(rows_of, used):
    for heading, line in (
        (
            "Protocol  Address          Age (min)  Hardware Addr   Type   Interface",
            "Internet  192.0.2.20             145  4419.b600.5301  SNAP   Vlan10 pv 20",
        ),
        (
            "Address         Age        Hardware Addr   State      Type  Interface",
            "192.0.2.20      00:35:25   4419.b600.5301  Dynamic    ARPA  GigabitEthernet0/0/0/2",
        ),
    ):
        text = f"{heading}\n{line}\n"
        assert IMPORTER.recognises(text.encode())
        (row,) = used(rows_of(IMPORTER, text))
        assert (row.sightings[0].address, row.sightings[0].port) == ("192.0.2.20", "")

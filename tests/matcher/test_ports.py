from __future__ import annotations

import pytest

from scanner.matcher.ports import MANY, MANY_IN_PART, SwitchTables, sightings
from scanner.model.sighting import Sighting
from scanner.parsers.mib import AddressRow, ForwardingRow, LldpNeighbour

CAMERA, SWITCH, CORE = "44:19:b6:00:00:01", "00:00:0c:00:00:02", "00:00:0c:00:00:01"
ADDRESS = "10.1.0.7"
WANTED = {CAMERA: (ADDRESS,)}
PORTS = {1: "Gi1/0/1", 2: "Gi1/0/2", 24: "Gi1/0/24"}
BASE = {("", number): number for number in PORTS}


def others(count: int, port: int) -> tuple[ForwardingRow, ...]:
    return tuple(ForwardingRow(f"00:00:74:00:00:{number:02x}", port) for number in range(count))


def switch(*rows: ForwardingRow, address: str = "10.9.0.2", name: str = "access", **more) -> SwitchTables:
    tables = {"interface_names": PORTS, "base_ports": BASE} | more
    return SwitchTables(address, name, forwarding=rows, **tables)


def seats(*tables: SwitchTables) -> list[tuple[str, str]]:
    """Switch and port of each sighting that is no uplink."""
    return [(one.switch, one.port) for one in sightings(tables, WANTED, "") if one.port and not one.uplink]


def test_a_device_is_at_the_port_that_learnt_its_mac():
    (found,) = sightings([switch(ForwardingRow(CAMERA, 2, "20"))], WANTED, "2026-11-25T00:00:00Z")

    assert found == Sighting(
        CAMERA,
        ADDRESS,
        "access",
        "Gi1/0/2",
        "20",
        False,
        "forwarding table of 10.9.0.2",
        "2026-11-25T00:00:00Z",
    )


def test_nobody_elses_mac_is_recorded():
    assert list(sightings([switch(*others(3, 2))], WANTED, "")) == []


def test_a_port_with_many_macs_is_an_uplink():
    camera = ForwardingRow(CAMERA, 24)

    assert seats(switch(camera, *others(MANY - 1, 24))) == [("access", "Gi1/0/24")]
    assert seats(switch(camera, *others(MANY, 24))) == []


def test_of_a_table_that_was_read_in_part_only_a_quiet_port_is_told_and_the_doubt_stays_with_it():
    """Half of the MACs behind an uplink look like a small switch under a desk."""
    camera = ForwardingRow(CAMERA, 24)

    assert seats(switch(camera, *others(MANY_IN_PART, 24), in_part=True)) == []
    (found,) = sightings([switch(camera, *others(MANY_IN_PART - 1, 24), in_part=True)], WANTED, "")
    assert (found.uplink, found.source) == (False, "forwarding table of 10.9.0.2, read in part")


def test_the_same_mac_in_many_vlans_is_one_mac():
    rows = [ForwardingRow(CAMERA, 2, str(vlan)) for vlan in range(1, MANY + 5)]

    assert seats(switch(*rows)) == [("access", "Gi1/0/2")] * len(rows)


def test_a_port_with_a_neighbour_that_forwards_is_an_uplink_whatever_is_behind_it():
    bridge = LldpNeighbour(24, switching=True)

    assert seats(switch(ForwardingRow(CAMERA, 24), neighbours=(bridge,))) == []


def test_a_telephone_or_a_camera_that_speaks_lldp_makes_no_uplink():
    station = LldpNeighbour(2, switching=False, chassis=CAMERA)

    assert seats(switch(ForwardingRow(CAMERA, 2), neighbours=(station,))) == [("access", "Gi1/0/2")]


def test_a_switch_of_the_maker_is_at_the_port_at_which_it_is_the_neighbour_itself():
    itself = LldpNeighbour(24, switching=True, chassis=CAMERA)

    assert seats(switch(ForwardingRow(CAMERA, 24), *others(20, 24), neighbours=(itself,))) == [
        ("access", "Gi1/0/24")
    ]


def test_the_camera_behind_an_uplink_is_at_the_switch_behind_it():
    core = switch(
        ForwardingRow(CAMERA, 1),
        address="10.9.0.1",
        name="core",
        neighbours=(LldpNeighbour(1, switching=True),),
    )

    assert seats(core, switch(ForwardingRow(CAMERA, 2))) == [("access", "Gi1/0/2")]


def test_a_port_behind_which_another_read_switch_answers_is_an_uplink_without_lldp():
    core = switch(
        ForwardingRow(CAMERA, 1), ForwardingRow(SWITCH, 1), address="10.9.0.1", name="core",
        addresses=(AddressRow("10.9.0.2", SWITCH),),
    )  # fmt: skip

    assert seats(core, switch(ForwardingRow(CAMERA, 2), *others(1, 2))) == [("access", "Gi1/0/2")]


def test_of_two_switches_that_claim_a_device_the_quieter_port_is_the_nearer():
    core = switch(ForwardingRow(CAMERA, 1), *others(4, 1), address="10.9.0.1", name="core")

    assert seats(core, switch(ForwardingRow(CAMERA, 2))) == [("access", "Gi1/0/2")]


@pytest.mark.parametrize(
    "name", ["Po1", "Port-channel12", "ae0.0", "Trk3", "Bridge-Aggregation1", "lag 5", "bond0"]
)
def test_sockets_that_are_used_as_one_stand_behind_a_single_one(name):
    core = switch(ForwardingRow(CAMERA, 1), address="10.9.0.1", name="core", interface_names={1: name})

    assert seats(core, switch(ForwardingRow(CAMERA, 2), *others(3, 2))) == [("access", "Gi1/0/2")]
    assert seats(core) == [("core", name)]
    assert [one.bundle for one in sightings([core], WANTED, "")] == [True]


@pytest.mark.parametrize("name", ["Gi1/0/1", "bridge port 3", "Port 7", "aeroport1", "poe1x", "", "1/A10"])
def test_a_single_socket_is_no_bundle(name):
    assert not Sighting(CAMERA, port=name).bundle


@pytest.mark.parametrize(
    ("ports", "place"),
    [
        ({24: ("Gi1/0/1",)}, 1),  # by the name of the port
        ({24: ("gi1/0/1",)}, 1),
        ({24: ("unheard of",)}, 24),  # by the number of the interface
        ({}, 24),
    ],
)
def test_a_port_of_lldp_is_found_by_its_name_else_by_its_number(ports, place):
    tables = switch(neighbours=(LldpNeighbour(24, switching=True),), lldp_ports=ports)

    assert tables.lldp_interface(24) == place


def test_a_port_of_lldp_may_be_named_by_its_description_or_numbered_like_the_bridge():
    tables = switch(interface_words={7: "GigabitEthernet1/0/7"}, lldp_ports={3: ("gigabitethernet1/0/7",)})

    assert tables.lldp_interface(3) == 7
    assert SwitchTables("10.9.0.2", base_ports={("", 3): 40}).lldp_interface(3) == 40
    assert SwitchTables("10.9.0.2").lldp_interface(3) is None


def test_bridge_ports_of_a_vlan_are_its_own():
    tables = switch(ForwardingRow(CAMERA, 2, "20"), base_ports={("20", 2): 24, ("", 2): 1})

    assert seats(tables) == [("access", "Gi1/0/24")]


def test_a_port_without_a_name_is_told_by_its_number():
    row = ForwardingRow(CAMERA, 2)

    assert seats(switch(row, base_ports={})) == [("access", "bridge port 2")]
    assert seats(switch(row, interface_names={})) == [("access", "interface 2")]


def test_a_row_that_names_its_vlan_stands_for_the_same_without():
    found = list(sightings([switch(ForwardingRow(CAMERA, 2), ForwardingRow(CAMERA, 2, "20"))], WANTED, ""))

    assert [one.vlan for one in found] == ["20"]


def test_switches_of_one_name_are_told_apart_and_one_without_a_name_is_its_address():
    row = ForwardingRow(CAMERA, 2)
    found = sightings(
        [switch(row), switch(row, address="10.9.0.3"), switch(row, address="10.9.0.4", name="")], WANTED, ""
    )

    assert [one.switch for one in found] == ["access (10.9.0.2)", "access (10.9.0.3)", "10.9.0.4"]


def test_an_address_without_a_port_is_still_the_routers_word():
    router = SwitchTables(
        "10.9.0.1", "core", addresses=(AddressRow(ADDRESS, CAMERA), AddressRow("10.1.0.8", CORE))
    )

    (found,) = sightings([router], WANTED, "")

    assert (found.address, found.mac, found.port, found.source) == (
        ADDRESS, CAMERA, "", "address table of 10.9.0.1"
    )  # fmt: skip

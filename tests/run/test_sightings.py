"""From rows of switches and routers to the port of a device."""

from __future__ import annotations

from scanner.model.device import Device
from scanner.model.sighting import Sighting
from scanner.run.sightings import PORTS_AT_MOST, Sightings

MAC = "44:19:b6:01:02:03"
ROUTERS = "00:00:5e:00:01:01"


def device(*addresses: str, mac: str | None = MAC) -> Device:
    return Device(id="d", addresses=addresses, mac=mac)


def kept(*rows: Sighting) -> Sightings:
    sightings = Sightings()
    for row in rows:
        sightings.add(row)
    return sightings


def test_a_device_is_at_the_port_of_its_mac():
    sightings = kept(
        Sighting(MAC, switch="sw", port="Gi1/0/7"), Sighting(ROUTERS, switch="sw", port="Gi1/0/1")
    )

    assert [one.port for one in sightings.at_ports_of(device("10.0.0.5"))] == ["Gi1/0/7"]


def test_an_uplink_is_never_the_port():
    sightings = kept(Sighting(MAC, switch="core", port="Te1/1", uplink=True))

    assert sightings.at_ports_of(device("10.0.0.5")) == ()


def test_a_row_without_a_port_gives_the_mac_of_an_address_and_no_port():
    sightings = kept(Sighting(MAC, "10.0.0.5", switch="router"))

    assert sightings.macs_of("10.0.0.5") == (MAC,)
    assert sightings.at_ports_of(device("10.0.0.5")) == ()


def test_a_device_that_told_no_mac_is_found_by_the_tables_word_on_its_address():
    sightings = kept(Sighting(MAC, "10.0.0.5", switch="router"), Sighting(MAC, switch="sw", port="Gi1/0/7"))

    assert [one.port for one in sightings.at_ports_of(device("10.0.0.5", mac=None))] == ["Gi1/0/7"]


def test_a_devices_own_word_on_its_mac_is_believed_before_a_routers():
    sightings = kept(Sighting(ROUTERS, "10.0.0.5"), Sighting(ROUTERS, switch="sw", port="Gi1/0/1"))

    assert sightings.at_ports_of(device("10.0.0.5")) == ()


def test_the_same_port_is_kept_once_as_it_was_seen_last():
    rows = [
        Sighting(MAC, switch="sw", port="Gi1/0/7", at=at) for at in ("2026-01-02", "2026-01-03", "2026-01-01")
    ]

    assert [one.at for one in kept(*rows).at_ports_of(device())] == ["2026-01-03"]


def test_the_ports_of_one_mac_are_bounded():
    rows = [Sighting(MAC, switch="sw", port=f"Gi1/0/{number}") for number in range(500)]

    assert len(kept(*rows).at_ports_of(device())) == PORTS_AT_MOST


def test_several_runs_are_one():
    whole = Sightings.of([kept(Sighting(MAC, "10.0.0.5")), kept(Sighting(MAC, switch="sw", port="7"))])

    assert [one.port for one in whole.at_ports_of(device("10.0.0.5", mac=None))] == ["7"]

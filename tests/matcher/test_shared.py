"""What users of other tools met: names that many carry, devices that came twice. Each report is a test."""

from __future__ import annotations

from scanner.matcher import join
from scanner.matcher.identity import device_id, names_of
from scanner.matcher.shared import MANY_ADDRESSES, shared_names
from scanner.model.device import Device
from scanner.model.evidence import Maker
from scanner.model.identity import Identity, Name, Rung

SERIAL = "DS-2CD2385G1-I20200414AAWRE33842150"
MAC, OTHER_MAC = "44:19:b6:01:02:03", "44:19:b6:01:02:04"
ENDPOINTS = tuple(f"48300000-4444-11b5-8000-4419b601020{last}" for last in range(6))


def make(*addresses, endpoint=None, tls_key=None, **changes):
    names = names_of(
        changes.get("serial"), None, changes.get("mac"), endpoint, tls_key, changes.get("serial")
    )
    name = names[0] if names else Name(Rung.ADDRESS, min(addresses))
    identity = Identity(name.rung, name.key)
    return Device(id=device_id(name), addresses=addresses, names=names, identity=identity, **changes)


def rungs(devices):
    return [device.identity.rung for device in devices]


def test_u30_a_serial_number_of_a_whole_model_gives_way_to_the_endpoint_reference():
    """edgexfoundry/device-onvif-camera#2."""
    cameras = [make(f"192.0.2.{place}", serial="C2007654", endpoint=ENDPOINTS[place]) for place in range(3)]
    found = join(cameras)
    assert len({device.id for device in found}) == 3
    assert rungs(found) == [Rung.ENDPOINT] * 3
    assert "is that of things that differ" in found[0].identity.reasons[-1]


def test_u30_without_an_endpoint_reference_the_tls_key_beside_the_serial_number_names_it():
    cameras = [make(f"192.0.2.{place}", serial="C2007654", endpoint=ENDPOINTS[place]) for place in range(2)]
    third = make("192.0.2.9", serial="C2007654", tls_key="ab" * 32)
    found = join([*cameras, third])
    assert rungs(found) == [Rung.ENDPOINT, Rung.ENDPOINT, Rung.TLS]


def test_u31_a_mac_address_of_two_cameras_joins_nothing():
    """home-assistant/core#59218, #97258, #162687: by serial, by model, by endpoint reference."""
    for one, two in (
        ({"serial": SERIAL}, {"serial": "E33842151"}),
        ({"model": "DS-2CD2032-I"}, {"model": "DS-2CD2042-I"}),
        ({"endpoint": ENDPOINTS[0]}, {"endpoint": ENDPOINTS[1]}),
    ):
        found = join([make("192.0.2.1", mac=MAC, **one), make("192.0.2.2", mac=MAC, **two)])
        assert len(found) == 2
        assert len({device.id for device in found}) == 2
        assert Rung.MAC not in rungs(found)
        assert all("MAC address" in device.identity.reasons[-1] for device in found)


def test_u32_a_camera_heard_on_two_interfaces_is_one_row_with_both_addresses():
    """vicmaeg/onvif-discovery#17."""
    (device,) = join(
        [make("192.0.2.1", endpoint=ENDPOINTS[0]), make("198.51.100.1", "fe80::1", endpoint=ENDPOINTS[0])]
    )
    assert device.addresses == ("192.0.2.1", "198.51.100.1", "fe80::1")
    assert device.identity.rung is Rung.ENDPOINT
    assert device.identity.reasons[0].startswith(
        "192.0.2.1, 198.51.100.1, fe80::1: the same endpoint reference"
    )


def test_u32_a_recorder_with_two_interfaces_is_one_row_though_each_has_a_mac_and_a_reference():
    (device,) = join(
        [
            make("192.0.2.1", serial=SERIAL, mac=MAC, endpoint=ENDPOINTS[0]),
            make("198.51.100.1", serial="E33842150", mac=OTHER_MAC, endpoint=ENDPOINTS[1]),
        ]
    )
    assert device.identity == Identity(Rung.SERIAL, "E33842150", device.identity.reasons)
    assert device.mac == MAC


def test_u32_a_camera_that_was_started_again_keeps_its_row():
    """home-assistant/core#69661: a new address, the same names."""
    before, after = make("192.0.2.1", mac=MAC), make("192.0.2.77", mac=MAC)
    (device,) = join([before, after])
    assert device.id == before.id == after.id


def test_u33_one_mac_address_at_many_addresses_is_a_router_and_none_of_them():
    """NetAlertX#859: a trunk."""
    few = [make(f"192.0.2.{last}", mac=MAC) for last in range(MANY_ADDRESSES)]
    assert len(join(few)) == 1
    many = join([*few, make("192.0.2.200", mac=MAC)])
    assert len(many) == MANY_ADDRESSES + 1
    assert rungs(many) == [Rung.ADDRESS] * len(many)


def test_u33_u34_a_random_mac_address_names_no_device():
    """NetAlertX#731, #959; netaddr#236: the second-lowest bit says that it was made up."""
    for local in ("02:19:b6:01:02:03", "da:a1:19:01:02:03"):
        found = join([Device("a", ("192.0.2.1",), mac=local), Device("b", ("192.0.2.2",), mac=local)])
        assert len(found) == 2


def test_u35_a_device_that_moved_to_another_site_keeps_its_id():
    """orb-discovery#268, orb-agent#167."""
    here = make("192.0.2.1", serial=SERIAL, mac=MAC)
    there = make("10.99.0.7", serial="E33842150", mac=OTHER_MAC)
    assert here.id == there.id
    assert make("192.0.2.1", endpoint=ENDPOINTS[0]).id == make("10.99.0.7", endpoint=ENDPOINTS[0]).id


def test_joining_what_was_joined_changes_nothing():
    devices = join(
        [
            make("192.0.2.1", serial=SERIAL, mac=MAC),
            make("192.0.2.2", serial="E33842150"),
            make("192.0.2.3", mac=OTHER_MAC, model="A1"),
            make("192.0.2.4", mac=OTHER_MAC, model="B2"),
        ]
    )
    assert join(devices) == devices
    assert len(devices) == 3


def test_an_endpoint_reference_of_things_with_other_serial_numbers_is_a_firmwares():
    found = [
        make("192.0.2.1", serial=SERIAL, endpoint=ENDPOINTS[0]),
        make("192.0.2.2", serial="E33842151", endpoint=ENDPOINTS[0]),
    ]
    assert set(shared_names(found)) == {Name(Rung.ENDPOINT, ENDPOINTS[0])}
    assert len(join(found)) == 2


def test_two_makers_with_one_mac_address_are_two_things():
    found = [
        make("192.0.2.1", mac=MAC, evidenced_maker=Maker.HIKVISION),
        make("192.0.2.2", mac=MAC, evidenced_maker=Maker.OTHER),
    ]
    assert set(shared_names(found)) == {Name(Rung.MAC, MAC)}

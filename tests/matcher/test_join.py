"""Several addresses, one device."""

from __future__ import annotations

from scanner.matcher import join
from scanner.model.device import Confidence, Device, DeviceClass
from scanner.model.evidence import Maker

SERIAL = "DS-2CD2385G1-I20200414AAWRE33842150"
MAC = "44:19:b6:01:02:03"


def make(address, **changes):
    values = {"id": f"dev-{address}", "addresses": (address,), **changes}
    return Device(**values)


def test_a_shared_serial_makes_one_row(evidence):
    first = make("192.0.2.1", serial=SERIAL, evidence=(evidence(),), mac=MAC)
    second = make(
        "fe80::1", serial="E33842150", device_class=DeviceClass.CAMERA, evidence=(evidence(family="oui"),)
    )
    (device,) = join([first, second])
    assert device.addresses == ("192.0.2.1", "fe80::1")
    assert device.device_class is DeviceClass.CAMERA
    assert {one.family for one in device.evidence} == {"realm", "oui"}
    assert device.id == join([first])[0].id or device.id.startswith("dev-")


def test_a_shared_address_of_the_card_makes_one_row_and_a_local_one_does_not():
    assert len(join([make("a", mac=MAC), make("b", mac=MAC)])) == 1
    assert len(join([make("a", mac="02:00:00:00:00:01"), make("b", mac="02:00:00:00:00:01")])) == 2


def test_without_a_shared_identity_nothing_is_touched():
    devices = [make("a", serial=SERIAL), make("b"), make("c", mac=MAC)]
    assert join(devices) == devices


def test_the_higher_level_is_believed_and_the_other_maker_is_said():
    found = make(
        "a",
        serial=SERIAL,
        evidenced_maker=Maker.HIKVISION,
        confidence=Confidence.PROBABLE,
        maker_name="Hikvision",
    )
    other = make(
        "b", serial=SERIAL, evidenced_maker=Maker.OTHER, confidence=Confidence.CONFIRMED, maker_name="Axis"
    )
    (device,) = join([other, found])
    assert (device.evidenced_maker, device.maker_name) == (Maker.HIKVISION, "Hikvision")
    assert device.contradictions == ("b looks like Axis",)
    assert device.addresses == ("b", "a")


def test_the_id_is_that_of_the_strongest_identity_of_all():
    by_serial = make("a", serial=SERIAL, mac=MAC)
    (joined,) = join([make("b", mac=MAC), by_serial])
    (again,) = join([by_serial, make("c", mac=MAC)])
    assert joined.id == again.id


def test_a_router_that_answers_for_a_whole_prefix_does_not_make_its_hosts_one():
    """Proxy ARP: every address shows the router's MAC, and things that cannot be one stand behind it."""
    cameras = [make(f"192.0.2.{number}", mac=MAC, serial=f"E3384215{number}") for number in range(3)]
    assert len(join([*cameras, make("192.0.2.9", mac=MAC)])) == 4

    models = [make("a", mac=MAC, model="DS-2CD2032-I"), make("b", mac=MAC, model="DS-7616NI-K2")]
    assert len({device.id for device in join(models)}) == 2

    makers = [
        make("a", mac=MAC, evidenced_maker=Maker.HIKVISION),
        make("b", mac=MAC, evidenced_maker=Maker.OTHER),
    ]
    assert len(join(makers)) == 2

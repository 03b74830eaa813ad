"""Which statements become a device's fields."""

from __future__ import annotations

import pytest

from scanner.matcher import identify

NAMESPACE = "http://www.hikvision.com/ver20/XMLSchema"


@pytest.fixture
def knowledge(knowing, signature):
    """One conclusive signature, so that hosts are the maker's: the name space of the interface."""
    return knowing(
        signature(
            "namespace",
            protocols=("isapi",),
            fields=("xml.namespace",),
            pattern=f"^{NAMESPACE}$",
            family="xml-namespace",
        )
    )


@pytest.fixture
def info(knowledge, observation):
    """The device that a DeviceInfo with the given elements shows."""

    def read(**elements):
        inner = "".join(f"<{name}>{value}</{name}>" for name, value in elements.items())
        reply = f'<DeviceInfo version="2.0" xmlns="{NAMESPACE}">{inner}</DeviceInfo>'
        (device,) = identify([observation("isapi", reply, port=80)], knowledge)
        return device

    return read


def test_everything_that_the_device_states_is_there(info):
    device = info(
        model="DS-2CD3T25D-I3",
        serialNumber="DS-2CD3T25D-I320161028AACH666206424",
        macAddress="A4:14:37:38:AA:14",
        firmwareVersion="V5.4.20",
        deviceType="IPCamera",
    )
    assert device.model == "DS-2CD3T25D-I3"
    assert device.serial == "DS-2CD3T25D-I320161028AACH666206424"
    assert device.mac == "a4:14:37:38:aa:14"
    assert device.firmware == "V5.4.20"
    assert (device.device_class, device.relation, device.maker_name) == ("camera", "own", "Hikvision")
    assert device.presented_brand is None


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ({"model": "DS-7204HUHI-K1", "deviceType": "IPC"}, "recorder"),
        ({"model": "DS-KH6320-WTE1", "deviceType": "DVR"}, "access"),
        ({"model": "DS-KV8213-WME1(C)"}, "doorbell"),
        ({"deviceType": "IPDome"}, "camera"),
        ({"deviceType": "NVR"}, "recorder"),
        ({"deviceType": "ACS"}, "access"),
        ({"deviceType": "VIS", "subDeviceType": "villaDoorStation"}, "doorbell"),
        ({"deviceType": "Mystery"}, None),
    ],
)
def test_the_model_decides_the_class_before_the_devices_own_word(info, elements, expected):
    assert info(**elements).device_class == expected


@pytest.mark.parametrize(
    ("elements", "brand", "relation", "maker_name"),
    [
        ({"manufacturer": "hikvision"}, "HIKVISION", "own", "Hikvision"),
        ({"model": "DS-2CD2143G2-I"}, None, "own", "Hikvision"),
        ({"model": "CS-C6N-A0-1C2WFR"}, None, "subsidiary", "EZVIZ (Hikvision)"),
        ({"manufacturer": "EZVIZ"}, "EZVIZ", "subsidiary", "EZVIZ (Hikvision)"),
        ({"manufacturer": "LTS", "model": "CMIP7352W"}, "LTS", "relabel", "Hikvision"),
        ({"model": "CMIP7352W"}, None, "relabel", "Hikvision"),
        ({"manufacturer": "Acme Security"}, None, "relabel", "Hikvision"),
        ({"model": "ZZ-9000"}, None, "relabel", "Hikvision"),
        ({"model": "CMIP7352W", "macAddress": "14:2f:fd:01:02:03"}, "LTS", "relabel", "Hikvision"),
        ({}, None, None, "Hikvision"),
    ],
)
def test_brand_and_maker_are_two_facts(info, elements, brand, relation, maker_name):
    device = info(**elements)
    assert device.evidenced_maker == "hikvision"
    assert (device.presented_brand, device.relation, device.maker_name) == (brand, relation, maker_name)


def test_masked_values_are_left_out(info):
    device = info(
        model="n/a", serialNumber="xxxxxxxx1", macAddress="ff:ff:ff:ff:ff:ff", firmwareVersion="none"
    )
    assert (device.model, device.serial, device.mac, device.firmware) == (None, None, None, None)


def test_the_serial_gives_the_model_that_was_not_stated(info):
    device = info(serialNumber="DS-2CD2385G1-I20200414AAWRE33842150")
    assert (device.model, device.relation) == ("DS-2CD2385G1-I", "own")


def test_firmware_is_the_version_without_the_build(info):
    assert info(firmwareVersion="V5.4.5build 260429").firmware == "V5.4.5"


def test_the_brand_in_front_of_a_model_is_cut_off(knowing, signature, observation):
    reply = (
        '<root xmlns="urn:schemas-upnp-org:device-1-0"><device><manufacturer>AXIS</manufacturer>'
        "<modelName>AXIS M1014</modelName><serialNumber>ACCC8E270AD8</serialNumber></device></root>"
    )
    (device,) = identify([observation("upnp-description", reply)], knowing())
    assert (device.evidenced_maker, device.model, device.presented_brand) == ("other", "M1014", "AXIS")
    assert device.serial is None


def test_a_transmitter_of_another_maker_is_a_camera_unless_its_model_says_recorder(knowing, observation):
    hello = (
        "<Envelope><Body><Hello><Types>dn:NetworkVideoTransmitter</Types>"
        "<Scopes>onvif://www.onvif.org/hardware/{}</Scopes></Hello></Body></Envelope>"
    )
    for model, expected in (("M2036-LE", "camera"), ("XY-NVR-16", "recorder")):
        (device,) = identify([observation("onvif-wsdiscovery", hello.format(model))], knowing())
        assert (device.device_class, device.model) == (expected, model)


def test_two_serials_behind_one_address_are_said(knowledge, observation):
    replies = [
        observation(
            "isapi",
            f'<DeviceInfo xmlns="{NAMESPACE}"><serialNumber>DS-2CD2385G1-I20200414AAWRE3384215{last}</serialNumber>'
            "</DeviceInfo>",
            port=port,
        )
        for last, port in ((0, 80), (1, 8080))
    ]
    (device,) = identify(replies, knowledge)
    (other,) = device.also
    assert {device.serial[-1:], other.serial[-1:]} == {"0", "1"}
    assert "several devices stand behind it" in device.contradictions[-1]


def test_the_address_block_of_another_maker_in_front_of_it_is_not_its_own(knowledge, observation):
    own = f'<DeviceInfo xmlns="{NAMESPACE}"><macAddress>bc:5e:33:10:20:32</macAddress></DeviceInfo>'
    (both,) = identify(
        [observation("mac", "3c:ef:8c:01:02:03"), observation("isapi", own, port=80)], knowledge
    )
    assert (both.mac, both.identity.key) == ("bc:5e:33:10:20:32", "bc:5e:33:10:20:32")

    bare = f'<DeviceInfo xmlns="{NAMESPACE}"><model>x1</model></DeviceInfo>'
    (alone,) = identify(
        [observation("mac", "3c:ef:8c:01:02:03"), observation("isapi", bare, port=80)], knowledge
    )
    assert (alone.mac, alone.identity.rung) == ("3c:ef:8c:01:02:03", "address")


def test_a_guessed_address_must_lie_in_a_registered_block(info):
    tail = "48473336-3939-3233-3034-{}"
    assert info(deviceID=tail.format("2428fd22c319")).mac == "24:28:fd:22:c3:19"
    assert info(deviceID=tail.format("000c00000000")).mac is None


def test_a_model_in_the_field_of_the_device_type_counts_and_a_number_does_not(knowledge, observation):
    heard = "<ProbeMatch><DeviceType>{}</DeviceType><DeviceDescription>Hikvision IP Camera</DeviceDescription></ProbeMatch>"
    info = observation("isapi", f'<DeviceInfo xmlns="{NAMESPACE}"></DeviceInfo>', port=80)
    for stated, model in (("DS-2CD2142FWD-I", "DS-2CD2142FWD-I"), ("30729", None)):
        (device,) = identify([info, observation("sadp", heard.format(stated), port=37020)], knowledge)
        assert device.model == model

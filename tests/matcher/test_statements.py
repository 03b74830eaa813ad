"""Which fields state what."""

from __future__ import annotations

import pytest

from scanner.matcher.statements import RULES, statements
from scanner.model.fields import Fields
from scanner.model.protocol import Protocol


def said(protocol, *pairs):
    return [(one.attribute, one.value) for one in statements(Protocol(protocol), Fields(pairs))]


@pytest.mark.parametrize(
    ("protocol", "field", "value", "attribute", "expected"),
    [
        ("sadp", "sadp.DeviceDescription", "DS-2CD2385G1-I", "model", "DS-2CD2385G1-I"),
        ("sadp", "sadp.MAC", "58-50-ed-1f-e3-85", "mac", "58-50-ed-1f-e3-85"),
        ("http", "realm", "4419b66d2485", "mac", "4419b66d2485"),
        (
            "onvif-wsdiscovery",
            "wsd.scope",
            "onvif://www.onvif.org/hardware/DS-2CD2T%2F1",
            "model",
            "DS-2CD2T/1",
        ),
        (
            "onvif-wsdiscovery",
            "wsd.scope",
            "onvif://www.onvif.org/name/HIKVISION%20DS-1",
            "name",
            "HIKVISION DS-1",
        ),
        (
            "onvif-wsdiscovery",
            "wsd.address",
            "urn:uuid:aa-6324-11b3-819e-b4a3820fd92d",
            "mac",
            "b4a3820fd92d",
        ),
        (
            "onvif-wsdiscovery",
            "wsd.xaddr",
            "http://[fe80::eaa0:edff:fe3f:b4f7]/x",
            "mac",
            "fe80::eaa0:edff:fe3f:b4f7",
        ),
        (
            "mdns",
            "mdns.host",
            "DS-2CD2020240617AAWRFG1234567.local",
            "serial",
            "DS-2CD2020240617AAWRFG1234567",
        ),
        (
            "snmp",
            "snmp.1.3.6.1.4.1.50001.1.3.0",
            "0820160719AARR624006457WCVU",
            "serial",
            "0820160719AARR624006457WCVU",
        ),
        ("mac", "mac", "44:19:b6:00:00:01", "mac", "44:19:b6:00:00:01"),
        ("dhcp", "dhcp.mac", "44:19:b6:00:00:01", "mac", "44:19:b6:00:00:01"),
        (
            "dhcp",
            "dhcp.hostname",
            "DS-2CD2042WD-I20160721AAWR123456789.example",
            "serial",
            "DS-2CD2042WD-I20160721AAWR123456789",
        ),
        ("dhcp", "dhcp.vendor_class", "AXIS,Network Camera,M1103", "name", "AXIS"),
    ],
)
def test_a_field_states_its_attribute(protocol, field, value, attribute, expected):
    assert (attribute, expected) in said(protocol, (field, value))


def test_a_model_under_another_root_is_no_statement():
    listed = [("xml.root", "InputProxyChannelList"), ("xml.model", "DS-2CD2143G2-I")]
    assert said("isapi", *listed) == []
    assert said("isapi", ("xml.root", "DeviceInfo"), ("xml.model", "DS-2CD2143G2-I")) == [
        ("model", "DS-2CD2143G2-I")
    ]


def test_a_fragment_without_a_root_is_read():
    assert said("isapi", ("xml.serialNumber", "A1")) == [("serial", "A1")]


@pytest.mark.parametrize("realm", ["IP Camera(C2875)", "4419b66d24", "4419b66d2485aa", "DS-0362B98B"])
def test_other_realms_hold_no_address(realm):
    assert said("rtsp", ("realm", realm)) == []


@pytest.mark.parametrize("name", ["android-20201231", "camera", "DS-2CD2042WD-I", "host-20160721"])
def test_a_host_name_of_another_form_is_no_serial_number(name):
    assert said("dhcp", ("dhcp.hostname", name)) == []


def test_what_is_too_long_or_blank_is_left_out():
    assert said("sadp", ("sadp.DeviceSN", "A" * 129), ("sadp.MAC", " ")) == []


def test_what_a_terminal_would_obey_is_gone():
    assert said("sadp", ("sadp.DeviceDescription", "\x1b[31mDS-1\x07")) == [("model", "DS-1\ufffd")]


def test_of_many_values_only_the_first_ones_are_read():
    assert len(said("mac", *[("mac", f"44:19:b6:00:00:{number:02x}") for number in range(40)])) <= 4


def test_a_late_scope_is_read_too():
    scopes = [("wsd.scope", f"onvif://www.onvif.org/type/{number}") for number in range(20)]
    assert said("onvif-wsdiscovery", *scopes, ("wsd.scope", "onvif://www.onvif.org/name/ANNKE%20I91BL")) == [
        ("name", "ANNKE I91BL")
    ]


def test_no_protocol_is_named_that_has_no_rule():
    assert all(RULES.values())

"""Which statements may name a device."""

from __future__ import annotations

import pytest

from scanner.knowledge import load
from scanner.lab.servers.tls import Tls, certificate
from scanner.matcher import identify
from scanner.model.identity import Rung

PLACEHOLDERS = load().placeholders
UUID = "48300000-4444-11b5-8000-4419b6010203"


def heard(address):
    return (
        '<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope" '
        'xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" '
        'xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"><e:Body><d:ProbeMatches><d:ProbeMatch>'
        f"<a:EndpointReference><a:Address>{address}</a:Address></a:EndpointReference>"
        "</d:ProbeMatch></d:ProbeMatches></e:Body></e:Envelope>"
    )


def soap(serial):
    return (
        '<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body><t:GetDeviceInformationResponse '
        f'xmlns:t="http://www.onvif.org/ver10/device/wsdl"><t:SerialNumber>{serial}</t:SerialNumber>'
        "</t:GetDeviceInformationResponse></e:Body></e:Envelope>"
    )


@pytest.fixture
def one(observation):
    def read(*replies):
        (device,) = identify(
            [observation(protocol, payload, port=port) for protocol, payload, port in replies], load()
        )
        return device

    return read


def test_an_endpoint_reference_names_what_states_no_serial_number(one):
    device = one(("onvif-wsdiscovery", heard(f"urn:uuid:{UUID.upper()}"), 3702))
    assert (device.identity.rung, device.identity.key) == (Rung.ENDPOINT, UUID)


@pytest.mark.parametrize("uuid", sorted(PLACEHOLDERS.endpoints))
def test_a_placeholder_for_an_endpoint_reference_names_nothing(one, uuid):
    device = one(("onvif-wsdiscovery", heard(f"urn:uuid:{uuid}"), 3702))
    assert device.identity.rung is Rung.ADDRESS


@pytest.mark.parametrize("mac", sorted(PLACEHOLDERS.macs))
def test_a_placeholder_for_a_mac_address_names_nothing_and_it_is_said(one, mac):
    device = one(("mac", mac, 0))
    assert device.mac is None
    assert device.identity.rung is Rung.ADDRESS
    assert device.identity.reasons == (f"the MAC address {mac} names no device: {PLACEHOLDERS.macs[mac]}",)


@pytest.mark.parametrize("serial", sorted(PLACEHOLDERS.serials))
def test_a_placeholder_for_a_serial_number_names_nothing_and_it_is_said(one, serial):
    device = one(("onvif-soap", soap(serial), 80))
    assert device.serial is None
    assert device.identity.rung is Rung.ADDRESS
    assert device.identity.reasons[0].startswith(f"the serial number {serial} names no device: ")


def test_the_public_key_of_a_certificate_names_beside_a_placeholder_of_a_serial_number(one):
    pem = certificate(Tls("CN=camera"))
    alone = one(("tls-cert", pem, 443))
    assert alone.identity.rung is Rung.ADDRESS
    device = one(("tls-cert", pem, 443), ("onvif-soap", soap("123456"), 80))
    assert device.identity.rung is Rung.TLS
    assert device.identity.key.endswith(" 123456")
    assert "names no device" in device.identity.reasons[0]

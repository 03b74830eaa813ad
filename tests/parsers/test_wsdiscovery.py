from __future__ import annotations

import pytest

from scanner.model.errors import Malformed
from scanner.parsers.wsdiscovery import ITEMS_LIMIT, is_answer, read

# Shape of real answers (corpus of this project); addresses replaced.
MATCH = (
    b'<?xml version="1.0" encoding="UTF-8"?><SOAP-ENV:Envelope xmlns:SOAP-ENV="http://www.w3.org/2003/05/soap-envelope" '
    b'xmlns:wsa="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery">'
    b"<SOAP-ENV:Header><wsa:ReplyTo><wsa:Address>http://anonymous</wsa:Address></wsa:ReplyTo></SOAP-ENV:Header>"
    b"<SOAP-ENV:Body><d:ProbeMatches><d:ProbeMatch><wsa:EndpointReference><wsa:Address>"
    b"urn:uuid:aa85c000-6324-11b3-819e-5850ed000085</wsa:Address></wsa:EndpointReference>"
    b"<d:Types>dn:NetworkVideoTransmitter  tds:Device</d:Types><d:Scopes>onvif://www.onvif.org/name/HIKVISION%20DS-2CD2385G1-I\n"
    b"onvif://www.onvif.org/location/city/hangzhou</d:Scopes><d:XAddrs>http://192.0.2.40/onvif/device_service "
    b"http://[fe80::5a50:edff:fe00:85]/onvif/device_service</d:XAddrs></d:ProbeMatch></d:ProbeMatches></SOAP-ENV:Body></SOAP-ENV:Envelope>"
)
FRAGMENT = (
    b"<s:Header><a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Hello</a:Action></s:Header><s:Body><d:Hello>"
    b"<a:EndpointReference><a:Address>urn:uuid:4be6bccd</a:Address></a:EndpointReference>"
    b"<d:Scopes>onvif://www.onvif.org/name/ONVIF onvif://www.onvif.org/hardware/IPC</d:Scopes></d:Hello></s:Body></s:Envelope>"
)
PROBE = b"<e:Envelope xmlns:e='x'><e:Body><d:Probe xmlns:d='y'><d:Types/></d:Probe></e:Body></e:Envelope>"


def test_a_match_gives_address_types_scopes_and_addresses():
    fields = read(MATCH)

    assert fields["wsd.root"] == ("ProbeMatches",)
    assert fields["wsd.address"] == ("urn:uuid:aa85c000-6324-11b3-819e-5850ed000085",)
    assert fields["wsd.types"] == ("dn:NetworkVideoTransmitter tds:Device",)
    assert fields["wsd.scope"] == (
        "onvif://www.onvif.org/name/HIKVISION%20DS-2CD2385G1-I",
        "onvif://www.onvif.org/location/city/hangzhou",
    )
    assert len(fields["wsd.xaddr"]) == 2
    assert fields["xml.element"] == ("SOAP-ENV:Envelope",)


def test_a_fragment_with_unbound_prefixes_is_read():
    fields = read(FRAGMENT)

    assert fields["wsd.root"] == ("Hello",)
    assert fields["wsd.scope"][1] == "onvif://www.onvif.org/hardware/IPC"
    assert fields["xml.namespace"] == ()


def test_cut_within_its_scopes_all_whole_ones_count():
    fields = read(MATCH[: MATCH.index(b"city/hang") + 9])

    assert fields["wsd.scope"] == ("onvif://www.onvif.org/name/HIKVISION%20DS-2CD2385G1-I",)


def test_cut_before_the_body_the_action_tells_what_it_is():
    assert read(FRAGMENT[: FRAGMENT.index(b"<s:Body>")])["wsd.root"] == ("Hello",)


def test_a_question_is_no_answer():
    assert not is_answer(PROBE)
    assert not is_answer(b"\x00")
    assert is_answer(MATCH)
    assert is_answer(FRAGMENT)
    with pytest.raises(Malformed, match="question"):
        read(PROBE)


def test_a_listing_of_scopes_is_read_too():
    """A tool's print-out of a real answer (research note sadp_samples), addresses replaced."""
    fields = read(
        b"Address: urn:uuid:aa85c000-6324-11b3-819e-5850ed000085\nScopes: onvif://www.onvif.org/hardware/DS-2CD2385G1-I,"
        b"\n onvif://www.onvif.org/location/city/hangzhou\nXAddrs: http://192.0.2.40/onvif/device_service"
    )

    assert fields["wsd.address"] == ("urn:uuid:aa85c000-6324-11b3-819e-5850ed000085",)
    assert fields["wsd.scope"][0] == "onvif://www.onvif.org/hardware/DS-2CD2385G1-I"
    assert fields["wsd.xaddr"] == ("http://192.0.2.40/onvif/device_service",)


@pytest.mark.parametrize(
    "payload", [b"", b"words", b"http://192.0.2.1/", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>']
)
def test_other_datagrams_are_malformed(payload):
    with pytest.raises(Malformed):
        read(payload)


def test_other_xml_has_no_root_of_the_protocol():
    assert read(b"<a><b>1</b></a>")["wsd.root"] == ()


def test_the_number_of_scopes_is_bounded():
    scopes = read(b"<Body><Hello><Scopes>" + b"a " * 2000 + b"</Scopes></Hello></Body>")["wsd.scope"]

    assert len(scopes) == ITEMS_LIMIT


def test_garbage_behind_it_changes_nothing():
    assert read(MATCH + b"\x00\x00 garbage")["wsd.scope"] == read(MATCH)["wsd.scope"]


def test_damaged_datagrams_are_fields_or_malformed(survives):
    survives(read, MATCH, FRAGMENT)


def test_hostile_datagrams_cost_little(quickly):
    for piece in (b"<", b"<a>", b"<Address>x</Address>", b"a ", b"<x:Probe", b"&"):
        quickly(read, b"<Body><Hello><Scopes>" + piece * (65000 // len(piece)))
        quickly(is_answer, piece * (65536 // len(piece)))


ONE_OF_MANY = (
    "<d:ProbeMatch><a:EndpointReference><a:Address>urn:uuid:{}</a:Address></a:EndpointReference>"
    "<d:Scopes>onvif://www.onvif.org/name/{}</d:Scopes><d:XAddrs>http://{}/onvif</d:XAddrs></d:ProbeMatch>"
)


def matches(*given):
    body = "".join(ONE_OF_MANY.format(*one) for one in given)
    return f"<d:ProbeMatches xmlns:a='a' xmlns:d='d'>{body}</d:ProbeMatches>".encode()


def test_an_answer_about_devices_at_other_addresses_states_nothing_of_its_sender():
    fields = read(matches(("1", "HIKVISION", "192.0.2.1"), ("2", "AXIS", "192.0.2.2")))
    assert dict(fields) == {"wsd.root": ("ProbeMatches",), "wsd.devices": ("several",)}


def test_several_services_of_one_address_are_its_own():
    fields = read(matches(("1", "one", "192.0.2.1"), ("2", "two", "192.0.2.1:8080")))
    assert len(fields["wsd.scope"]) == 2
    assert "wsd.devices" not in fields

"""The door of the room: which parser reads what, and what holds for all of them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from scanner.model.errors import Malformed
from scanner.model.fields import Fields
from scanner.model.protocol import Protocol
from scanner.parsers import PARSERS, read

READABLE = {
    Protocol.HTTP: (b"HTTP/1.1 200 OK\r\nServer: x\r\n\r\n", "header.server"),
    Protocol.HTTPS: (b"HTTP/1.1 200 OK\r\nServer: x\r\n\r\n", "status"),
    Protocol.RTSP: (b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n", "header.cseq"),
    Protocol.ONVIF_WSDISCOVERY: (b"<Body><Hello><Types>a:b</Types></Hello></Body>", "wsd.types"),
    Protocol.ONVIF_SOAP: (b"<Manufacturer>x</Manufacturer>", "xml.Manufacturer"),
    Protocol.ISAPI: (b"<DeviceInfo><model>x</model></DeviceInfo>", "xml.model"),
    Protocol.SADP: (b"<ProbeMatch><MAC>x</MAC></ProbeMatch>", "sadp.MAC"),
    Protocol.SSDP: (b"HTTP/1.1 200 OK\r\nST: x\r\n\r\n", "header.st"),
    Protocol.UPNP_DESCRIPTION: (
        b"<root><device><modelNumber>x</modelNumber></device></root>",
        "xml.modelNumber",
    ),
    Protocol.MDNS: (b"a._http._tcp.local", "mdns.type"),
    Protocol.SNMP: (b"sysDescr.0 = x", "snmp.1.3.6.1.2.1.1.1.0"),
    Protocol.TLS_CERT: (b"subject: CN=x", "tls.subject.CN"),
    Protocol.TELNET: (b"login: ", "banner"),
    Protocol.FTP: (b"220 x\r\n", "banner"),
    Protocol.SSH: (b"SSH-2.0-x\r\n", "banner"),
    Protocol.SDK8000: (rb"\x00", "banner.hex"),
    Protocol.MAC: (b"e0:ba:ad:00:93:2a", "mac"),
    Protocol.DHCP: (b"hostname: cam", "dhcp.hostname"),
    Protocol.OTHER_TOOL: (b"product: x", "tool.product"),
}


def test_every_protocol_has_a_parser():
    assert set(PARSERS) == set(Protocol) == set(READABLE)


@pytest.mark.parametrize("protocol", list(Protocol))
def test_a_payload_of_each_kind_is_read(protocol):
    payload, name = READABLE[protocol]

    assert read(protocol, payload)[name]


@pytest.mark.parametrize("protocol", list(Protocol))
def test_an_empty_payload_is_malformed(protocol):
    with pytest.raises(Malformed, match="empty"):
        read(protocol, b"")


@pytest.mark.parametrize("protocol", list(Protocol))
@settings(max_examples=60, deadline=None, derandomize=True)
@given(payload=some.binary(max_size=400), request=some.none() | some.text(max_size=30))
def test_random_bytes_are_fields_or_malformed(protocol, payload, request):
    for body in (payload, READABLE[protocol][0] + payload):
        try:
            assert isinstance(read(protocol, body, request), Fields)
        except Malformed:
            continue


@pytest.mark.parametrize("protocol", list(Protocol))
def test_a_megabyte_of_one_byte_costs_little(protocol, quickly):
    for byte in (b"<", b"\n", b"\x00", b"a"):
        quickly(read, protocol, byte * 1_000_000)

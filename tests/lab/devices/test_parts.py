from __future__ import annotations

from scanner.lab.devices import parts
from scanner.lab.station import Station
from scanner.model.protocol import Protocol
from scanner.parsers import read

HERE = Station("camera", "127.9.0.5")


def test_the_envelope_declares_the_prefixes_of_the_capture(ws_probe: bytes) -> None:
    (reply,) = parts.discovery("c056e31a020b", "onvif://www.onvif.org/hardware/X").answer(ws_probe, HERE)
    fields = read(Protocol.ONVIF_WSDISCOVERY, reply.data)
    prefixes = set((fields.first("xml.prefixes") or "").split())
    assert {"env", "wsadis", "tst", "tnshik", "hikwsd", "hikxsd", "tds", "d"} <= prefixes
    assert fields["wsd.root"] == ("ProbeMatches",)
    assert fields["wsd.address"] == ("urn:uuid:18ec6401-3aa0-11b5-83f6-c056e31a020b",)
    assert fields["wsd.xaddr"] == ("http://127.9.0.5:10080/onvif/device_service",)
    assert fields["wsd.scope"] == ("onvif://www.onvif.org/hardware/X",)


def test_the_device_service_lists_services_and_refuses_the_rest() -> None:
    service = parts.onvif()
    listed = read(Protocol.ONVIF_SOAP, service.reply(b"<GetServices/>", HERE))
    assert "http://127.9.0.5:10080/onvif/Media" in listed["xml.XAddr"]
    refused = read(Protocol.ONVIF_SOAP, service.reply(b"<GetDeviceInformation/>", HERE))
    assert "ter:NotAuthorized" in refused["xml.Value"]
    assert refused["xml.element"] == ("env:Envelope",)


def test_a_discovery_answer_has_the_elements_of_its_kind_and_no_salt(inquiry: bytes) -> None:
    full = parts.sadp("1", "DS-2CD1-I", "S", "a4-14-37-00-00-01", "V5.6.2build 190701")
    fields = read(Protocol.SADP, full.answer(inquiry, HERE)[0].data)
    assert fields["sadp.HttpPort"] == ("10080",)
    assert fields["sadp.IPv4Address"] == ("127.9.0.5",)
    short = parts.sadp("1", "DS-2CD1-I", "S", "a4-14-37-00-00-01", "V1.0", dsp=None, full=False)
    data = short.answer(inquiry, HERE)[0].data
    assert b"Salt" not in data
    assert b"DSPVersion" not in data
    assert b"<Salt>" + b"0" * 64 in full.answer(inquiry, HERE)[0].data, "a salt is a secret: only zeros"


def test_challenges_have_the_realm_that_they_are_given() -> None:
    for line in (
        parts.challenge("A"),
        parts.old_challenge("A"),
        parts.terminal_challenge("A"),
        parts.basic("A"),
    ):
        page = parts.xml_page("401 Unauthorized", parts.user_check(parts.ISAPI_NS), line).render(HERE)
        fields = read(Protocol.ISAPI, page)
        assert fields["realm"] == ("A",)
        assert fields["xml.namespace"] == (parts.ISAPI_NS,)
        assert fields["xml.statusValue"] == ("401",)


def test_the_old_user_check_has_no_namespace() -> None:
    assert "xmlns" not in parts.user_check(None)
    assert "<isActivated>true</isActivated>" in parts.user_check(parts.ISAPI_NS, activated=True)
    assert "<Activated>false</Activated>" in parts.activate_status(parts.HIKVISION_NS, activated=False)

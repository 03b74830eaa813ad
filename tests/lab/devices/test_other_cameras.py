from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from scanner.lab.card import Card
from scanner.lab.devices.other_cameras import DEVICES
from scanner.model.evidence import Maker
from scanner.model.protocol import Protocol
from scanner.parsers import read


@pytest.mark.parametrize("card", DEVICES, ids=lambda card: card.name)
def test_none_of_them_is_the_makers_and_none_speaks_sadp(card: Card, client: Any, inquiry: bytes) -> None:
    assert card.truth.evidenced_maker is Maker.OTHER
    assert client.datagram(card.name, 37020, inquiry, 0.2) is None


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("dahua", "realm", "Login to 4K01FD2PAJ00051"),
        ("uniview", "realm", "48ea63100034"),
        ("axis", "realm", "AXIS_ACCC8E100035"),
        ("tvt", "header.server", "TVT RTSP Server"),
        ("reolink", "sdp.s", 'Session streamed by "preview"'),
        ("tapo", "realm", "TP-Link IP-Camera"),
    ],
)
def test_rtsp_tells_them_apart(name: str, field: str, value: str, rtsp: Callable[..., Any]) -> None:
    assert rtsp(name).first(field) == value
    assert rtsp(name, "OPTIONS").first("status") == "200"


@pytest.mark.parametrize(
    ("name", "scope"),
    [
        ("dahua", "onvif://www.onvif.org/name/Dahua"),
        ("uniview", "onvif://www.onvif.org/location/city/hangzhou"),
        ("axis", "onvif://www.onvif.org/name/AXIS%20M2036-LE"),
        ("tapo", "onvif://www.onvif.org/name/TP-IPC"),
    ],
)
def test_discovery_tells_them_apart(name: str, scope: str, client: Any, ws_probe: bytes) -> None:
    assert scope in read(Protocol.ONVIF_WSDISCOVERY, client.datagram(name, 3702, ws_probe))["wsd.scope"]


def test_the_tapo_carries_copied_namespaces_where_discovery_says(client: Any, ws_probe: bytes) -> None:
    said = read(Protocol.ONVIF_WSDISCOVERY, client.datagram("tapo", 3702, ws_probe))
    assert said.first("wsd.xaddr") == f"http://{client.lab.addresses['tapo']}:2020/onvif/device_service"
    for body in ("<tds:GetServices/>", "<tds:GetDeviceInformation/>"):
        fields = read(Protocol.ONVIF_SOAP, client.soap("tapo", body, 2020))
        prefixes = (fields.first("xml.prefixes") or "").split()
        assert "hikwsd" in prefixes
        assert "tnshik" not in prefixes
        assert fields.first("xml.element") == "SOAP-ENV:Envelope"


def test_isapi_is_unknown_to_all_of_them(web: Callable[..., Any]) -> None:
    for name in ("dahua", "uniview", "axis", "tvt", "reolink"):
        assert web(name, "/ISAPI/System/deviceInfo").first("status") == "404", name


def test_their_pages_name_them(web: Callable[..., Any], certificate: Callable[..., Any]) -> None:
    assert web("dahua").first("title") == "WEB SERVICE"
    assert "Uniview" in (web("uniview").first("body") or "")
    assert (web("axis").first("header.location") or "").endswith("/camera/index.html")
    assert web("axis", "/axis-cgi/param.cgi").first("realm") == "AXIS_ACCC8E100035"
    assert web("tvt").first("header.server") == "Cross Web Server"
    assert certificate("reolink", 443).first("tls.subject.O") == "Reolink"

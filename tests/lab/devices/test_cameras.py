from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from scanner.lab.card import Card
from scanner.lab.devices.cameras import DEVICES
from scanner.lab.devices.parts import HIKVISION_NS
from scanner.model.protocol import Protocol
from scanner.parsers import read


@pytest.mark.parametrize("card", DEVICES, ids=lambda card: card.name)
def test_each_generation_tells_its_model_and_serial_by_sadp(
    card: Card, says_so_by_sadp: Callable[[Card], None]
) -> None:
    says_so_by_sadp(card)


@pytest.mark.parametrize(
    ("name", "server", "realm", "described"),
    [
        ("camera-v3", "DNVRS-Webs", "DS-2CD2032-I", "/"),
        ("camera-v52", "App-webs/", "a41437400b0c", "a41437400b0c"),
        ("camera-v55", "webserver", "IP Camera(E0150)", "IP Camera(E0150)"),
        ("camera-v57", "Webs", "IP Camera(J0151)", "IP Camera(J0151)"),
        ("camera-newest", None, "DS-595F1BA8", "DS-595F1BA8"),
    ],
)
def test_each_generation_has_its_own_server_and_realm(
    name: str,
    server: str | None,
    realm: str,
    described: str,
    web: Callable[..., Any],
    rtsp: Callable[..., Any],
) -> None:
    root = web(name)
    assert root.first("status") == "200"
    assert root.first("header.server") == server
    guarded = web(name, "/ISAPI/System/deviceInfo")
    assert guarded.first("status") == "401"
    assert guarded.first("realm") == realm
    assert guarded.first("xml.root") == "userCheck"
    assert web(name, "/0123456789abcdef").first("status") == "404", "401 only where ISAPI is"
    assert rtsp(name).first("realm") == described


@pytest.mark.parametrize("name", ["camera-v52", "camera-v55", "camera-v57", "camera-newest"])
def test_from_v5_3_on_activation_is_told_to_anybody(name: str, web: Callable[..., Any]) -> None:
    told = web(name, "/SDK/activateStatus")
    assert told.first("xml.namespace") == HIKVISION_NS
    assert told.first("xml.Activated") == "true"


def test_the_oldest_knows_no_activation_and_its_user_check_no_namespace(web: Callable[..., Any]) -> None:
    assert web("camera-v3", "/SDK/activateStatus").first("status") == "404"
    assert web("camera-v3", "/PSIA/Custom/SelfExt/userCheck").first("xml.namespace") is None


def test_the_pages_lead_to_the_login_of_their_time(web: Callable[..., Any]) -> None:
    assert "updateTips" in (web("camera-v3").first("body") or "")
    assert web("camera-v52").first("title") == "index"
    modern = web("camera-v55").first("body") or ""
    assert modern.startswith("\ufeff<!doctype html>")
    assert "./doc/page/login.asp?_" in modern
    assert "/doc/index.html#/portal/login" in (web("camera-v57").first("body") or "")


@pytest.mark.parametrize("name", ["camera-v3", "camera-v52"])
def test_onvif_is_on_before_v5_5(name: str, client: Any, ws_probe: bytes) -> None:
    fields = read(Protocol.ONVIF_WSDISCOVERY, client.datagram(name, 3702, ws_probe))
    assert any(
        scope.startswith("onvif://www.onvif.org/name/HIKVISION%20DS-") for scope in fields["wsd.scope"]
    )
    services = read(Protocol.ONVIF_SOAP, client.soap(name, "<tds:GetServices/>"))
    assert services.first("status") == "200"
    assert services.first("xml.element") == "env:Envelope"
    refused = read(Protocol.ONVIF_SOAP, client.soap(name, "<tds:GetDeviceInformation/>"))
    assert refused.first("status") == "400"


@pytest.mark.parametrize("name", ["camera-v55", "camera-v57", "camera-newest"])
def test_onvif_is_off_from_v5_5_on(name: str, client: Any, ws_probe: bytes) -> None:
    assert client.datagram(name, 3702, ws_probe, 0.3) is None
    assert client.soap(name, "<tds:GetServices/>").startswith(b"HTTP/1.1 404")


def test_rtsp_of_the_oldest_has_no_date_and_a_blank_realm(rtsp: Callable[..., Any]) -> None:
    options = rtsp("camera-v3", "OPTIONS")
    assert options.first("public") == "DESCRIBE, PLAY, PAUSE, SETUP, OPTIONS, TEARDOWN, SET_PARAMETER"
    assert options.first("line.date") is None
    assert (rtsp("camera-v52", "OPTIONS").first("line.date") or "").startswith("Date:  ")


def test_https_stands_beside_http(web: Callable[..., Any], certificate: Callable[..., Any]) -> None:
    assert web("camera-v57", "/", 443, tls=True).first("header.server") == "Webs"
    assert certificate("camera-v57", 443).first("tls.self_signed") == "yes"
    assert certificate("camera-v55", 8443).first("tls.subject.O") == "IP Camera"

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from scanner.lab.card import Card
from scanner.lab.devices.odd import DEVICES
from scanner.model.protocol import Protocol
from scanner.parsers import read


@pytest.mark.parametrize("card", [card for card in DEVICES if card.udp], ids=lambda card: card.name)
def test_whatever_state_they_are_in_sadp_tells_what_they_are(
    card: Card, says_so_by_sadp: Callable[[Card], None]
) -> None:
    says_so_by_sadp(card)


def test_the_fresh_camera_says_that_no_password_is_set(
    client: Any, inquiry: bytes, web: Callable[..., Any]
) -> None:
    said = read(Protocol.SADP, client.datagram("camera-not-activated", 37020, inquiry))
    assert said.first("sadp.Activated") == "false"
    assert web("camera-not-activated", "/SDK/activateStatus").first("xml.Activated") == "false"
    refused = web("camera-not-activated", "/ISAPI/System/deviceInfo")
    assert refused.first("status") == "403"
    assert refused.first("xml.subStatusCode") == "notActivated"


def test_the_one_with_onvif_off_is_silent_on_3702(client: Any, ws_probe: bytes) -> None:
    assert client.datagram("camera-onvif-off", 3702, ws_probe, 0.3) is None
    assert client.soap("camera-onvif-off", "<tds:GetServices/>").startswith(b"HTTP/1.1 404")


def test_the_hidden_one_has_no_tcp_port_at_all(client: Any) -> None:
    for port in (80, 443, 554, 8000, 8080, 8443):
        with pytest.raises(ConnectionRefusedError):
            client.connect("camera-sadp-only", port)


def test_the_moved_one_says_where_its_page_is(client: Any, inquiry: bytes, web: Callable[..., Any]) -> None:
    said = read(Protocol.SADP, client.datagram("camera-moved-port", 37020, inquiry))
    assert said.first("sadp.HttpPort") == "10081"
    assert web("camera-moved-port", "/ISAPI/System/deviceInfo", 10081).first("realm") == "IP Camera(G0159)"
    with pytest.raises(ConnectionRefusedError):
        client.connect("camera-moved-port", 80)


def test_hikcentral_is_software_that_names_its_api(web: Callable[..., Any]) -> None:
    page = web("hikcentral")
    assert page.first("title") == "HikCentral Professional"
    assert "/ISAPI/Bumblebee/Platform" in (page.first("body") or "")
    assert web("hikcentral", "/ISAPI/System/deviceInfo").first("status") == "404", "it is no device"
    assert web("hikcentral", "/", 443, tls=True).first("header.server") == "nginx"

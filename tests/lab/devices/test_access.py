from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from scanner.lab.card import Card
from scanner.lab.devices.access import DEVICES


@pytest.mark.parametrize("card", DEVICES, ids=lambda card: card.name)
def test_they_tell_their_model_and_serial_by_sadp(
    card: Card, says_so_by_sadp: Callable[[Card], None]
) -> None:
    says_so_by_sadp(card)


def test_the_door_station_shows_the_factory_certificate(certificate: Callable[..., Any]) -> None:
    shown = certificate("door-station", 443)
    assert shown.first("tls.subject") == "C=CN, ST=ZJ, L=HZ, O=HIKVISION, OU=HZ, CN=hikvision.com"
    assert shown.first("tls.serial") == "8ab42317c62a20f1"


@pytest.mark.parametrize(
    ("name", "realm"), [("door-station", "DS-0CED27ED"), ("access-terminal", "DS-K1T341AMF")]
)
def test_their_401_says_that_they_are_activated(name: str, realm: str, web: Callable[..., Any]) -> None:
    guarded = web(name, "/ISAPI/System/deviceInfo")
    assert guarded.first("status") == "401"
    assert guarded.first("realm") == realm
    assert guarded.first("xml.isActivated") == "true"


def test_the_ezviz_has_app_ports_and_a_certificate_and_no_page(
    client: Any, certificate: Callable[..., Any]
) -> None:
    shown = certificate("ezviz", 8443)
    assert (shown.first("tls.subject"), shown.first("tls.issuer")) == ("CN=EZVIZ Device", "CN=EZVIZ CAServer")
    for port in (9010, 9020, 8000):
        client.connect("ezviz", port).close()
    for port in (80, 443, 554):
        with pytest.raises(ConnectionRefusedError):
            client.connect("ezviz", port)

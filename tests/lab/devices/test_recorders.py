from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from scanner.lab.card import Card
from scanner.lab.devices.parts import ISAPI_NS
from scanner.lab.devices.recorders import DEVICES
from scanner.model.protocol import Protocol
from scanner.parsers import read


@pytest.mark.parametrize("card", DEVICES, ids=lambda card: card.name)
def test_recorders_tell_their_model_and_serial_by_sadp(
    card: Card, says_so_by_sadp: Callable[[Card], None]
) -> None:
    says_so_by_sadp(card)


def test_their_channels_say_that_they_are_recorders(client: Any, inquiry: bytes) -> None:
    for name, channels in (("nvr", ("0", "16")), ("dvr", ("4", "5"))):
        fields = read(Protocol.SADP, client.datagram(name, 37020, inquiry))
        assert (fields.first("sadp.AnalogChannelNum"), fields.first("sadp.DigitalChannelNum")) == channels


def test_the_nvr_speaks_the_neutral_namespace_over_http_and_https(web: Callable[..., Any]) -> None:
    for port, tls in ((80, False), (443, True)):
        guarded = web("nvr", "/ISAPI/System/deviceInfo", port, tls)
        assert guarded.first("status") == "401"
        assert guarded.first("xml.namespace") == ISAPI_NS
        assert guarded.first("realm") == "5048c9083c2853c127630016"
    assert web("nvr", "/codebase/VersionInfo.xml").first("xml.root") == "FileVersion"


def test_the_dvr_redirects_to_its_login_on_itself(web: Callable[..., Any], client: Any) -> None:
    root = web("dvr")
    address, port = client.where("dvr", 80)
    assert root.first("status") == "302"
    assert (root.first("header.location") or "").startswith(f"http://{address}:{port}/doc/page/login.asp?_")
    assert web("dvr", "/doc/page/login.asp?_1").first("status") == "200"


def test_the_dvr_has_the_old_challenge_and_device_name(
    web: Callable[..., Any], rtsp: Callable[..., Any]
) -> None:
    guarded = web("dvr", "/ISAPI/System/deviceInfo")
    assert guarded["realm"] == ("DVRNVRDVS", "DVRNVRDVS")
    assert 'domain="::"' in guarded["auth"][0]
    assert guarded.first("header.server") == "DVRDVS-Webs"
    assert rtsp("dvr").first("realm") == "Embedded Net DVR"
    assert rtsp("nvr").first("realm") == "5048c9083c2853c127630016"


def test_what_the_dvr_announces_is_there(web: Callable[..., Any]) -> None:
    described = web("dvr", "/upnpdevicedesc.xml")
    assert described.first("xml.deviceType") == "urn:schemas-upnp-org:device:EmbeddedNetDevice:1"
    assert described.first("xml.modelNumber") == "DS-7804HQH-K1"

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scanner.lab.devices.family import DEVICES
from scanner.lab.devices.parts import STD_CGI_NS
from scanner.model.evidence import Maker


def test_the_members_are_the_makers_under_another_name() -> None:
    assert all(card.truth.evidenced_maker is Maker.HIKVISION for card in DEVICES)
    assert all(card.truth.presented_brand not in (None, "HIKVISION") for card in DEVICES)


def test_the_recorder_for_india_gives_nothing_where_others_have_their_interface(client: Any) -> None:
    assert client.get("recorder-prama", "/ISAPI/System/deviceInfo", 80, False) == b""
    assert client.get("recorder-prama", "/SDK/activateStatus", 80, False) == b""


def test_its_interface_asks_for_a_login_under_another_name(web: Callable[..., Any]) -> None:
    guarded = web("recorder-prama", "/pramaAPI/System/deviceInfo")

    assert guarded.first("status") == "401"
    assert guarded.first("xml.namespace") == STD_CGI_NS
    assert web("recorder-prama", "/0123456789abcdef").first("status") == "404"

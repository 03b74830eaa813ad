"""Addresses that are not devices one by one, asked over real sockets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scanner.lab.devices.addresses import DEVICES
from scanner.model.report import GhostKind


def test_the_forwarded_ports_state_different_mac_addresses(
    web: Callable[..., Any], rtsp: Callable[..., Any]
) -> None:
    card = next(card for card in DEVICES if card.name == "port-forward")
    (other,) = card.truth.also

    assert web("port-forward", "/ISAPI/System/deviceInfo")["realm"] == (
        (card.truth.mac or "").replace(":", ""),
    )
    assert rtsp("port-forward")["realm"] == ((other.mac or "").replace(":", ""),)


def test_both_interfaces_of_the_recorder_state_its_serial_number_and_their_own_mac(
    client: Any, inquiry: bytes
) -> None:
    one, two = (client.datagram(name, 37020, inquiry) for name in ("recorder-lan1", "recorder-lan2"))

    for reply in (one, two):
        assert b"DS-7616NI-K21620190826CCRRD54500183WCVU" in reply
    assert b"68-6d-bc-10-00-53" in one
    assert b"68-6d-bc-10-00-54" in two


def test_the_catch_all_gives_one_page_for_every_path_and_port(web: Callable[..., Any]) -> None:
    pages = {
        web("catch-all", path, port).first("body")
        for path in ("/", "/ISAPI/System/deviceInfo", "/0123456789abcdef")
        for port in (80, 8080)
    }

    assert len(pages) == 1
    assert "Hikvision" in pages.pop()


def test_what_is_no_device_says_what_kind_of_ghost_it_is() -> None:
    for card in DEVICES:
        assert card.truth.ignored in (None, *map(str, GhostKind)), card.name
    assert {card.truth.same_as for card in DEVICES} == {None, "recorder-lan1"}

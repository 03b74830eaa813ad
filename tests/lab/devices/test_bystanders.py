from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scanner.lab.devices.bystanders import DEVICES
from scanner.model.evidence import Maker


def test_no_bystander_is_the_makers() -> None:
    assert all(card.truth.evidenced_maker is not Maker.HIKVISION for card in DEVICES)


def test_the_router_has_the_cookie_and_the_login_that_mislead(web: Callable[..., Any]) -> None:
    root = web("router-goahead")
    assert root.first("header.server") == "GoAhead-Webs"
    assert "_goaheadwebSessionId" in (root.first("header.set-cookie") or "")
    assert (root.first("header.location") or "").endswith("/login.asp")


def test_the_nas_is_called_ds918(web: Callable[..., Any]) -> None:
    assert (web("nas-ds918").first("title") or "").startswith("DS918+")


def test_pages_about_the_maker_are_full_of_it_and_prove_nothing(web: Callable[..., Any], client: Any) -> None:
    for name in ("news-site", "asset-list"):
        body = web(name).first("body") or ""
        assert "/doc/page/login.asp" in body
        assert "DS-2CD" in body
        assert web(name, "/ISAPI/System/deviceInfo").first("status") == "404"
    assert "DS-2CD2385G1-I20200414AAWRE33800999" in (web("asset-list").first("body") or "")


def test_the_printer_names_itself_and_waits_on_9100(web: Callable[..., Any], client: Any) -> None:
    assert (web("printer").first("header.server") or "").startswith("HP HTTP Server; HP PageWide")
    client.connect("printer", 9100).close()
    assert client.lab.printed == b""

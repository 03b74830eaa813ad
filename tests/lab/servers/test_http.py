from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest

from scanner.lab import Lab
from scanner.lab.servers.http import Page, Request, Web, read_head, trespass
from scanner.lab.station import Station

HERE = Station("camera", "127.9.0.5")


def page_for(path: str) -> bytes:
    web = Web(
        pages={"/": Page("200 OK", body="root")},
        under={
            "/ISAPI/": Page("401 Unauthorized", body="guarded"),
            "/ISAPI/Open/": Page("200 OK", body="open"),
        },
        missing=Page("404 Not Found"),
    )
    return web.reply(Request("GET", path, {}), HERE)[0]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", b"200"),
        ("/?a=b", b"200"),
        ("/ISAPI/System/deviceInfo", b"401"),
        ("/ISAPI/Open/x", b"200"),
        ("/ISAPI", b"404"),
        ("/0123456789abcdef", b"404"),
    ],
)
def test_a_page_is_found_by_path_then_by_its_longest_prefix(path: str, status: bytes) -> None:
    assert page_for(path).startswith(b"HTTP/1.1 " + status)


def test_a_reply_keeps_headers_in_order_and_fills_living_values() -> None:
    reply = Page("302 Found", ("Server: X", "Location: http://@web@/a"), "Ü@address@").render(HERE)
    assert (
        reply
        == (
            "HTTP/1.1 302 Found\r\nServer: X\r\nLocation: http://127.9.0.5:10080/a\r\nContent-Length: 11\r\n\r\nÜ127.9.0.5"
        ).encode()
    )


def test_bytes_go_out_as_they_are_and_old_firmware_ends_with_the_connection() -> None:
    assert Page("200 OK", body=b"@address@\xff").render(HERE).endswith(b"\r\n\r\n@address@\xff")
    assert b"Connection: close" in Page("200 OK", close=True).render(HERE)


@pytest.mark.parametrize(
    "head", [b"", b"\r\n\r\n", b"GET", b"\xff\xfe\r\n: x\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n"]
)
def test_any_head_can_be_read(head: bytes) -> None:
    assert read_head(head).path


@pytest.mark.parametrize(
    ("request_", "why"),
    [
        (Request("GET", "/", {}), ""),
        (Request("GET", "/", {"authorization": "Basic x"}), "a credential"),
        (Request("GET", "/", {}, b"x"), "a body in a GET"),
        (Request("PUT", "/SDK/webLanguage", {}), "the method PUT"),
        (Request("POST", "/ISAPI/Security/sessionLogin", {}), "a POST outside ONVIF"),
        (Request("POST", "/onvif/device_service", {}, b"<tds:GetServices/>"), ""),
        (Request("POST", "/onvif/device_service", {}, b"<wsse:Security>"), "WS-Security"),
        (Request("POST", "/onvif/device_service", {}, b"<UsernameToken>"), "WS-Security"),
    ],
)
def test_what_a_careful_scanner_never_sends_is_named(request_: Request, why: str) -> None:
    assert trespass(request_) == why


def test_a_connection_is_kept_for_the_next_request_until_the_client_ends_it(
    make_lab: Callable[..., Lab], ask: Callable[..., Any]
) -> None:
    with make_lab("nas-ds918") as lab:
        client = ask(lab)
        with client.connect("nas-ds918", 80) as opened:
            for last in (b"", b"Connection: close\r\n"):
                opened.sendall(b"GET /x HTTP/1.1\r\n" + last + b"\r\n")
                assert opened.recv(4096).startswith(b"HTTP/1.1 404")
            assert opened.recv(10) == b""
        requests = lab.recorder.records("nas-ds918", "request")
        assert [record.data for record in requests] == [b"GET /x", b"GET /x"]
        assert len({record.connection for record in requests}) == 1
        assert lab.recorder.records("nas-ds918", "unexpected") == ()


def test_a_trespass_is_on_record_with_its_bytes(
    make_lab: Callable[..., Lab], ask: Callable[..., Any]
) -> None:
    with make_lab("nas-ds918") as lab:
        client = ask(lab)
        client.talk("nas-ds918", 80, b"PUT /a HTTP/1.1\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc")
        (found,) = lab.recorder.records("nas-ds918", "unexpected")
        assert found.note == "the method PUT"
        assert found.data.endswith(b"\r\n\r\nabc")


def test_a_client_that_says_nothing_is_let_go(make_lab: Callable[..., Lab], ask: Callable[..., Any]) -> None:
    with make_lab("nas-ds918") as lab, ask(lab).connect("nas-ds918", 80) as opened:
        opened.shutdown(socket.SHUT_WR)
        assert opened.recv(10) == b""

"""Ports and banners of masscan, whatever the form they are written in."""

from __future__ import annotations

import base64

import pytest

from scanner.importers.masscan import banner_row, port_row, unescaped
from scanner.model.ending import Ending


def test_an_open_port_is_complete_and_a_closed_one_of_the_sweep_refused():
    assert port_row("x", "192.0.2.1", 22, "tcp", "open", 1795575040).endings[0].ending is Ending.COMPLETE
    assert port_row("x", "192.0.2.1", 554, "tcp", "closed", 1795575040).endings[0].ending is Ending.REFUSED
    assert port_row("x", "192.0.2.1", 22, "tcp", "closed", 1795575040).endings == ()


@pytest.mark.parametrize(
    ("ip", "port", "proto", "status", "broken"),
    [
        ("x", 1, "tcp", "open", True),
        ("192.0.2.1", 70000, "tcp", "open", True),
        ("192.0.2.1", 1, "udp", "open", False),
        ("192.0.2.1", 1, "tcp", "ajar", True),
    ],
)
def test_what_says_nothing_of_a_port(ip, port, proto, status, broken):
    row = port_row("x", ip, port, proto, status, "")

    assert row.endings == ()
    assert row.unused
    assert row.broken is broken


@pytest.mark.parametrize(
    ("kind", "port", "text", "protocol", "payload"),
    [
        ("http", 443, "HTTP/1.1 200 OK\r\n\r\n", "https", b"HTTP/1.1 200 OK\r\n\r\n"),
        ("http.server", 80, "nginx\r\nSet: x", "http", b"Server: nginx Set: x\r\n\r\n"),
        ("title", 80, "a<b", "http", b"<html><head><title>a&lt;b</title></head></html>"),
        ("ssh", 22, "SSH-2.0-x", "ssh", b"SSH-2.0-x"),
        ("telnet", 23, "login: \xff", "telnet", b"login: \xff"),
        ("X509", 443, base64.b64encode(b"0\x82").decode(), "tls-cert", b"0\x82"),
    ],
)
def test_a_banner_is_bytes_of_the_device(kind, port, text, protocol, payload):
    row = banner_row("x", "192.0.2.1", port, kind, text, 1795575040)

    (heard,) = row.observations
    assert (heard.protocol, heard.payload, heard.port) == (protocol, payload, port)
    assert heard.synthesised is (kind in ("http.server", "title"))
    assert row.endings[0].ending is Ending.COMPLETE


def test_an_answer_over_udp_opens_no_port():
    assert banner_row("x", "192.0.2.1", 1900, "upnp", "HTTP/1.1 200 OK\r\n\r\n", 1).endings == ()


def test_what_masscan_concluded_is_not_taken():
    for kind, text in (("ssl", "TLS/1.2"), ("vuln", "ticketbleed"), ("X509", "!"), ("title", " ")):
        assert banner_row("x", "192.0.2.1", 443, kind, text, 1).observations == ()
    assert banner_row("x", "", 443, "http", "x", 1).broken


def test_escapes_are_characters():
    assert unescaped(r"a\x0d\x0ab\x22\xzz") == 'a\r\nb"\\xzz'

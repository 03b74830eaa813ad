"""Banners of Shodan, alone, in a search or under a host."""

from __future__ import annotations

import json

import pytest

from scanner.importers.shodan import IMPORTER
from scanner.model.protocol import Protocol
from scanner.parsers import read

BANNER = {
    "ip_str": "192.0.2.1",
    "port": 22,
    "transport": "tcp",
    "timestamp": "2026-03-15T22:57:45.950793",
    "_shodan": {"module": "ssh"},
    "data": "SSH-2.0-x\r\n",
}


def text(**more) -> str:
    return json.dumps({**BANNER, **more})


def test_a_web_banner_is_head_and_page(rows_of, sample):
    (row,) = rows_of(IMPORTER, sample("shodan.json"))

    (page,) = row.observations
    fields = read(page.protocol, page.payload, page.request)
    assert fields["header.server"] == ("GoAhead-Webs",)
    assert fields["title"] == ("Document Error: Unauthorized",)
    assert page.at == "2026-03-15T22:57:45Z"


@pytest.mark.parametrize(
    "written",
    [text(), json.dumps({"matches": [BANNER], "total": 1}), json.dumps([BANNER])],
)  # fmt: skip
def test_a_banner_is_found_wherever_it_lies(written, rows_of, used):
    rows = used(rows_of(IMPORTER, written))

    assert IMPORTER.recognises(written.encode())
    assert rows[0].observations[0].payload == b"SSH-2.0-x\r\n"


def test_a_banner_without_an_address_has_its_hosts(rows_of, used):
    inner = {name: value for name, value in BANNER.items() if name != "ip_str"}
    (row,) = used(rows_of(IMPORTER, json.dumps({"ip_str": "192.0.2.1", "data": [inner, 7]})))

    assert row.observations[0].host == "192.0.2.1"


@pytest.mark.parametrize(
    ("module", "data", "protocol"),
    [("rtsp-tcp", "RTSP/1.0 401\r\n\r\n", "rtsp"), ("ftp", "220 x", "ftp"), ("telnet", "login:", "telnet"),
     ("auto", "HTTP/1.1 200 OK\r\n\r\n", "http"), ("https", "HTTP/1.1 200 OK\r\n\r\n", "https"), ("upnp", "HTTP/1.1 200 OK\r\nST: x\r\n", "http")],
)  # fmt: skip
def test_the_kind_of_a_banner(module, data, protocol, rows_of):
    (row,) = rows_of(IMPORTER, text(_shodan={"module": module}, data=data))

    assert row.observations[0].protocol == protocol


def test_icon_certificate_and_product(rows_of):
    web = {"html": "<p>", "favicon": {"hash": 999357577}}
    tls = {"cert": {"subject": {"CN": "x"}, "issuer": {"O": "y"}}, "chain": []}
    head = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nServer: s\r\n\r\n"
    (row,) = rows_of(IMPORTER, text(data=head, http=web, ssl=tls, product="Hikvision IP Camera"))

    page, icon, thought, certificate = row.observations
    assert page.payload == b"HTTP/1.1 200 OK\r\nServer: s\r\n\r\n<p>"
    assert read(icon.protocol, icon.payload, icon.request)["favicon.mmh3"] == ("999357577",)
    assert thought.protocol is Protocol.OTHER_TOOL
    assert certificate.payload == b"subject: CN=x\nissuer: O=y\n"
    pem = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n"
    (row,) = rows_of(IMPORTER, text(ssl={"chain": [pem]}))
    assert row.observations[1].payload == pem.encode()


def test_what_says_nothing_says_why(rows_of, sample):
    (row,) = rows_of(IMPORTER, sample("shodan-host.json"))

    assert row.unused
    assert rows_of(IMPORTER, text(port=None))[0].unused
    assert not IMPORTER.recognises(b'{"ip_str":"192.0.2.1"}')
    assert IMPORTER.recognises(b'{"ip_str":"192.0.2.1","_shodan": {"module": "x"}, "data": "')

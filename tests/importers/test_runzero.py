"""Assets of runZero: what services said counts, what runZero thinks is weak."""

from __future__ import annotations

import json

from scanner.importers.runzero import IMPORTER
from scanner.model.protocol import Protocol
from scanner.parsers import read

ASSET = {
    "addresses": ["192.0.2.1"],
    "macs": ["44:19:b6:00:53:01"],
    "hw": "Hikvision DS-2CD2042WD-I",
    "type": "IP Camera",
    "service_count": 2,
    "last_seen": 1795575040,
}
WEB = {
    "protocol": "http",
    "http.code": "401",
    "http.head.server": "App-webs/",
    "http.head.wwwAuthenticate": 'Digest realm="x"',
    "html.title": "Document Error",
    "favicon.ico.image.mmh3": "999357577",
}


def asset(**more) -> str:
    return json.dumps({**ASSET, **more})


def test_mac_services_and_opinion_of_an_asset(rows_of):
    services = {"192.0.2.1/80/tcp/": WEB, "192.0.2.1/22/tcp/": {"protocol": "ssh", "banner": "SSH-2.0-x"}}
    (row,) = rows_of(IMPORTER, asset(services=services))

    assert [one.protocol for one in row.observations] == ["mac", "http", "http", "ssh", "other-tool"]
    fields = read(Protocol.HTTP, row.observations[1].payload)
    assert (fields["status"], fields["realm"], fields["title"]) == (("401",), ("x",), ("Document Error",))
    assert [one.port for one in row.endings] == [80, 22]
    assert row.sightings[0].address == "192.0.2.1"
    assert row.observations[0].at == "2026-11-25T02:50:40Z"


def test_certificates_and_secure_servers(rows_of):
    said = {**WEB, "protocol": "http tls", "tls.subject": "CN=x", "tls.issuer": "CN=y", "tls.names": "a b"}
    (row,) = rows_of(IMPORTER, asset(services={"192.0.2.1/443/tcp/": said}))

    assert [one.protocol for one in row.observations] == ["mac", "https", "https", "tls-cert", "other-tool"]


def test_without_services_open_ports_alone_are_proven(rows_of):
    (row,) = rows_of(IMPORTER, asset(service_ports_tcp=["80", "x", "554"]))

    assert [one.port for one in row.endings] == [80, 554]
    (row,) = rows_of(IMPORTER, asset(service_ports_tcp="80 554"))
    assert [one.port for one in row.endings] == [80, 554]


def test_lists_lines_and_pages_of_assets_are_read(rows_of, used):
    for text in (f"[{asset()}]", asset() + "\n", json.dumps({"assets": [ASSET]})):
        assert IMPORTER.recognises(text.encode())
        assert len(used(rows_of(IMPORTER, text))) == 1
    assert IMPORTER.recognises(b'{"addresses":["192.0.2.1"],"macs":[],"service_ports_tcp":["80",')


def test_what_says_nothing_says_why(rows_of):
    bare = {
        "addresses": ["192.0.2.1"],
        "services": {"x": {}, "192.0.2.1/0/icmp/": {}, "192.0.2.1/161/udp/": {}},
    }
    text = json.dumps(bare) + '\n{"addresses":[]}\n{"assets":[7]}'

    assert [bool(row.unused) for row in rows_of(IMPORTER, text)] == [True, True, True]

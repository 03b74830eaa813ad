"""What Zeek's entries say of a device, and how its connection states read."""

from __future__ import annotations

import pytest

from scanner.importers import zeek
from scanner.importers.zeek import Joined, kind_of, row_of
from scanner.model.ending import Ending

BASE = {"ts": "1795575040.1", "uid": "C1", "id.resp_h": "192.0.2.1", "id.resp_p": "80"}


@pytest.mark.parametrize(
    ("state", "ending"),
    [("S0", Ending.SILENT), ("REJ", Ending.REFUSED), ("SF", Ending.COMPLETE), ("RSTO", Ending.COMPLETE), ("S1", Ending.COMPLETE),
     ("SH", None), ("RSTOS0", None), ("RSTRH", None), ("SHR", None), ("OTH", None), ("new", None)],
)  # fmt: skip
def test_a_connection_state_is_an_ending_or_seen_by_halves(state, ending):
    row = row_of("line 1", "conn", {**BASE, "proto": "tcp", "conn_state": state}, Joined())

    assert [one.ending for one in row.endings] == ([ending] if ending else [])
    assert row.names == (() if ending else ("192.0.2.1",))


def test_other_ports_count_only_when_they_accept():
    entry = {**BASE, "id.resp_p": "22", "proto": "tcp"}

    assert row_of("x", "conn", {**entry, "conn_state": "S0"}, Joined()).endings == ()
    assert row_of("x", "conn", {**entry, "conn_state": "SF"}, Joined()).endings
    assert row_of("x", "conn", {**entry, "proto": "udp", "conn_state": "SF"}, Joined()).unused


def test_a_reply_is_its_status_and_the_path_that_was_asked():
    entry = {**BASE, "trans_depth": "1", "method": "GET", "uri": "/ISAPI/System/status", "status_code": "401"}
    row = row_of("x", "", entry, Joined())

    (heard,) = row.observations
    assert (heard.payload, heard.request, heard.port) == (
        b"HTTP/1.1 401\r\n\r\n",
        "GET /ISAPI/System/status",
        80,
    )
    assert heard.synthesised


def test_no_reply_and_a_reply_through_a_proxy_are_nothing_of_the_host():
    assert row_of("x", "http", {**BASE, "uri": "/"}, Joined()).unused
    assert row_of("x", "http", {**BASE, "uri": "http://x/", "status_code": "200"}, Joined()).unused
    assert row_of("x", "http", {**BASE, "uri": "/", "status_code": "odd"}, Joined()).broken


def test_old_ssl_logs_have_the_names_themselves():
    entry = {**BASE, "subject": "CN=x,O=y", "issuer": "CN=z"}
    (heard,) = row_of("x", "ssl", entry, Joined()).observations

    assert heard.payload == b"subject: CN=x,O=y\nissuer: CN=z\n"


@pytest.mark.parametrize("first", ["ssl", "x509"])
def test_a_certificate_and_who_shows_it_meet_whichever_comes_first(first):
    ssl = {**BASE, "established": "T", "cert_chain_fps": "ab,cd"}
    x509 = {
        "ts": "1795575040.1",
        "fingerprint": "ab",
        "certificate.subject": "CN=x",
        "certificate.issuer": "CN=y",
        "san.dns": "a,b",
    }
    joined = Joined()
    order = [("ssl", ssl), ("x509", x509)] if first == "ssl" else [("x509", x509), ("ssl", ssl)]

    heard = [one for kind, entry in order for one in row_of("x", kind, entry, joined).observations]

    assert [(one.host, one.port) for one in heard] == [("192.0.2.1", 80)]
    assert heard[0].payload.startswith(b"subject: CN=x\nissuer: CN=y\n")


def test_what_waits_is_bounded(monkeypatch):
    monkeypatch.setattr(zeek, "HELD", 1)
    joined = Joined()
    for number in range(5):
        row_of("x", "ssl", {**BASE, "cert_chain_fps": f"s{number}"}, joined)
        row_of("x", "x509", {"fingerprint": f"x{number}", "certificate.subject": "CN=x"}, joined)

    assert (len(joined.servers), len(joined.certificates)) == (1, 1)


def test_devices_are_known_by_mac_and_name():
    named = row_of("x", "known_devices", {"mac": "44:19:b6:00:53:02", "dhcp_host_name": "cam"}, Joined())
    bare = row_of("x", "known_devices", {"mac": "44:19:b6:00:53:02"}, Joined())

    assert named.observations[0].host == bare.observations[0].host == "44:19:b6:00:53:02"
    assert b"hostname: cam" in named.observations[0].payload


def test_of_programs_only_kept_bytes_count():
    base = {"host": "192.0.2.1", "host_p": "80", "name": "Hikvision"}
    server = row_of(
        "x", "software", {**base, "software_type": "HTTP::SERVER", "unparsed_version": "App-webs/"}, Joined()
    )
    shell = row_of(
        "x", "software", {**base, "software_type": "SSH::SERVER", "unparsed_version": "dropbear"}, Joined()
    )

    assert server.observations[0].payload == b"Server: App-webs/\r\n\r\n"
    assert shell.observations[0].payload == b"SSH-2.0-dropbear\r\n"
    assert row_of(
        "x", "software", {**base, "software_type": "CAMERA::ANY", "unparsed_version": "x"}, Joined()
    ).names
    assert row_of("x", "software", {"software_type": "HTTP::SERVER"}, Joined()).unused


@pytest.mark.parametrize(
    "kind", ["conn", "http", "ssl", "x509", "dhcp", "known_hosts", "known_devices", "software", "weird"]
)
def test_an_empty_entry_gives_nothing_and_says_why(kind):
    assert row_of("x", kind, {}, Joined()).unused


def test_a_log_is_told_by_its_fields():
    assert kind_of({"ts": 1, "uid": 1, "id.resp_h": 1, "conn_state": 1}) == "conn"
    assert kind_of({"ts": 1, "host": 1}) == ""

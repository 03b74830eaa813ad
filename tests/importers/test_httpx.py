"""What httpx kept of a web server; its technologies are an opinion."""

from __future__ import annotations

import json

from scanner.importers.httpx import IMPORTER
from scanner.model.protocol import Protocol
from scanner.parsers import read

BASE = {
    "timestamp": "2026-04-14T23:02:47Z",
    "url": "http://192.0.2.1:8080/x",
    "input": "192.0.2.1",
    "host": "192.0.2.1",
    "status_code": 200,
}


def line(**more) -> str:
    return json.dumps({**BASE, **more})


def test_status_server_and_title_make_a_reply(rows_of, sample):
    first = rows_of(IMPORTER, sample("httpx.jsonl"))[0]

    page, thought = first.observations
    fields = read(page.protocol, page.payload, page.request)
    assert (fields["status"], fields["title"], fields["header.server"]) == (
        ("200",),
        ("Example API",),
        ("cloudflare",),
    )
    assert thought.protocol is Protocol.OTHER_TOOL
    assert page.synthesised


def test_kept_bytes_go_before_what_was_made_of_them(rows_of):
    raw = "HTTP/1.1 200 OK\r\nServer: App-webs/\r\nContent-Encoding: gzip\r\n\r\n"
    (row,) = rows_of(
        IMPORTER, line(raw_header=raw, body="<title>real</title>", title="made", webserver="made")
    )

    (page,) = row.observations
    assert page.payload == b"HTTP/1.1 200\r\nServer: App-webs/\r\n\r\n<title>real</title>"
    assert page.port == 8080
    (row,) = rows_of(IMPORTER, line(header={"www_authenticate": 'Digest realm="x"', "server": ["a", "b"]}))
    assert b'www-authenticate: Digest realm="x"\r\nserver: a\r\n' in row.observations[0].payload


def test_the_hash_of_an_icon_is_a_field_of_the_reply_for_it(rows_of):
    (row,) = rows_of(IMPORTER, line(favicon="999357577", favicon_md5="89b932fcc47cf4ca3faadb0cfdef89cf"))

    icon = row.observations[1]
    fields = read(icon.protocol, icon.payload, icon.request)
    assert fields["favicon.mmh3"] == ("999357577",)
    assert fields["favicon.md5"] == ("89b932fcc47cf4ca3faadb0cfdef89cf",)
    assert len(rows_of(IMPORTER, line(favicon="x\r\ny"))[0].observations) == 1


def test_names_of_a_certificate_are_read(rows_of):
    (row,) = rows_of(
        IMPORTER, line(tls={"subject_dn": "CN=x, O=y", "issuer_dn": "CN=z", "subject_an": ["a"]})
    )

    assert read(Protocol.TLS_CERT, row.observations[1].payload)["tls.subject.O"] == ("y",)


def test_the_reply_of_another_host_is_not_of_this_one(rows_of):
    (row,) = rows_of(IMPORTER, line(final_url="https://example.org/"))

    assert row.observations == ()
    assert row.endings[0].port == 8080


def test_what_failed_or_has_no_address_says_so(rows_of):
    text = "\n".join(
        [line(failed=True), line(host="x", url="http://x/"), line(url="http://[", port="x"), line(url=7)]
    )

    assert [bool(row.unused) for row in rows_of(IMPORTER, text)] == [True] * 4
    assert not IMPORTER.recognises(b'{"url":"x","input":"y"}')


def test_the_names_of_older_releases_are_read(rows_of, used):
    text = (
        '{"timestamp":"2021-11-01T00:00:00Z","url":"http://192.0.2.1:80","input":"192.0.2.1","scheme":"http",'
        '"port":"80","host":"192.0.2.1","webserver":"App-webs/","content-length":0,"status-code":401}'
    )
    assert IMPORTER.recognises(text.encode())

    (row,) = used(rows_of(IMPORTER, text))

    assert row.observations[0].payload.startswith(b"HTTP/1.1 401\r\nServer: App-webs/")

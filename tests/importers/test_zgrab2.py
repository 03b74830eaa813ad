"""What zgrab2 got, bytes and all; its time-outs are no silence."""

from __future__ import annotations

import json

import pytest

from scanner.importers.zgrab2 import IMPORTER
from scanner.model.ending import Ending
from scanner.model.protocol import Protocol
from scanner.parsers import read


def line(**module) -> str:
    return json.dumps({"ip": "192.0.2.1", "data": {"m": {"protocol": "http", "status": "success", **module}}})


def test_each_module_gives_its_bytes(rows_of, used, sample):
    heard = [one for row in used(rows_of(IMPORTER, sample("zgrab2.jsonl"))) for one in row.observations]

    assert {one.protocol for one in heard} == {"http", "https", "tls-cert", "ftp", "ssh", "telnet"}
    certificate = next(one for one in heard if one.protocol is Protocol.TLS_CERT)
    assert read(certificate.protocol, certificate.payload)["tls.subject.CN"] == ("target",)
    page = next(one for one in heard if one.protocol is Protocol.HTTP)
    fields = read(page.protocol, page.payload, page.request)
    assert (fields["header.server"], fields["header.etag"]) == (("lighttpd/1.4.35",), ('"2262550883"',))
    assert "HTTP INDEX" in fields["body"][0]


@pytest.mark.parametrize(
    ("status", "ending"),
    [("connection-refused", Ending.REFUSED), ("connection-timeout", None), ("io-timeout", None), ("protocol-error", Ending.COMPLETE),
     ("unknown-error", None)],
)  # fmt: skip
def test_a_status_is_an_ending_where_it_proves_one(status, ending, rows_of):
    (row,) = rows_of(IMPORTER, line(status=status))

    assert [one.ending for one in row.endings] == ([ending] if ending else [])


def test_the_first_reply_of_a_chain_is_the_hosts_own(rows_of):
    first = {
        "status_code": 301,
        "headers": {"server": ["own"]},
        "request": {"url": {"scheme": "http", "host": "192.0.2.1:8080", "path": "/"}},
    }
    last = {
        "status_code": 200,
        "headers": {"server": ["elsewhere"]},
        "request": {"url": {"scheme": "https", "host": "example.org", "path": "/x"}},
    }
    (row,) = rows_of(IMPORTER, line(result={"redirect_response_chain": [first], "response": last}))

    (heard,) = row.observations
    assert (heard.port, heard.protocol) == (8080, "http")
    assert heard.payload == b"HTTP/1.1 301\r\nserver: own\r\n\r\n"


def test_what_is_not_as_it_should_be_says_so(rows_of):
    text = "\n".join(
        ['{"domain":"x","data":{}}', '{"ip":"192.0.2.1","data":7}', '{"ip":"192.0.2.1","data":{}}', line(result=7),
         line(result={"response": {"status_code": [], "headers": {"unknown": [7, {"key": "a", "value": 3}]}}}),
         line(protocol="tls", result={"handshake_log": {"server_certificates": {"certificate": {"raw": "!!"}}}})]
    )  # fmt: skip
    assert len(rows_of(IMPORTER, text)) == 6


def test_a_first_line_that_is_longer_than_the_head_is_recognised(sample):
    text = sample("zgrab2.jsonl")

    assert IMPORTER.recognises(text[:1500])
    assert not IMPORTER.recognises(b'{"ip":"192.0.2.1","data":{"x":1}}')

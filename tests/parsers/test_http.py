from __future__ import annotations

import gzip

import pytest

from scanner.model.errors import Malformed
from scanner.parsers.http import read, read_xml

# Replies from public issues and scanner notes (corpus of this project); nonces and numbers replaced.
UNAUTHORIZED = (
    b'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest realm="DVRNVRDVS", domain="::", qop="auth", '
    b'nonce="16c2671a88d919b48d011bfe56765a0e:1540569274326", opaque="", algorithm="MD5", stale="FALSE"\r\n'
    b'WWW-Authenticate: Basic realm="DVRNVRDVS"\r\n\r\n'
)
PAGE = b"\xef\xbb\xbf<!doctype html>\r\n<html><head><title>index</title></head><!--x--><a href='/doc'>y</html>\r\n"
ROOT = (
    b"HTTP/1.1 200 OK\r\nServer: DNVRS-Webs\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n"
    % len(PAGE)
) + PAGE
ACTIVATED = b'<ActivateStatus xmlns="http://www.isapi.org/ver20/XMLSchema">\n<Activated>true</Activated>\n</ActivateStatus>'
STATUS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"40\r\n%s\r\n%X\r\n%s\r\n0\r\n\r\n" % (
    ACTIVATED[:64],
    len(ACTIVATED) - 64,
    ACTIVATED[64:],
)
FAULT = (
    b'HTTP/1.1 400 Bad Request\r\n\r\n<env:Envelope xmlns:env="http://www.w3.org/2003/05/soap-envelope" '
    b'xmlns:ter="http://www.onvif.org/ver10/error"><env:Body><env:Fault><env:Code><env:Value>env:Sender</env:Value>'
    b"<env:Subcode><env:Value>ter:NotAuthorized</env:Value></env:Subcode></env:Code></env:Fault></env:Body></env:Envelope>"
)
ICON = b"\x00\x00\x01\x00\x01\x00" + bytes(60)
REPLIES = (UNAUTHORIZED, ROOT, STATUS, FAULT)


def test_a_challenge_is_read_with_its_realms():
    fields = read(UNAUTHORIZED, "GET /ISAPI/System/deviceInfo")

    assert fields["status"] == ("401",)
    assert fields["version"] == ("HTTP/1.1",)
    assert fields["realm"] == ("DVRNVRDVS", "DVRNVRDVS")
    assert len(fields["auth"]) == len(fields["header.www-authenticate"]) == 2
    assert fields["request.path"] == ("/ISAPI/System/deviceInfo",)


def test_a_nonce_never_reaches_a_field_but_its_shape_does():
    fields = read(UNAUTHORIZED)

    assert all("16c2671a" not in value for name in fields for value in fields[name])
    assert f'nonce="{"0" * 32}:{"0" * 13}"' in fields["auth"][0]


def test_a_page_is_read_and_its_byte_order_mark_kept():
    fields = read(ROOT)

    assert fields["header.server"] == ("DNVRS-Webs",)
    assert fields["title"] == ("index",)
    assert fields["comment"] == ("x",)
    assert fields["link"] == ("/doc",)
    assert fields.first("body").startswith("\ufeff<!doctype html>\r\n<html>")
    assert fields.first("head").startswith("HTTP/1.1 200 OK\r\nServer: DNVRS-Webs\r\n")


def test_xml_in_chunks_is_read():
    fields = read(STATUS)

    assert fields["xml.root"] == ("ActivateStatus",)
    assert fields["xml.namespace"] == ("http://www.isapi.org/ver20/XMLSchema",)


def test_chunks_whose_sizes_no_longer_fit_are_read():
    """The line ends of a capture were rewritten, so that each size is too small or too large."""
    fields = read(STATUS.replace(b"40\r\n", b"43\r\n"))

    assert fields["xml.Activated"] == ("true",)


def test_a_soap_fault_is_read():
    assert read(FAULT)["xml.Value"] == ("env:Sender", "ter:NotAuthorized")


def test_a_bare_body_and_a_fragment_are_read():
    bare = read(b"<tds:Manufacturer>HIKVISION</tds:Manufacturer><tds:Model>DS-2CD")

    assert bare["xml.Manufacturer"] == ("HIKVISION",)
    assert bare["status"] == ()
    assert bare["xml.Model"] == ()


def test_what_precedes_the_xml_is_passed_over_where_xml_is_expected():
    """A part of a multipart event stream (public issues of home-automation projects)."""
    part = (
        b"--boundary\nContent-Type: application/xml\n\n<EventNotificationAlert xmlns='urn:psialliance-org'>"
    )

    assert read_xml(part)["xml.namespace"] == ("urn:psialliance-org",)
    assert read_xml(b"HTTP/1.1 401 No\r\n\r\n<html><title>x</title>")["title"] == ("x",)
    assert read(part)["xml.root"] == ()


def test_xml_that_is_refused_leaves_its_text():
    fields = read(b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')

    assert fields["xml.root"] == ()
    assert "&b;" in fields.first("body")


def test_a_packed_page_is_unpacked():
    body = gzip.compress(b"<html><title>packed</title>")
    reply = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + body

    assert read(reply)["title"] == ("packed",)


@pytest.mark.parametrize(
    ("reply", "request_text", "hashed"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n" + ICON, None, True),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 66\r\n\r\n" + ICON, "GET /favicon.ico", True),
        (b"HTTP/1.1 200 OK\r\n\r\nBModd", "GET /favicon.ico?x=1", True),
        (b"HTTP/1.1 200 OK\r\n\r\nBModd", "GET /other", False),
        (b"HTTP/1.1 200 OK\r\n\r\n<html>login</html>", "GET /favicon.ico", False),
        (b"HTTP/1.1 404 Not Found\r\n\r\nno icon", "GET /favicon.ico", False),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n" + ICON, "GET /favicon.ico", False),
        (b"HTTP/1.1 200 OK\r\n\r\n", "GET /favicon.ico", False),
        (ICON, None, True),
    ],
)
def test_an_icon_is_hashed_only_when_it_is_whole(reply, request_text, hashed):
    fields = read(reply, request_text)

    assert ("favicon.mmh3" in fields) is hashed
    assert ("favicon.md5" in fields) is hashed


@pytest.mark.parametrize(
    ("request_text", "path"),
    [
        ("GET /", "/"),
        ("/SDK/activateStatus", "/SDK/activateStatus"),
        ("GET http://192.0.2.1:80/doc?x", "/doc"),
        ("GET http://[bad/x", None),
        ("POST", None),
        ("", None),
    ],
)
def test_the_path_that_was_asked_is_a_field(request_text, path):
    assert read(b"HTTP/1.1 200 OK\r\n\r\n", request_text).first("request.path") == path


@pytest.mark.parametrize("payload", [b"", b"\r\n\r\n", b"\x00\x00", b"NOTIFY * HTTP/1.1\r\nNT: x\r\n\r\n"])
def test_nothing_and_a_request_are_malformed(payload):
    with pytest.raises(Malformed):
        read(payload)


def test_garbage_behind_a_reply_does_not_hide_it():
    for reply in REPLIES:
        fields = read(reply + b"\x00\xff<<<garbage")
        for name in ("status", "realm", "title", "xml.root"):
            assert fields[name] == read(reply)[name]


def test_damaged_replies_are_fields_or_malformed(survives):
    survives(read, *REPLIES, b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(ROOT), ICON)


@pytest.mark.parametrize(
    "body",
    [b"<" * 65536, b"a:b\r\n" * 13000, b" x\r\n" * 16000, b"\r" * 65536, b"\n" * 65536, b"0\r\n" * 20000,
     b"1\r\na\r\n" * 10000, b"<a>" * 21000, b"<html>" + b"<a href='" * 7000, b'realm="' * 9000],
    ids=lambda body: repr(body[:10]),
)  # fmt: skip
def test_hostile_replies_cost_little(body, quickly):
    head = b"HTTP/1.1 200 OK\r\n"
    for reply in (
        body,
        head + body,
        head + b"\r\n" + body,
        head + b"Transfer-Encoding: chunked\r\n\r\n" + body,
    ):
        quickly(read, reply)


def test_hashes_that_a_tool_kept_in_place_of_an_icon_are_its_fields():
    kept = b"HTTP/1.1 200\r\nx-icon-mmh3: 999357577\r\nx-icon-md5: 89b932fcc47cf4ca3faadb0cfdef89cf\r\n\r\n"

    fields = read(kept, "GET /favicon.ico")
    assert fields["favicon.mmh3"] == ("999357577",)
    assert fields["favicon.md5"] == ("89b932fcc47cf4ca3faadb0cfdef89cf",)
    assert "favicon.mmh3" not in read(kept, "GET /")

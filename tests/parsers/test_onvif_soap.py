"""Scopes that an ONVIF service lists are read as those of WS-Discovery are."""

from __future__ import annotations

import pytest

from scanner.model.errors import Malformed
from scanner.parsers import onvif_soap

SCOPES = (
    b'<env:Envelope xmlns:env="http://www.w3.org/2003/05/soap-envelope" xmlns:tds="d" xmlns:tt="s"><env:Body>'
    b"<tds:GetScopesResponse>"
    b"<tds:Scopes><tt:ScopeDef>Fixed</tt:ScopeDef>"
    b"<tt:ScopeItem>onvif://www.onvif.org/hardware/DS-2CD2043G2-I</tt:ScopeItem></tds:Scopes>"
    b"<tds:Scopes><tt:ScopeItem> onvif://www.onvif.org/name/HIKVISION </tt:ScopeItem></tds:Scopes>"
    b"<tds:Scopes><tt:ScopeItem></tt:ScopeItem></tds:Scopes>"
    b"</tds:GetScopesResponse></env:Body></env:Envelope>"
)


def test_each_scope_comes_out_under_the_name_of_discovery() -> None:
    fields = onvif_soap.read(SCOPES)
    assert fields["wsd.scope"] == (
        "onvif://www.onvif.org/hardware/DS-2CD2043G2-I",
        "onvif://www.onvif.org/name/HIKVISION",
    )
    assert fields.first("xml.root") == "Envelope"


def test_a_reply_without_scopes_is_read_as_any_other() -> None:
    fields = onvif_soap.read(b"HTTP/1.1 400 Bad Request\r\n\r\n<Envelope><Body><Fault/></Body></Envelope>")
    assert "wsd.scope" not in fields
    assert fields.first("status") == "400"


def test_scopes_without_end_are_counted() -> None:
    many = b"<r>" + b"<ScopeItem>onvif://x</ScopeItem>" * 500 + b"</r>"
    assert len(onvif_soap.read(many)["wsd.scope"]) == onvif_soap.SCOPES_LIMIT


def test_blanks_are_no_reply() -> None:
    with pytest.raises(Malformed):
        onvif_soap.read(b" \r\n")


def test_damaged_replies_are_fields_or_malformed(survives) -> None:
    survives(onvif_soap.read, SCOPES, b"HTTP/1.1 200 OK\r\n\r\n" + SCOPES)


def test_hostile_scopes_cost_little(quickly) -> None:
    for piece in (b"<ScopeItem>x</ScopeItem>", b"<ScopeItem>", b"\xef\xbb\xbf", b"<\x00"):
        quickly(onvif_soap.read, piece * (65000 // len(piece)))

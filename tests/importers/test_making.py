"""Addresses, times and payloads that importers share."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from scanner.importers.making import (
    address_of,
    certificate_text,
    http_head,
    lease,
    name_text,
    port_of,
    station,
    text_of,
    time_of,
    title_page,
)
from scanner.model.protocol import Protocol
from scanner.parsers import read


@pytest.mark.parametrize(
    ("text", "expected"),
    [("192.0.2.1", "192.0.2.1"), (" [2001:DB8::1]", "2001:db8::1"), ("fe80::1%eth0", "fe80::1"), ("::ffff:192.0.2.1", "192.0.2.1"),
     ("192.0.2.1/24", "192.0.2.1"), ("224.0.0.1", ""), ("0.0.0.0", ""), ("255.255.255.255", ""), ("ff02::1", ""),
     ("999.1.1.1", ""), (None, ""), (3221225985, "")],
)  # fmt: skip
def test_an_address_has_one_spelling(text, expected):
    assert address_of(text) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("1795575040", "2026-11-25T02:50:40Z"), (1795575040.5, "2026-11-25T02:50:40Z"), ("2026-11-25T03:50:40+01:00", "2026-11-25T02:50:40Z"),
     ("2026-11-25 02:50:40.123456", "2026-11-25T02:50:40Z"), ("2026-13-25T02:50:40Z", ""), (1e300, ""), (-1, ""), (True, ""),
     ("0001-01-01T00:00:00+14:00", ""), ("yesterday", ""), (None, "")],
)  # fmt: skip
def test_a_time_is_utc_or_none(value, expected):
    assert time_of(value) == expected


@given(some.one_of(some.text(), some.integers(), some.floats(), some.none(), some.binary()))
def test_no_value_is_too_odd(value):
    assert isinstance(address_of(value), str)
    assert isinstance(time_of(value), str)
    assert 0 <= port_of(value) < 65536
    assert isinstance(text_of(value), str)


def test_a_head_cannot_be_given_a_line_by_a_value():
    head = http_head(
        200, [("Server", "x\r\nSet-Cookie: y"), ("bad name", "z"), ("content_length", "9")], "<p>"
    )

    assert head == b"HTTP/1.1 200\r\nServer: x Set-Cookie: y\r\n\r\n<p>"
    assert http_head("", [], "<p>") == b"<p>"


def test_a_title_is_read_back_as_it_was():
    fields = read(Protocol.HTTP, http_head(200, [], title_page("a <b> & c")))

    assert fields["title"] == ("a <b> & c",)
    assert title_page(" ") == ""


def test_a_certificate_of_names_is_read_back():
    subject = name_text({"C": ["CN"], "O": "A, B"})
    fields = read(Protocol.TLS_CERT, certificate_text(subject, "CN=x", names=["192.0.2.1"]))

    assert subject == "C=CN, O=A\\, B"
    assert fields["tls.subject.C"] == ("CN",)
    assert name_text(7) == ""


def test_a_lease_or_a_station_without_a_mac_says_so():
    assert lease("line 1", "", "192.0.2.1").unused
    assert station("line 1", "ff:ff:ff:ff:ff:ff", "192.0.2.1").names == ("192.0.2.1",)
    assert lease("line 1", "", "", hostname="x").unused == "no address of a host"

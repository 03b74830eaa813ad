from __future__ import annotations

import pytest

from scanner.model.errors import Malformed
from scanner.parsers.mac import canonical_mac, mac_from_eui64, read, station


@pytest.mark.parametrize(
    "text",
    [
        "E0:BA:AD:00:93:2A",
        "e0-ba-ad-00-93-2a",
        "e0ba.ad00.932a",
        "E0BAAD00932A",
        " e0:ba:ad:00:93:2a\r\n",
        "e0:ba:ad:0:93:2a",
        "e0ba-ad00-932a",
        "e0baad-00932a",
        "e0 ba ad 00 93 2a",
        "e0.ba.ad.00.93.2a",
    ],
)
def test_every_spelling_becomes_one(text):
    assert canonical_mac(text) == "e0:ba:ad:00:93:2a"
    assert read(text.encode())["mac"] == ("e0:ba:ad:00:93:2a",)


@pytest.mark.parametrize(
    "text",
    ["", "ff:ff:ff:ff:ff:ff", "00-00-00-00-00-00", "01:00:5e:7f:ff:fa", "e0:ba-ad:00:93:2a", "e0:ba:ad:00:93", "XXXXXXXXXXXX",
     "e0:ba:ad:00:93:2a:11", "e0baad00932", "g0:ba:ad:00:93:2a", "e0ba.ad00-932a", "e0baad.00932a", "e0 ba ad-00 93 2a", "1" * 60000],
)  # fmt: skip
def test_what_names_no_station_is_none(text):
    assert canonical_mac(text) is None
    with pytest.raises(Malformed):
        read(text.encode())


@pytest.mark.parametrize("octets", [b"", b"\x44\x19\xb6\x01\x02", b"\xff" * 6, bytes(6), b"\x02" * 7])
def test_octets_that_name_no_station_are_empty(octets):
    assert station(octets) == ""
    assert station(b"\x44\x19\xb6\x01\x02\x03") == "44:19:b6:01:02:03"


def test_a_line_of_an_address_table_is_read():
    assert read(b"? (192.0.2.1) at e0:ba:ad:00:93:2a [ether] on eth0")["mac"] == ("e0:ba:ad:00:93:2a",)


@pytest.mark.parametrize(
    ("text", "mac"),
    [
        ("fe80::b6a3:82ff:fe0f:92d", "b4:a3:82:0f:09:2d"),
        ("[fe80::b6a3:82ff:fe0f:92d%eth0]", "b4:a3:82:0f:09:2d"),
        ("fe80::b6a3:82ff:fe0f:92d%2", "b4:a3:82:0f:09:2d"),
        ("b6a382fffe0f092d", "b4:a3:82:0f:09:2d"),
        ("b6-a3-82-ff-fe-0f-09-2d", "b4:a3:82:0f:09:2d"),
        ("2001:db8::1", None),
        ("fe80::b4a3:82ff:fe0f:92d", None),
        ("192.0.2.1", None),
        ("nonsense", None),
        ("::", None),
    ],
)
def test_the_address_inside_an_interface_identifier_is_found(text, mac):
    assert mac_from_eui64(text) == mac


def test_damaged_addresses_are_fields_or_malformed(survives):
    survives(read, b"E0:BA:AD:00:93:2A", b"e0ba.ad00.932a")

"""Device identifiers from public issues (research note models.md §3); serial and address tails replaced."""

from __future__ import annotations

import pytest

from scanner.parsers.device_id import read_device_id

# fmt: off
IDENTIFIERS = [
    ("484a3238-3932-3130-3030-240f9b0f0001", "J28921000", "24:0f:9b:0f:00:01"),
    ("48353933-3735-3630-3030-bcad28880001", "593756000", "bc:ad:28:88:00:01"),
    ("48443030-3637-3530-3030-f84dfcf80001", "D00675000", "f8:4d:fc:f8:00:01"),
    ("48414135-3038-3330-3030-bc5e33540001", "AA5083000", "bc:5e:33:54:00:01"),
    ("48513138-3437-3930-3030-e0baad890001", "Q18479000", "e0:ba:ad:89:00:01"),
    ("7d49925b-4fc7-406b-a0ec-bc5e33590001", None, "bc:5e:33:59:00:01"),
]
# fmt: on


@pytest.mark.parametrize(("text", "short", "mac"), IDENTIFIERS)
def test_short_serial_and_address_are_read(text, short, mac):
    found = read_device_id(text)

    assert (found.short, found.mac) == (short, mac)
    assert read_device_id("urn:uuid:" + text.upper()) == found


def test_a_masked_address_is_none():
    assert read_device_id("484a3238-3932-3138-3731-ffffffffffff").mac is None


@pytest.mark.parametrize("text", ["", "255", "xxxx", "XXXXXXXXXXXXXXXXX", "484a3238", "z" * 36])
def test_other_text_is_no_identifier(text):
    assert read_device_id(text) is None

"""The ladder of identities."""

from __future__ import annotations

import pytest

from scanner.matcher.identity import device_id, groups, serial_key, usable_mac, usable_serial

CAMERA = "DS-2CD2385G1-I20200414AAWRE33842150"


@pytest.mark.parametrize("text", [CAMERA, "0820160719AARR624006457WCVU", "DS-TCG406-E 20250322AIFX8671423"])
def test_a_stated_serial_is_kept_as_it_is(text):
    assert usable_serial(text) == text


@pytest.mark.parametrize(
    "text", [None, "", "xxxx", "XXXXXXXXXXX1", "12345", "DS-2CD2532F-IWS00000000CCCH000000000", "11111111"]
)
def test_masks_and_zeros_are_no_serial(text):
    assert usable_serial(text) is None


@pytest.mark.parametrize(
    ("text", "mac"),
    [
        ("44-19-B6-01-02-03", "44:19:b6:01:02:03"),
        ("fe80::eaa0:edff:fe3f:b4f7", "e8:a0:ed:3f:b4:f7"),
        ("ff:ff:ff:ff:ff:ff", None),
        ("00:00:00:00:00:00", None),
        ("16:33:90:0d:9b:e8", None),
        ("01:00:5e:00:00:01", None),
        ("no address", None),
        (None, None),
    ],
)
def test_only_a_universal_address_names_a_device(text, mac):
    assert usable_mac(text) == mac


def test_the_counter_is_the_key_of_a_serial():
    assert serial_key(CAMERA) == "E33842150"
    assert serial_key("DS-K1T341CMFW20230901V030315ENFH3990937") == "FH3990937"
    assert serial_key("abc 12345678") == "ABC12345678"


def test_an_upgrade_of_a_terminal_keeps_its_id():
    old = device_id("DS-K1T341CMFW20230901V030315ENFH3990937", "DS-K1T341CMFW", None, ("192.0.2.1",))
    new = device_id("DS-K1T341CMFW20240901V030330ENFH3990937", "DS-K1T341CMFW", None, ("192.0.2.9",))
    assert old == new


def test_the_id_falls_back_from_serial_to_mac_to_address():
    one, two = ("192.0.2.1",), ("192.0.2.2",)
    mac = "44:19:b6:01:02:03"
    assert device_id(None, None, mac, one) == device_id(None, None, mac, two)
    assert device_id(None, None, None, one) != device_id(None, None, None, two)
    assert device_id(None, None, None, (*one, *two)) == device_id(None, None, None, (*two, *one))
    assert device_id(CAMERA, None, mac, one) == device_id(CAMERA, None, None, two)


def test_groups_are_joined_through_others_and_keep_their_order():
    keys = [("a",), ("b",), (), ("b", "c"), ("c", "a"), ("d",)]
    assert groups(keys) == [[0, 1, 3, 4], [2], [5]]
    assert groups([]) == []

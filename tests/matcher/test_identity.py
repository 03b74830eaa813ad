"""The ladder of identities."""

from __future__ import annotations

import pytest

from scanner.matcher.identity import (
    device_id,
    groups,
    name_of,
    names_of,
    serial_key,
    usable_endpoint,
    usable_mac,
    usable_serial,
)
from scanner.model.identity import Name, Rung

CAMERA = "DS-2CD2385G1-I20200414AAWRE33842150"
MAC = "44:19:b6:01:02:03"
ENDPOINT = "48300000-4444-11b5-8000-4419b6010203"


@pytest.mark.parametrize("text", [CAMERA, "0820160719AARR624006457WCVU", "DS-TCG406-E 20250322AIFX8671423"])
def test_a_stated_serial_is_kept_as_it_is(text):
    assert usable_serial(text) == text


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "xxxx",
        "XXXXXXXXXXX1",
        "12345",
        "DS-2CD2532F-IWS00000000CCCH000000000",
        "11111111",
        "DS-KH6210-serial_number",
    ],
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
    old = names_of("DS-K1T341CMFW20230901V030315ENFH3990937", "DS-K1T341CMFW")
    new = names_of("DS-K1T341CMFW20240901V030330ENFH3990937", "DS-K1T341CMFW")
    assert old == new == (Name(Rung.SERIAL, "FH3990937"),)


def test_the_ladder_goes_from_serial_to_endpoint_to_tls_key_to_mac_to_address():
    names = names_of(CAMERA, None, MAC, ENDPOINT, "ab" * 32)
    assert [name.rung for name in names] == [Rung.SERIAL, Rung.ENDPOINT, Rung.TLS, Rung.MAC]
    for left in range(len(names)):
        assert name_of(reversed(names[left:]), ("192.0.2.1",)) == names[left]
    assert name_of((), ("192.0.2.2", "192.0.2.1")) == Name(Rung.ADDRESS, "192.0.2.1")
    assert name_of((), ("192.0.2.1",), 8080) == Name(Rung.ADDRESS, "192.0.2.1 port 8080")


def test_a_tls_key_names_a_device_beside_its_serial_alone():
    assert names_of(tls_key="ab" * 32) == ()
    (name,) = names_of(tls_key="ab" * 32, stated_serial="123456")
    assert name == Name(Rung.TLS, f"{'ab' * 32} 123456")


def test_ids_of_serials_and_of_mac_addresses_are_those_of_the_first_release():
    """A register that was filled from it must not see every device as new."""
    assert device_id(Name(Rung.SERIAL, "E33842150")) == "dev-b5efa83f86d8b338"
    assert device_id(Name(Rung.MAC, MAC)) == "dev-271f433c5a85ede2"
    assert device_id(Name(Rung.ADDRESS, "192.0.2.1")) == "dev-692f1c5fd14be0df"


@pytest.mark.parametrize(
    ("text", "uuid"),
    [
        (f"urn:uuid:{ENDPOINT.upper()}", ENDPOINT),
        (f"uuid:{{{ENDPOINT}}}", ENDPOINT),
        (ENDPOINT, ENDPOINT),
        ("urn:uuid:00000000-0000-0000-0000-000000000000", None),
        ("urn:uuid:ffffffff-ffff-ffff-ffff-ffffffffffff", None),
        ("urn:schemas:device", None),
        ("", None),
        (None, None),
    ],
)
def test_an_endpoint_reference_is_a_uuid_in_one_spelling(text, uuid):
    assert usable_endpoint(text) == uuid


def test_groups_are_joined_through_others_and_keep_their_order():
    keys = [("a",), ("b",), (), ("b", "c"), ("c", "a"), ("d",)]
    assert groups(keys) == [[0, 1, 3, 4], [2], [5]]
    assert groups([]) == []

"""DHCP: raw messages as they lie on the wire, and the lines of a lease."""

from __future__ import annotations

import pytest

from scanner.model.errors import Malformed
from scanner.parsers.dhcp import MAGIC, lease_text, read


def message(options: bytes, operation: int = 1, mac: str = "4419b6000102", hardware: int = 1) -> bytes:
    """A message with that hardware address and those options."""
    fixed = bytes((operation, hardware, 6, 0)) + bytes(24) + bytes.fromhex(mac) + bytes(10) + bytes(64 + 128)
    assert len(fixed) == 236
    return fixed + MAGIC + options


def option(code: int, value: bytes) -> bytes:
    return bytes((code, len(value))) + value


DISCOVER = message(
    option(53, b"\x01")
    + option(61, bytes.fromhex("014419b6000102"))
    + option(12, b"DS-2CD2042WD-I20160721AAWR123456789")
    + option(60, b"udhcp 1.20.2")
    + option(55, bytes((1, 3, 6, 12, 15, 28, 42)))
    + b"\xff"
)


def test_a_message_of_a_client_gives_its_words():
    assert dict(read(DISCOVER)) == {
        "dhcp.hostname": ("DS-2CD2042WD-I20160721AAWR123456789",),
        "dhcp.vendor_class": ("udhcp 1.20.2",),
        "dhcp.parameters": ("1,3,6,12,15,28,42",),
        "dhcp.client_id": ("01:44:19:b6:00:01:02",),
        "dhcp.mac": ("44:19:b6:00:01:02",),
    }


def test_of_an_answer_only_the_clients_address_is_read():
    answer = message(
        option(53, b"\x05") + option(12, b"router") + option(60, b"a server") + b"\xff", operation=2
    )

    assert dict(read(answer)) == {"dhcp.mac": ("44:19:b6:00:01:02",)}


@pytest.mark.parametrize(
    "value",
    [b"\x00\x00\x00cam.example", b"\x04\x00\x00\x03cam\x07example\x00", b"\x00\x00\x00cam.example\x00"],
)
def test_a_full_name_stands_in_for_a_host_name(value):
    assert read(message(option(81, value) + b"\xff"))["dhcp.hostname"] == ("cam.example",)


def test_parts_of_a_long_option_belong_together():
    assert read(message(option(60, b"ab") + b"\x00\x00" + option(60, b"cd")))["dhcp.vendor_class"] == (
        "abcd",
    )


def test_an_option_that_is_cut_is_read_as_far_as_it_goes():
    assert read(message(b"\x0c\x20camera"))["dhcp.hostname"] == ("camera",)
    assert read(message(b"\x0c"))["dhcp.mac"] == ("44:19:b6:00:01:02",)


def test_the_identifier_gives_the_address_that_the_fixed_part_lacks():
    without = message(option(61, bytes.fromhex("014419b6000102")), mac="000000000000")

    assert read(without)["dhcp.mac"] == ("44:19:b6:00:01:02",)


def test_lines_of_a_lease_give_the_same_fields():
    text = lease_text("44-19-B6-00-01-02", "cam\x1b[2J", "udhcp", "ff:56:50:4d:98", "1,3")

    assert dict(read(text)) == {
        "dhcp.hostname": ("cam",),
        "dhcp.vendor_class": ("udhcp",),
        "dhcp.client_id": ("ff:56:50:4d:98",),
        "dhcp.parameters": ("1,3",),
        "dhcp.mac": ("44:19:b6:00:01:02",),
    }


def test_a_lease_without_an_address_may_have_it_in_the_identifier():
    assert read(b"client-id: 1:44:19:b6:0:1:2")["dhcp.mac"] == ("44:19:b6:00:01:02",)
    assert "dhcp.mac" not in read(b"client-id: ff:44:19:b6:0:1:2")


@pytest.mark.parametrize(
    "payload",
    [b"\x01", b"\x01\x01\x06" + bytes(300), b"GET / HTTP/1.1", b"mac: nobody", b"hostname:  ", b"\xff" * 50,
     message(b"", operation=2, mac="ffffffffffff"), message(b"", hardware=6)],
)  # fmt: skip
def test_what_says_nothing_of_a_client_is_malformed(payload):
    with pytest.raises(Malformed):
        read(payload)


def test_damaged_messages_are_fields_or_malformed(survives):
    survives(read, DISCOVER, lease_text("44:19:b6:00:01:02", "camera", client_id="01:44:19:b6:00:01:02"))


def test_hostile_messages_cost_little(quickly):
    quickly(read, message(option(12, b"a") * 20000))
    quickly(read, b"hostname:" * 8000)
    quickly(read, b"client-id: " + b"01:" * 20000)
    quickly(read, (b"hostname: " + b" " * 200 + b"\n") * 300)

"""Addresses that files name, bounded."""

from __future__ import annotations

import pytest

from scanner.run.address_book import AddressBook, host_address
from scanner.scope import ranges_text


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("10.0.0.5", "10.0.0.5"),
        (" 10.0.0.5 ", "10.0.0.5"),
        ("FE80::1%eth0", "fe80::1"),
        ("::ffff:10.0.0.5", "10.0.0.5"),
        ("224.0.0.251", ""),
        ("255.255.255.255", ""),
        ("0.0.0.0", ""),
        ("ff02::1", ""),
        ("::", ""),
        ("camera.example", ""),
        ("10.0.0.5/24", ""),
        ("", ""),
    ],
)
def test_a_host_has_one_spelling_and_what_is_no_host_has_none(given, expected):
    assert host_address(given) == expected


def test_what_is_new_is_given_out_as_ranges_once():
    book = AddressBook()
    for address in ("10.0.0.2", "10.0.0.1", "10.0.0.1", "fd00::1"):
        assert book.add(address)

    assert ranges_text(book.take_new()) == ("10.0.0.1-10.0.0.2", "fd00::1")
    assert book.take_new() == ()
    assert book.add("10.0.0.1")
    assert book.take_new() == ()


def test_beyond_its_room_nothing_is_taken_and_it_says_so():
    book = AddressBook(limit=2)

    assert [book.add(one) for one in ("10.0.0.1", "10.0.1.1", "10.0.2.1", "10.0.1.2")] == [
        True,
        True,
        False,
        True,
    ]
    assert [book.add(one) for one in ("fd00::1", "fd00::2", "fd00::3", "fd00::1")] == [
        True,
        True,
        False,
        True,
    ]
    assert book.full

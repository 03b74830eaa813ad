"""An address that a device had is an interval, however often it was seen there."""

from __future__ import annotations

from scanner.inventory.intervals import Interval, Intervals

HERE = {(4, 0x0A0100)}


def everything(book: Intervals) -> list[Interval]:
    return [*book.closed, *book.open_of("a"), *book.open_of("b")]


def told(book: Intervals) -> list[tuple[str, str, str, str]]:
    return sorted((one.device, one.address, one.first_at, one.last_at) for one in everything(book))


def test_a_device_that_stays_has_one_interval():
    book = Intervals()
    for day in "123":
        book.see("a", "s", ["10.1.0.5"], (day, f"run{day}"), HERE)

    assert told(book) == [("a", "10.1.0.5", "1", "3")]


def test_a_device_that_comes_back_has_two():
    book = Intervals()
    for day, address in (("1", "10.1.0.5"), ("2", "10.1.0.6"), ("3", "10.1.0.5")):
        book.see("a", "s", [address], (day, f"run{day}"), HERE)

    assert told(book) == [
        ("a", "10.1.0.5", "1", "1"),
        ("a", "10.1.0.5", "3", "3"),
        ("a", "10.1.0.6", "2", "2"),
    ]


def test_an_address_that_was_not_asked_is_not_given_up():
    book = Intervals()
    book.see("a", "s", ["10.1.0.5", "10.2.0.5"], ("1", "run1"), HERE)
    book.see("a", "s", ["10.1.0.5"], ("2", "run2"), HERE)
    book.see("a", "s", ["10.1.0.5", "10.2.0.5"], ("3", "run3"), {*HERE, (4, 0x0A0200)})

    assert told(book) == [("a", "10.1.0.5", "1", "3"), ("a", "10.2.0.5", "1", "3")]


def test_another_device_at_the_address_ends_the_interval():
    book = Intervals()
    book.see("a", "s", ["10.1.0.5"], ("1", "run1"), HERE)
    book.see("b", "s", ["10.1.0.5"], ("2", "run2"), HERE)
    book.see("a", "s", ["10.1.0.5"], ("3", "run3"), HERE)

    assert told(book) == [
        ("a", "10.1.0.5", "1", "1"),
        ("a", "10.1.0.5", "3", "3"),
        ("b", "10.1.0.5", "2", "2"),
    ]


def test_another_site_ends_it_and_no_address_does_not():
    book = Intervals()
    book.see("a", "s", ["10.1.0.5"], ("1", "run1"), HERE)
    book.see("a", "s", [], ("2", "run2"), HERE)
    book.see("a", "t", ["10.1.0.5"], ("3", "run3"), HERE)

    assert sorted((one.site, one.first_at, one.last_at) for one in everything(book)) == [
        ("s", "1", "1"),
        ("t", "3", "3"),
    ]

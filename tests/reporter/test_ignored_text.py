"""Addresses that answer everything, as a person reads them."""

from __future__ import annotations

from dataclasses import replace

from scanner.model.report import GhostKind, Ignored
from scanner.reporter.ignored_text import IGNORED_SHOWN, KINDS, ignored_lines, in_order, place_words, runs
from scanner.reporter.style import Style


def ghost(address, kind=GhostKind.EVERY_PORT, reason="it accepts every port"):
    return Ignored(address, kind, reason)


def test_neighbours_of_one_kind_stand_in_one_line():
    found = runs(
        [ghost("10.0.0.10"), ghost("10.0.0.9"), ghost("10.0.0.11", GhostKind.EVERY_PATH, "one page")]
    )
    assert [place_words(some) for some in found] == ["10.0.0.9 to 10.0.0.10 (2 addresses)", "10.0.0.11"]


def test_addresses_stand_in_the_order_of_numbers():
    assert [one.address for one in in_order([ghost("10.0.0.10"), ghost("10.0.0.9")])] == [
        "10.0.0.9",
        "10.0.0.10",
    ]


def test_nothing_is_said_where_nothing_is_ignored(reports):
    assert ignored_lines(reports["one-confirmed"], 80, Style(False)) == []


def test_what_an_address_says_cannot_move_the_cursor_and_a_long_list_is_cut(reports):
    report = reports["behind-one-address"]
    lines = ignored_lines(report, 80, Style(False))
    assert lines[0] == "IGNORED  4 addresses answering everything, and so no device"
    assert "\x1b" not in "".join(lines)
    many = tuple(ghost(f"10.0.0.{place}", reason=f"reason {place}") for place in range(IGNORED_SHOWN + 3))
    assert ignored_lines(replace(report, ignored=many), 80, Style(False))[-1].strip() == "... and 3 more"


def test_every_kind_has_its_words():
    assert set(KINDS) == set(GhostKind)

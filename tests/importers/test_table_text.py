"""Tables of a terminal: prompts, uplinks, lines that are no entry."""

from __future__ import annotations

import io
import re

from scanner.importers import table_text
from scanner.importers.interface import Source
from scanner.importers.table_text import MANY, headed, patterns, table

LINES = patterns(r"{mac} (?P<port>\S+)", r"{address} {mac} (?P<interface>\S+)", r"{address} none")


def rows(text: str):
    importer = table("x", "tables of x", LINES, cannot_tell="nothing", recognises=lambda _: True)
    return list(importer.read(io.BytesIO(text.encode()), Source("x.txt", "")))


def seen(text: str):
    return [one for row in rows(text) for one in row.sightings]


def test_the_prompt_names_the_switch_of_the_lines_below_it():
    found = seen("sw-1#show mac\n44:19:b6:00:53:02 Gi1\nadmin@sw-2> show arp\n44:19:b6:00:53:03 Gi2\n")

    assert [(one.switch, one.port) for one in found] == [("sw-1", "Gi1"), ("sw-2", "Gi2")]


def test_a_port_with_many_stations_leads_on():
    table = "".join(f"44:19:b6:00:53:{number:02x} Po1\n" for number in range(MANY))

    assert {one.uplink for one in seen(table)} == {True}
    assert {one.uplink for one in seen(table[: -len("44:19:b6:00:53:00 Po1\n")])} == {False}


def test_of_a_table_that_is_too_long_to_be_held_nothing_is_said_of_uplinks(monkeypatch):
    monkeypatch.setattr(table_text, "ROWS_LIMIT", 2)
    table = "".join(f"44:19:b6:00:53:{number:02x} Po1\n" for number in range(20))

    assert len(seen(table)) == 20


def test_the_interface_of_a_router_is_no_port_and_may_name_a_vlan():
    (one,) = seen("192.0.2.1 44:19:b6:00:53:02 Vlan20\n")

    assert (one.port, one.vlan, one.uplink) == ("", "20", False)


def test_lines_that_give_nothing_say_why():
    found = rows(
        "Address MAC\n192.0.2.1 none\n224.0.0.1 none\n44:19:b6:00:53:02\n01:00:5e:00:00:01 Gi1\n" + "x" * 5000
    )

    assert [(row.unused, row.broken) for row in found] == [
        ("a heading or other text, no entry", False),
        (table_text.INCOMPLETE, False),
        ("no address of a host", False),
        ("a line of another form", True),
        ("no hardware address of a station", False),
        ("longer than a line may be", True),
    ]
    assert found[1].names == ("192.0.2.1",)


def test_a_heading_without_an_entry_is_no_table():
    recognises = headed(re.compile("^Address MAC"), LINES)

    assert recognises(b"Address MAC\r\n44:19:b6:00:53:02 Gi1\r\n")
    assert not recognises(b"Address MAC\nnothing\n")
    assert not recognises(b"44:19:b6:00:53:02 Gi1\n")


def test_only_a_row_with_a_port_waits_for_the_rest_of_its_table():
    lines = patterns(r"{address} (?P<interface>eth\d) {mac}", r"{mac} (?P<port>Gi\d)")
    importer = table("toy", "a toy", lines, cannot_tell="Nothing.", recognises=lambda head: True)
    text = b"44:19:b6:00:53:01 Gi1\n192.0.2.1 eth0 44:19:b6:00:53:02\n192.0.2.2 eth0 44:19:b6:00:53:03\n"

    rows = importer.read(io.BytesIO(text), Source("a file", "2026-11-25T00:00:00Z"))

    assert [row.place for row in rows] == ["line 2", "line 3", "line 1"]


def test_of_a_table_that_is_read_in_part_the_stations_are_given_without_their_ports(rows_until_stopped):
    importer = table("x", "tables of x", LINES, cannot_tell="nothing", recognises=lambda _: True)

    found = rows_until_stopped(importer, "44:19:b6:00:53:02 Gi1\n44:19:b6:00:53:03 Gi2\n44:19:b6:00:53:0")

    assert [row.observations[0].host for row in found] == ["44:19:b6:00:53:02", "44:19:b6:00:53:03"]
    assert [seen.port for row in found for seen in row.sightings] == ["", ""]

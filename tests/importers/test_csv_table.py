"""Tables as CSV, with the delimiters, quotes and encodings that their systems write."""

from __future__ import annotations

import pytest

from scanner.importers.csv_table import IMPORTER


def hosts(rows):
    return [(one.host, one.protocol) for row in rows for one in row.observations]


def test_a_lease_that_is_held_has_its_address_and_another_is_known_by_its_mac(rows_of, used, sample):
    rows = used(rows_of(IMPORTER, sample("windows-dhcp.csv")))

    assert set(hosts(rows)) == {
        ("192.0.2.50", "dhcp"),
        ("192.0.2.51", "dhcp"),
        ("44:19:b6:00:53:04", "dhcp"),
        ("52:41:53:20:10:00", "dhcp"),
    }


def test_utf16_and_semicolons_and_another_language_are_read(rows_of, used, sample):
    (row,) = used(rows_of(IMPORTER, sample("windows-dhcp-console-german-utf16.csv")))

    assert row.observations[0].payload == b"mac: 44:19:b6:00:53:02\nhostname: kamera-hof.example\n"


@pytest.mark.parametrize(
    "heading", ["IPAddress;ClientId", '"IPAddress"\t"ClientId"', "sep=,\nIPAddress,ClientId", "#TYPE x\nClientId,IPAddress"]
)  # fmt: skip
def test_headings_are_found_in_each_form(heading, rows_of, used):
    delimiter = next(sign for sign in ";\t," if sign in heading.splitlines()[-1])
    values = ["192.0.2.1", "44-19-b6-00-53-02"]
    if heading.endswith("IPAddress"):
        values.reverse()
    text = f"{heading}\n{delimiter.join(values)}\n"

    assert IMPORTER.recognises(text.encode())
    assert hosts(used(rows_of(IMPORTER, text))) == [("192.0.2.1", "mac")]


def test_a_switch_and_its_port_are_kept_and_an_uplink_is_marked(rows_of, sample):
    (seen,) = [one for row in rows_of(IMPORTER, sample("netdisco-nodevendor.csv")) for one in row.sightings]
    assert (seen.switch, seen.port, seen.uplink) == ("access1.example", "GigabitEthernet1/0/7", False)

    many = "MAC,Company,Device,Port\n" + "".join(
        f"44:19:b6:00:53:{number:02x},x,sw,Po1\n" for number in range(9)
    )
    assert all(one.uplink for row in rows_of(IMPORTER, many) for one in row.sightings)


def test_several_addresses_of_one_station_are_each_told(rows_of, used, sample):
    (row,) = used(rows_of(IMPORTER, sample("librenms-fdb.csv")))

    assert [one.host for one in row.observations] == ["192.0.2.50", "192.0.2.51"]
    assert {(one.switch, one.port, one.vlan) for one in row.sightings} == {("access1", "Gi1/0/7", "20")}


def test_what_people_wrote_is_an_opinion(rows_of, used, sample):
    (row,) = used(rows_of(IMPORTER, sample("netbox-devices.csv")))

    assert hosts([row]) == [("192.0.2.50", "other-tool")]


def test_quotes_blanks_and_broken_lines(rows_of):
    text = (
        'IPAddress,ClientId,HostName\n"192.0.2.1","44-19-b6-00-53-02","a, ""b"""\n192.0.2.2\n'
        '"' + "x" * 70_000 + '\n\n192.0.2.3,nobody,\n"192.0.2.4,44-19-b6-00-53-02\n'
    )
    rows = rows_of(IMPORTER, text)

    assert sum(row.broken for row in rows) == 3
    assert [one.payload for row in rows for one in row.observations] == [
        b'mac: 44:19:b6:00:53:02\nhostname: a, "b"\n'
    ]


def test_rows_before_a_heading_and_foreign_tables_are_no_entries(rows_of):
    assert rows_of(IMPORTER, "192.0.2.1,44-19-b6-00-53-02\n")[0].unused
    assert not IMPORTER.recognises(b"a,b\n1,2\n")
    assert not IMPORTER.recognises(b"\n" * 9 + b"IPAddress,ClientId\n")


def test_of_a_table_that_is_read_in_part_the_stations_are_given_without_their_ports(
    rows_until_stopped, rows_of, sample
):
    text = sample("netdisco-nodevendor.csv").decode()
    whole, part = rows_of(IMPORTER, text), rows_until_stopped(IMPORTER, text + "44:19:b6")

    assert any(seen.port for row in whole for seen in row.sightings)
    assert {seen.port for row in part for seen in row.sightings} == {""}
    assert [row.observations for row in part if row.observations] == [
        row.observations for row in whole if row.observations
    ]

"""Leases of dnsmasq, IPv4 and IPv6."""

from __future__ import annotations

from scanner.importers.dnsmasq import IMPORTER


def test_a_line_gives_mac_address_and_name_and_no_time(rows_of, used, sample):
    rows = used(rows_of(IMPORTER, sample("dnsmasq.leases")))

    assert [row.observations[0].host for row in rows] == ["192.0.2.107", "192.0.2.144", "192.0.2.100"]
    assert rows[0].observations[0].payload == b"mac: 02:00:5e:00:53:04\n"
    assert {row.observations[0].at for row in rows} == {""}


def test_an_ipv6_lease_has_its_mac_in_the_duid(rows_of, used):
    line = "1795578386 5439490 2001:db8::1c3 cam 00:01:00:01:32:99:08:80:44:19:b6:00:53:02\n"
    (row,) = used(rows_of(IMPORTER, line))

    assert IMPORTER.recognises(line.encode())
    assert row.sightings[0].mac == "44:19:b6:00:53:02"


def test_other_hardware_types_and_rubbish(rows_of, used):
    rows = rows_of(
        IMPORTER, "1 06-44:19:b6:00:53:02 192.0.2.1 * *\n1 2 3\n1 02:00:5e:00:53:01 999.1.1.1 * *\n"
    )

    assert [row.broken for row in rows] == [False, True, True]
    assert used(rows)[0].sightings[0].mac == "44:19:b6:00:53:02"

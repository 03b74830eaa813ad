"""Windows DHCP as netsh prints it."""

from __future__ import annotations

from scanner.importers.netsh import IMPORTER


def test_clients_have_address_mac_and_name(rows_of, used, sample):
    rows = used(rows_of(IMPORTER, sample("windows-netsh-clients.txt")))

    assert [(row.observations[0].host, row.sightings[0].mac) for row in rows] == [
        ("192.0.2.50", "44:19:b6:00:53:02"),
        ("192.0.2.51", "00:40:8c:00:53:03"),
    ]
    assert b"hostname: camera.example\n" in rows[0].observations[0].payload


def test_a_reservation_is_known_by_its_mac(rows_of, used, sample):
    (row,) = used(rows_of(IMPORTER, sample("windows-netsh-dump.txt")))

    assert row.observations[0].host == "44:19:b6:00:53:77"
    assert b"front-door" in row.observations[0].payload


def test_an_identifier_that_is_no_mac_gives_the_name_alone(rows_of, used):
    line = "192.0.2.9 - 255.255.255.0  - 52-41-53-20-10-00-00-00-00 - NEVER EXPIRES -D-  ras\n"
    (row,) = used(rows_of(IMPORTER, line))

    assert row.observations[0].payload == b"hostname: ras\n"
    assert row.sightings == ()


def test_hostile_lines_cost_little(rows_of, quickly):
    quickly(
        rows_of,
        IMPORTER,
        ("192.0.2.9 - 255.255.255.0 - " + "44-" * 300 + "\n" + "192.0.2.9 " + "- " * 2000 + "\n") * 20,
    )

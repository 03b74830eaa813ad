"""Tables of Aruba switches."""

from __future__ import annotations

import pytest

from scanner.importers.aos import IMPORTER


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("aruba-cx-arp.txt", ("d4:e8:80:af:05:7f", "172.25.0.185", "", "1/1/28")),
        ("aruba-cx-mac.txt", ("88:3a:30:a3:86:80", "", "1", "lag100")),
        ("aruba-os-arp.txt", ("24:be:05:28:10:71", "10.13.68.113", "10", "")),
        ("aruba-provision-arp.txt", ("00:15:b2:a4:50:78", "10.11.12.11", "", "2")),
        ("aruba-provision-mac.txt", ("50:00:00:26:00:00", "", "17", "Trk1")),
        ("aruba-provision-mac-old.txt", ("00:00:0d:60:00:00", "", "", "10")),
    ],
)
def test_the_first_entry_of_each_table(name, expected, rows_of, sample):
    seen = [one for row in rows_of(IMPORTER, sample(name)) for one in row.sightings]

    assert (seen[0].mac, seen[0].address, seen[0].vlan, seen[0].port) == expected


def test_older_releases_without_a_column_of_routing_tables_are_read(rows_of, used):
    text = (
        "edge 1# show arp\n"
        "IPv4 Address     MAC                Port         Physical Port     State\n"
        "192.0.2.20       44:19:b6:00:53:01  vlan10       1/1/7             reachable\n"
        "192.0.2.21       44:19:b6:00:53:02  vlan10       vxlan1(192.0.2.1) reachable\n"
        "192.0.2.99                          vlan10                         failed\n"
    )
    assert IMPORTER.recognises(text.encode())

    rows = rows_of(IMPORTER, text)

    first, second = (row.sightings[0] for row in used(rows))
    assert (first.switch, first.port, first.vlan, first.uplink) == ("edge 1", "1/1/7", "10", False)
    assert second.uplink
    assert ("192.0.2.99",) in [row.names for row in rows]

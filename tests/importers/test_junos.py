"""Tables of Junos."""

from __future__ import annotations

import pytest

from scanner.importers.junos import IMPORTER


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("juniper-arp.txt", ("00:00:00:00:00:04", "10.1.100.130", "20", "")),
        ("juniper-mac.txt", ("bc:ac:0a:ca:ca:30", "", "Vlan2", "ae3.0")),
        ("juniper-mac-14.txt", ("3c:8c:93:50:dc:c0", "", "BD-903691", "ae2.0")),
    ],
)
def test_the_first_entry_of_each_table(name, expected, rows_of, sample):
    seen = [one for row in rows_of(IMPORTER, sample(name)) for one in row.sightings]

    assert (seen[0].mac, seen[0].address, seen[0].vlan, seen[0].port) == expected

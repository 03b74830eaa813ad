"""``ip -j neigh``."""

from __future__ import annotations

from scanner.importers.ip_neigh_json import IMPORTER


def test_both_families_are_read_and_nobody_is_invented(rows_of, used, sample):
    rows = rows_of(IMPORTER, sample("ip-neigh.json"))

    found = {row.observations[0].host: row.observations[0].payload for row in used(rows)}
    assert found["192.0.2.1"] == found["2001:db8::1"] == b"44:19:b6:00:53:01"
    assert [row.names for row in rows if row.names] == [("192.0.2.77",)]


def test_a_damaged_neighbour_costs_itself(rows_of, used):
    rows = rows_of(
        IMPORTER,
        '[{"dst":"x","lladdr":"44:19:b6:00:53:01"},{"dst":1},\n{"dst"\n{"dst":"192.0.2.1","lladdr":"44:19:b6:00:53:01"}]',
    )

    assert [row.broken for row in rows] == [True, True, True, False]
    assert len(used(rows)) == 1

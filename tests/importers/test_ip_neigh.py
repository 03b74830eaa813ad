"""Lines of ``ip neigh``."""

from __future__ import annotations

import pytest

from scanner.importers.ip_neigh import IMPORTER


@pytest.mark.parametrize("name", ["ip-neigh.txt", "ip-neigh-s.txt"])
def test_both_families_are_read_and_nobody_is_invented(name, rows_of, used, sample):
    rows = rows_of(IMPORTER, sample(name))

    found = {row.observations[0].host: row.observations[0].payload for row in used(rows)}
    assert found["192.0.2.1"] == found["2001:db8::1"] == b"44:19:b6:00:53:01"
    assert [row.names for row in rows if row.names] == [("192.0.2.77",)]

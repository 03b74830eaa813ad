"""Neighbour tables of computers, whatever the system and its language."""

from __future__ import annotations

import pytest

from scanner.importers.arp import IMPORTER


@pytest.mark.parametrize(
    "name",
    ["arp-linux.txt", "arp-linux-n.txt", "proc-arp.txt", "arp-macos.txt", "arp-windows.txt",
     "arp-windows-german-utf16.txt"],
)  # fmt: skip
def test_the_neighbour_is_found_in_each(name, rows_of, used, sample):
    rows = used(rows_of(IMPORTER, sample(name)))

    found = {(row.observations[0].host, row.observations[0].payload) for row in rows}
    assert ("192.0.2.1", b"44:19:b6:00:53:01") in found


def test_who_did_not_answer_is_named(rows_of, sample):
    rows = rows_of(IMPORTER, sample("arp-macos.txt"))

    assert [row.names for row in rows if row.names] == [("192.0.2.77",)]

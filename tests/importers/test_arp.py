"""Neighbour tables of computers, whatever the system and its language."""

from __future__ import annotations

import pytest

from scanner.importers.arp import IMPORTER
from scanner.importers.table_text import INCOMPLETE


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


def test_the_table_of_openbsd_is_read(rows_of, used):
    text = (
        "Host                                 Ethernet Address    Netif Expire    Flags\n"
        "192.0.2.1                            44:19:b6:00:53:01     em0 19m58s\n"
        "192.0.2.9                            02:00:5e:00:53:09     em0 permanent l\n"
        "192.0.2.77                           (incomplete)          em0 expired\n"
    )
    rows = rows_of(IMPORTER, text)

    assert IMPORTER.recognises(text.encode())
    assert [row.observations[0].host for row in used(rows)] == ["192.0.2.1", "192.0.2.9"]
    assert [row.names for row in rows if row.names] == [("192.0.2.77",)]


def test_the_lines_of_freebsd_are_read(rows_of, used):
    text = "cam (192.0.2.1) at 44:19:b6:00:53:01 on em0 expires in 1200 seconds [ethernet]\n"

    assert used(rows_of(IMPORTER, text))[0].sightings[0].mac == "44:19:b6:00:53:01"


@pytest.mark.parametrize(
    ("heard", "nobody"),
    [
        (
            "? (192.0.2.20) auf 44:19:b6:00:53:01 [ether] auf eth0",
            "? (192.0.2.9) auf <unvollständig> auf eth0",
        ),
        (
            "cam (192.0.2.20) à 44:19:b6:00:53:01 [ether] PERM sur br-lan",
            "? (192.0.2.9) à <incomplet> sur br-lan",
        ),
        (
            "192.0.2.20               ether   44:19:b6:00:53:01   C                     eth0",
            "192.0.2.9                        (unvollständig)                           eth0",
        ),
    ],
)
def test_the_words_of_another_language_are_passed_over(heard, nobody, rows_of):
    text = f"{heard}\n{nobody}\n"
    assert IMPORTER.recognises(text.encode())

    station, silent = rows_of(IMPORTER, text)

    assert (station.sightings[0].address, station.sightings[0].mac) == ("192.0.2.20", "44:19:b6:00:53:01")
    assert (silent.names, silent.unused) == (("192.0.2.9",), INCOMPLETE)

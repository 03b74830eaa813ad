"""The grepable form of masscan, which is not that of nmap."""

from __future__ import annotations

from scanner.importers.masscan_grepable import IMPORTER
from scanner.model.ending import Ending


def test_ports_are_open_or_closed(rows_of, used, sample):
    endings = [
        one for row in used(rows_of(IMPORTER, sample("masscan-closed.grepable"))) for one in row.endings
    ]

    assert {one.port for one in endings if one.ending is Ending.COMPLETE} == {21, 22, 80, 443}
    assert {one.port for one in endings if one.ending is Ending.REFUSED} == {554}


def test_banners_are_read_and_other_lines_are_broken(rows_of, used):
    text = "Timestamp: 1795575268\tHost: 192.0.2.1 ()\tPort: 22\tService: ssh\tBanner: SSH-2.0-x\\x0d\nHost: none\n"
    rows = rows_of(IMPORTER, text)

    assert used(rows)[0].observations[0].payload == b"SSH-2.0-x\r"
    assert rows[1].broken


def test_the_grepable_form_of_nmap_is_not_recognised():
    assert not IMPORTER.recognises(
        b"# Nmap 7.93 scan initiated\nHost: 192.0.2.1 ()\tPorts: 80/open/tcp//http///\n"
    )

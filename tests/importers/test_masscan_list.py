"""The list of masscan."""

from __future__ import annotations

from scanner.importers.masscan_list import IMPORTER


def test_a_banner_has_its_line_ends_back(rows_of, used, sample):
    heard = [one for row in used(rows_of(IMPORTER, sample("masscan.list"))) for one in row.observations]

    head = next(one for one in heard if one.payload.startswith(b"HTTP/1.1 200 OK\r\n"))
    assert b'\r\nETag: "0-662-1e0"\r\n' in head.payload
    assert head.at == "2026-11-25T02:48:11Z"


def test_a_line_of_another_form_is_broken(rows_of):
    rows = rows_of(IMPORTER, "#masscan\nopen tcp 99999 192.0.2.1 1\nopen tcp eighty\n\n")

    assert [row.broken for row in rows] == [False, True, True]

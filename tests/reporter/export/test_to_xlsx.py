"""The workbook, read back by python-calamine, a reader that is not ours."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime

import pytest
from python_calamine import CalamineWorkbook

from scanner.reporter.export.to_xlsx import EVIDENCE, FINDINGS, render


def sheets(data: bytes) -> dict[str, list[list[object]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def records(rows: list[list[object]]) -> list[dict[str, object]]:
    head, *rest = rows
    return [dict(zip(head, row, strict=True)) for row in rest]


@pytest.mark.parametrize("known", [False, True])
def test_every_workbook_is_read_with_its_three_sheets(export, lived, each, known):
    found = sheets(render((lived if known else export)(each)))

    assert list(found) == ["Findings", "Coverage", "Evidence"]
    assert tuple(found["Findings"][0]) == FINDINGS
    assert tuple(found["Evidence"][0]) == EVIDENCE
    assert len(found["Findings"]) > 1
    assert found["Coverage"][1][0] == "Verdict"


def test_nothing_is_a_formula_or_a_link_and_no_character_is_lost_to_xml(export):
    data = render(export("worst"))
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        parts = {name: book.read(name) for name in book.namelist()}

    for name, part in parts.items():
        if name.startswith("xl/worksheets"):
            assert b"<f>" not in part
            assert b"<hyperlink" not in part
        assert b"\x00" not in part
    models = [row["Model"] for row in records(sheets(data)["Findings"])]
    assert "=cmd|'/C calc'!A0" in models
    assert "\U0001f4a9\U0001f3a5 camera" in models
    assert "two lines CEF:0|evil|x" in models


def test_the_header_stays_in_sight(export):
    with zipfile.ZipFile(io.BytesIO(render(export("french")))) as book:
        for number in (1, 2, 3):
            part = book.read(f"xl/worksheets/sheet{number}.xml")
            assert b'<pane ySplit="1"' in part
            assert b'state="frozen"' in part
            assert b"<autoFilter" in part


def test_times_are_dates_and_a_month_is_never_a_day(export, lived):
    (camera,) = records(sheets(render(lived("one-confirmed")))["Findings"])
    (first, *_) = records(sheets(render(export("worst")))["Findings"])

    assert camera["First seen"] == datetime.fromisoformat("2026-10-01T10:00:00")
    assert camera["Published date"] == "2025-04"
    assert first["Published date"] in {date(2027, 1, 31), datetime.fromisoformat("2027-01-31")}


def test_both_languages_and_the_site_stand_in_their_columns(lived):
    rows = records(sheets(render(lived("french")))["Findings"])

    assert any("mettez" in str(row["Quoi faire"]).lower() for row in rows)
    assert {row["Site"] for row in rows} == {"north"}


def test_evidence_points_to_what_came_back(export):
    (proof,) = [row for row in records(sheets(render(export("one-confirmed")))["Evidence"]) if row["Bytes"]][
        :1
    ]

    assert proof["SHA-256"] == "ab" * 32
    assert proof["At"] == datetime.fromisoformat("2026-11-24T10:16:02")


def test_an_empty_list_says_what_was_looked_at(export):
    (row,) = sheets(render(export("nothing-incomplete")))["Findings"][1:]

    assert "INCOMPLETE" in row[0]

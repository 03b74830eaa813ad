from __future__ import annotations

import csv
import io

from scanner.reporter.export.to_csv import render


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8"), newline="")))


def test_no_cell_starts_a_formula_and_coverage_stands_in_every_row(export, each):
    found = rows(render(export(each)))

    assert found
    for row in found:
        assert row["coverage_complete"] in {"true", "false"}
        for cell in row.values():
            assert not cell.lstrip().startswith(("=", "+", "-", "@")), cell
            assert "\x00" not in cell
            assert "\n" not in cell


def test_for_machines_the_guard_is_left_out(export):
    assert any(row["model"] == "+1+1" for row in rows(render(export("worst", raw=True))))
    assert not any(row["model"] == "+1+1" for row in rows(render(export("worst"))))

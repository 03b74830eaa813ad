"""Our own CSV: a row for each device, as ``scan --format csv`` says it, coverage in every row."""

from __future__ import annotations

from scanner.reporter.csv_report import render_csv
from scanner.reporter.export.interface import Export, ExportFormat
from scanner.reporter.interface import Options


def render(export: Export) -> bytes:
    """A header and its rows, guarded against formulas unless the export is raw."""
    return render_csv(export.report, Options(show_all=True, raw=export.raw)).encode("utf-8", "replace")


FORMAT = ExportFormat(
    name="csv", title="A row for each device, coverage in every row", ending=".csv", render=render
)

"""Our own JSON: the whole report, as ``scan --format json`` says it."""

from __future__ import annotations

from scanner.reporter.export.interface import Export, ExportFormat
from scanner.reporter.interface import Options
from scanner.reporter.json_report import render_json


def render(export: Export) -> bytes:
    """One object; every string as it came, written with escapes."""
    return render_json(export.report, Options(show_all=True)).encode()


FORMAT = ExportFormat(
    name="json", title="The whole report as one JSON object, by our own schema", ending=".json", render=render
)

"""Our own JSON lines: the whole report, as ``scan --format jsonl`` says it."""

from __future__ import annotations

from scanner.reporter.export.interface import Export, ExportFormat
from scanner.reporter.interface import Options
from scanner.reporter.jsonl import render_jsonl


def render(export: Export) -> bytes:
    """One thing a line; the last line is the verdict."""
    return render_jsonl(export.report, Options(show_all=True)).encode()


FORMAT = ExportFormat(
    name="jsonl",
    title="The whole report as typed JSON lines, by our own schema",
    ending=".jsonl",
    render=render,
)

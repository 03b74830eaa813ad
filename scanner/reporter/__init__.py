"""What a run amounts to, as text: one format a file, all of them listed here."""

from typing import assert_never

from scanner.model.report import Report
from scanner.reporter.csv_report import finding_key, render_csv
from scanner.reporter.device import device_fields
from scanner.reporter.encode import to_json
from scanner.reporter.html import render_html
from scanner.reporter.interface import Format, Options, Renderer
from scanner.reporter.json_report import render_json
from scanner.reporter.jsonl import render_jsonl
from scanner.reporter.table import render_table

__all__ = ["Format", "Options", "device_fields", "finding_key", "render", "renderer", "to_json"]


def renderer(kind: Format) -> Renderer:
    """The function that says a report in this format."""
    match kind:
        case Format.TABLE:
            return render_table
        case Format.JSON:
            return render_json
        case Format.JSONL:
            return render_jsonl
        case Format.CSV:
            return render_csv
        case Format.HTML:
            return render_html
        case _:
            assert_never(kind)


def render(
    kind: Format,
    report: Report,
    *,
    show_all: bool = False,
    raw: bool = False,
    width: int = 100,
    colour: bool = False,
) -> str:
    """A report as text; the options are those of ``Options``.

    Text that a device controls is harmless where it goes: escaped for a page, guarded for a spreadsheet
    (unless ``raw``), stripped for a terminal.
    """
    return renderer(kind)(report, Options(show_all=show_all, raw=raw, width=width, colour=colour))

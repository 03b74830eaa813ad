"""What a run amounts to, as text: one format a file, all of them listed here."""

from collections.abc import Iterator
from typing import assert_never

from scanner.model.report import Report
from scanner.reporter.csv_report import csv_parts, finding_key
from scanner.reporter.device import device_fields
from scanner.reporter.encode import to_json
from scanner.reporter.html import html_parts
from scanner.reporter.interface import Format, Options, Renderer
from scanner.reporter.json_report import json_parts
from scanner.reporter.jsonl import jsonl_parts
from scanner.reporter.table import table_parts

__all__ = ["Format", "Options", "device_fields", "finding_key", "render", "renderer", "stream", "to_json"]


def renderer(kind: Format) -> Renderer:
    """The function that says a report in this format, piece by piece."""
    match kind:
        case Format.TABLE:
            return table_parts
        case Format.JSON:
            return json_parts
        case Format.JSONL:
            return jsonl_parts
        case Format.CSV:
            return csv_parts
        case Format.HTML:
            return html_parts
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
    """A report as one text, for who needs it whole; ``stream`` gives the same in pieces."""
    return "".join(stream(kind, report, show_all=show_all, raw=raw, width=width, colour=colour))


def stream(
    kind: Format,
    report: Report,
    *,
    show_all: bool = False,
    raw: bool = False,
    width: int = 100,
    colour: bool = False,
) -> Iterator[str]:
    """A report as text in pieces; the options are those of ``Options``.

    Text that a device controls is harmless where it goes: escaped for a page, guarded for a spreadsheet
    (unless ``raw``), stripped for a terminal.
    """
    return renderer(kind)(report, Options(show_all=show_all, raw=raw, width=width, colour=colour))

"""The report as typed JSON lines: the same fields as the one object, one thing a line.

The first line is ``run``, the last is ``verdict``: a file without it was cut short.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scanner.model.report import Report
from scanner.reporter.device import device_fields
from scanner.reporter.encode import to_json
from scanner.reporter.exhibit import exhibit_fields
from scanner.reporter.interface import Options
from scanner.reporter.json_report import (
    counts_fields,
    coverage_fields,
    gap_fields,
    ignored_fields,
    run_fields,
)
from scanner.reporter.order import ordered


def render_jsonl(report: Report, options: Options) -> str:
    """The report as one text."""
    return "".join(jsonl_parts(report, options))


def jsonl_parts(report: Report, options: Options) -> Iterator[str]:
    """Every line, every device, whatever the options say."""
    del options
    return (to_json(line) + "\n" for line in lines(report))


def lines(report: Report) -> Iterator[dict[str, Any]]:
    """The lines as plain data: run, coverage, gaps, devices, ignored, observations, errors, verdict."""
    yield {"type": "run", **run_fields(report)}
    yield {"type": "coverage", **coverage_fields(report.coverage)}
    for gap in report.coverage.gaps:
        yield {"type": "gap", **gap_fields(gap)}
    for device in ordered(report.devices):
        yield {"type": "device", **device_fields(device)}
    for ignored in report.ignored:
        yield {"type": "ignored", **ignored_fields(ignored)}
    for exhibit in report.observations:
        yield {"type": "observation", **exhibit_fields(exhibit)}
    for error in report.errors:
        yield {"type": "error", "where": error.where, "message": error.message}
    yield {
        "type": "verdict",
        "verdict": report.verdict.value,
        "headline": report.headline,
        "coverage_complete": report.coverage.complete,
        "counts": counts_fields(report),
    }

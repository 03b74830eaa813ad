"""What was looked at and what was not, as lines for a terminal."""

from __future__ import annotations

from scanner.model.coverage import Gap
from scanner.model.report import Report
from scanner.reporter.json_report import STATES
from scanner.reporter.layout import GAP, cells, columns, indented, pad
from scanner.reporter.style import Style
from scanner.reporter.text import clean, plural, shorten

GAPS_SHOWN = 25
ERRORS_SHOWN = 15
BAR = 24

_COUNTS = ("asked", "answered", "silent", "refused", "stopped")


def coverage_lines(report: Report, width: int, style: Style) -> list[str]:
    """Addresses by state, questions by method, gaps with their reasons."""
    coverage = report.coverage
    word = "complete" if coverage.complete else "INCOMPLETE"
    title = f"COVERAGE  {plural(coverage.addresses, 'address', 'addresses')}, {word}"
    return [
        style.paint("bold", title),
        *_state_lines(report, style),
        *_method_lines(report, width, style),
        *_gap_lines(report, width, style),
    ]


def _state_lines(report: Report, style: Style) -> list[str]:
    total = max(report.coverage.addresses, 1)
    counts = [(state, report.coverage.by_state.get(state, 0)) for state in STATES]
    digits = max(len(f"{count:,}") for _, count in counts)
    lines = []
    for state, count in counts:
        length = 0 if not count else max(1, round(BAR * count / total))
        lines.append(f"  {state.value:<9}{count:>{digits},}  {style.paint('dim', style.bar * length)}")
    return lines


def _method_lines(report: Report, width: int, style: Style) -> list[str]:
    if not report.coverage.by_method:
        return []
    head = ["method", *_COUNTS]
    rows = [
        [clean(method), *(f"{getattr(count, name):,}" for name in _COUNTS)]
        for method, count in sorted(report.coverage.by_method.items())
    ]
    names, *numbers = columns([head, *rows], [8] * len(head), width - 2)
    lines = []
    for row in [head, *rows]:
        cut = row[0] if cells(row[0]) <= names else shorten(row[0], names)
        figures = GAP.join(cell.rjust(size) for cell, size in zip(row[1:], numbers, strict=True))
        lines.append(f"  {pad(cut, names)}{GAP}{figures}")
    return [style.paint("dim", lines[0]), *lines[1:]]


def _gap_lines(report: Report, width: int, style: Style) -> list[str]:
    gaps = sorted(report.coverage.gaps, key=lambda gap: not gap.affects_verdict)
    if not gaps:
        return ["  No gap: every planned method ran everywhere."] if report.coverage.complete else []
    lines = ["  gaps (! affects the verdict)"]
    lines += [line for gap in gaps[:GAPS_SHOWN] for line in _gap(gap, width, style)]
    if len(gaps) > GAPS_SHOWN:
        lines.append(f"    ... and {len(gaps) - GAPS_SHOWN:,} more")
    return lines


def _gap(gap: Gap, width: int, style: Style) -> list[str]:
    mark = "!" if gap.affects_verdict else "-"
    text = f"{clean(gap.targets)}, {clean(gap.method)}, {clean(gap.state)}: {clean(gap.reason)}"
    lines = indented(f"  {mark} ", text, width)
    return [style.paint("heed", line) for line in lines] if gap.affects_verdict else lines


def error_lines(report: Report, width: int, style: Style) -> list[str]:
    """What went wrong, as results; no lines when nothing did."""
    if not report.errors:
        return []
    lines = [style.paint("bold", f"ERRORS  {len(report.errors):,}")]
    for error in report.errors[:ERRORS_SHOWN]:
        lines += indented("  - ", f"{clean(error.where)}: {clean(error.message)}", width)
    if len(report.errors) > ERRORS_SHOWN:
        lines.append(f"    ... and {len(report.errors) - ERRORS_SHOWN:,} more")
    return lines

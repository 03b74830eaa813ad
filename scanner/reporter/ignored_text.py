"""Addresses that answer everything, and so are no devices, as lines for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby

from scanner.model.report import GhostKind, Ignored, Report
from scanner.reporter.layout import indented
from scanner.reporter.order import address_key
from scanner.reporter.style import Style
from scanner.reporter.text import clean, plural

IGNORED_SHOWN = 12
KINDS: Mapping[GhostKind, str] = {
    GhostKind.EVERY_PORT: "accepts every port",
    GhostKind.EVERY_PATH: "the same page for every path",
    GhostKind.SAME_ANSWERS: "answers as its neighbours do",
}


def in_order(ignored: Iterable[Ignored]) -> list[Ignored]:
    """By address, as numbers."""
    return sorted(ignored, key=lambda one: address_key(one.address))


def runs(ignored: Iterable[Ignored]) -> list[list[Ignored]]:
    """Neighbours of one kind with one reason stand together, in the order of their addresses."""
    return [list(some) for _, some in groupby(in_order(ignored), key=lambda one: (one.kind, one.reason))]


def place_words(some: list[Ignored]) -> str:
    """The addresses of one such group: one, or the first and the last and how many."""
    if len(some) == 1:
        return clean(some[0].address)
    count = plural(len(some), "address", "addresses")
    return f"{clean(some[0].address)} to {clean(some[-1].address)} ({count})"


def ignored_lines(report: Report, width: int, style: Style) -> list[str]:
    """No lines when there is none."""
    if not report.ignored:
        return []
    count = plural(len(report.ignored), "address", "addresses")
    lines = [style.paint("bold", f"IGNORED  {count} answering everything, and so no device")]
    groups = runs(report.ignored)
    for some in groups[:IGNORED_SHOWN]:
        lines += indented("  - ", f"{place_words(some)}: {clean(some[0].reason)}", width)
    if len(groups) > IGNORED_SHOWN:
        lines.append(f"    ... and {len(groups) - IGNORED_SHOWN:,} more")
    return lines

"""Shares with their intervals, one row each, as SVG that is readable in light and dark."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import NamedTuple

from benchmarks.measure.counting import Score
from benchmarks.measure.interval import wilson

_STYLE = """<style>
  text { font: 13px sans-serif; fill: #24292f } .axis { stroke: #8c959f }
  .recall { stroke: #0969da; fill: #0969da }
  .precision { stroke: #bc4c00; fill: #bc4c00 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .recall { stroke: #58a6ff; fill: #58a6ff }
    .precision { stroke: #ffa657; fill: #ffa657 }
  }
</style>"""
_LEFT, _WIDTH = 560, 400
"""Where 0 % lies, and how far from it 100 %."""
_TOP, _STEP = 40, 26


class Row(NamedTuple):
    """One share."""

    name: str
    kind: str
    """``recall`` or ``precision``."""
    part: int
    whole: int


def rows(scores: Iterable[Score]) -> Iterator[Row]:
    """Recall and precision of each corpus that has anything to count."""
    for one in scores:
        if one.ours:
            yield Row(f"{one.title}: recall", "recall", one.found, one.ours)
        if one.called:
            yield Row(f"{one.title}: precision", "precision", one.called - one.alarms, one.called)


def picture(shares: Iterable[Row]) -> str:
    """The whole picture; a row of nothing has no point."""
    known = list(shares)
    height = _TOP + _STEP * len(known)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 980 {height}" role="img">',
        "<title>Recall and precision with 95 % intervals</title>",
        _STYLE,
    ]
    for percent in (0, 25, 50, 75, 100):
        x = _LEFT + _WIDTH * percent // 100
        lines.append(f'<line class="axis" x1="{x}" x2="{x}" y1="24" y2="{height - 8}" stroke-width="0.5"/>')
        lines.append(f'<text x="{x}" y="16" text-anchor="middle">{percent} %</text>')
    for number, row in enumerate(known):
        lines += _drawn(row, _TOP + _STEP * number)
    return "\n".join([*lines, "</svg>", ""])


def _drawn(row: Row, y: int) -> Iterator[str]:
    yield f'<text x="0" y="{y + 4}">{escape(row.name)} {row.part}/{row.whole}</text>'
    if not row.whole:
        return
    left, right = (_LEFT + _WIDTH * share for share in wilson(row.part, row.whole))
    yield (f'<line class="{row.kind}" x1="{left:.1f}" x2="{right:.1f}" y1="{y}" y2="{y}" stroke-width="3"/>')
    yield f'<circle class="{row.kind}" cx="{_LEFT + _WIDTH * row.part / row.whole:.1f}" cy="{y}" r="5"/>'

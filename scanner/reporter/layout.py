"""Text in columns, measured in the cells of a terminal and not in characters."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

GAP = "  "


def cells(text: str) -> int:
    """How many terminal cells a text takes: East Asian wide characters two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(map(_cells_of, text))


def _cells_of(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def pad(text: str, width: int) -> str:
    """``text`` with blanks behind it up to ``width`` cells."""
    return text + " " * max(width - cells(text), 0)


def _pieces(word: str, width: int) -> list[str]:
    """A word that fits no line, cut into pieces that do."""
    pieces, piece, used = [], "", 0
    for character in word:
        size = _cells_of(character)
        if piece and used + size > width:
            pieces.append(piece)
            piece, used = "", 0
        piece += character
        used += size
    return [*pieces, piece]


def wrap(text: str, width: int) -> list[str]:
    """``text`` in lines of at most ``width`` cells, broken between words where possible; never no line."""
    width = max(width, 2)
    lines: list[str] = []
    line = ""
    for word in text.split():
        candidate = f"{line} {word}" if line else word
        if cells(candidate) <= width:
            line = candidate
            continue
        if line:
            lines.append(line)
        *full, line = _pieces(word, width)
        lines.extend(full)
    return [*lines, line]


def indented(label: str, text: str, width: int, indent: int = 0) -> list[str]:
    """A label and a text whose further lines stand under its first one."""
    start = " " * indent + label
    first, *rest = wrap(text, width - cells(start))
    return [start + first, *(" " * cells(start) + line for line in rest)]


def columns(rows: Sequence[Sequence[str]], floors: Sequence[int], total: int) -> list[int]:
    """The width of each column, so that a row with its gaps takes at most ``total`` cells.

    A column gets what its longest cell needs; where the sum is too much, the one with most to spare above its
    floor gives first. Floors are kept even when their sum is more than ``total``.
    """
    widths = [max(cells(row[place]) for row in rows) for place in range(len(floors))]
    excess = sum(widths) + len(GAP) * (len(widths) - 1) - total
    while excess > 0:
        spare = [width - floor for width, floor in zip(widths, floors, strict=True)]
        widest = spare.index(max(spare))
        if spare[widest] <= 0:
            break
        widths[widest] -= 1
        excess -= 1
    return widths


def row_lines(row: Sequence[str], widths: Sequence[int]) -> list[list[str]]:
    """One row as lines of padded cells; a cell that is too long goes on below itself."""
    wrapped = [wrap(cell, width) for cell, width in zip(row, widths, strict=True)]
    height = max(len(lines) for lines in wrapped)
    return [
        [
            pad(lines[number] if number < len(lines) else "", width)
            for lines, width in zip(wrapped, widths, strict=True)
        ]
        for number in range(height)
    ]

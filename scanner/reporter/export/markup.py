"""Text as Markdown shows it literally, whoever renders it.

CommonMark §2.4: a backslash before ASCII punctuation makes it literal. HTML and what readers turn into
links by themselves (``www.``, ``://``, ``@name``, the GitHub autolink extension) are broken as well.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from scanner.reporter.export import said

_SPECIAL = {"&": "&amp;", "<": "&lt;", "@": "&#64;"}
_MARKS = re.compile(r"([\\`*_{}\[\]#!|~>=$^])")
_BULLET = re.compile(r"^([+\-])")
_NUMBER = re.compile(r"^(\d+)([.)])(?= |$)")
_LINK = re.compile(r"(?i)\bwww\.")


def escaped(value: str | None, limit: int = said.LONG) -> str:
    """One line of Markdown that shows ``value`` and nothing else."""
    text = said.text(value, limit)
    text = _BULLET.sub(r"\\\1", _MARKS.sub(r"\\\1", text))
    text = _NUMBER.sub(r"\1\\\2", text).replace("://", "\\://")
    text = _LINK.sub(r"www\\.", text)
    return "".join(_SPECIAL.get(character, character) for character in text)


def row(*cells: str) -> str:
    """A row of a table; the cells are Markdown already."""
    return f"| {' | '.join(cells)} |"


def table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    """A table, or nothing where it has no row."""
    if not rows:
        return []
    return [row(*heads), row(*("---" for _ in heads)), *(row(*cells) for cells in rows), ""]

"""A spreadsheet's cell: one that no program takes for a formula.

Spreadsheets run what starts with ``=``, ``+``, ``-`` or ``@``, some after blanks, tabs or line ends, some in
fullwidth forms; ``=cmd|'...'!A0`` starts a program by DDE. An apostrophe in front makes it text. Where a
language's list separator is ``;``, a spreadsheet cuts the line there whatever the quotes say, so what follows
a ``;`` is guarded as if it began a cell.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from scanner.reporter.text import clean

_STARTS = frozenset("=+-@|%\u2212")
_SKIPPED = frozenset("\"'`")


def guard(text: str) -> str:
    """``text`` with an apostrophe in front when its first visible character could start a formula."""
    return f"'{text}" if _starts_formula(text) else text


def _starts_formula(text: str) -> bool:
    for place, character in enumerate(text):
        category = unicodedata.category(character)
        if category[0] in "ZC":
            if place == 0 and character in "\t\r\n":
                return True
            continue
        if character in _SKIPPED:
            continue
        return unicodedata.normalize("NFKC", character)[0] in _STARTS
    return False


def cell(text: str | None, *, raw: bool = False) -> str:
    """One value on one line; ``raw`` leaves out the guard and nothing else."""
    shown = clean(text)
    return shown if raw else ";".join(map(guard, shown.split(";")))


def list_cell(items: Iterable[str | None], *, raw: bool = False) -> str:
    """Several values joined by ``;``; one inside a value becomes a comma. Empty values are left out."""
    return ";".join(filter(None, (cell(clean(item).replace(";", ","), raw=raw) for item in items)))

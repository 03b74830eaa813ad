"""The contract of a report format.

A format turns a report into text, piece by piece: the text of ten thousand devices is many times what is
known of them, and never stands in memory whole. It reads no network, no clock, no file of the user's and no
terminal: what it needs to know of these is in the report or in the options.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from scanner.model.report import Report


class Format(StrEnum):
    """The closed list of formats; the value is the word of ``--format``."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    HTML = "html"


@dataclass(frozen=True, slots=True)
class Options:
    """How a report is to be said. A format takes no notice of what does not concern it."""

    show_all: bool = False
    """List devices of other and of unknown makers too (table, CSV, HTML; JSON always does)."""
    raw: bool = False
    """CSV for machines: no guard against spreadsheet formulas."""
    width: int = 100
    """Columns of the table; at least 60."""
    colour: bool = False
    """Terminal colours in the table."""


class Renderer(Protocol):
    """What every format's module offers."""

    def __call__(self, report: Report, options: Options) -> Iterator[str]:
        """The report as text in pieces, the last of which ends with a line end."""
        ...

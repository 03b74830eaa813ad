"""A newer public list of MAC blocks beside our own tables: only blocks of registrants that matter are taken.

Our rows say what a registrant is to the maker, and no public list does. So a block that is new to us is taken
when its registrant is one of ours, under the same brand and kind, or when its name holds the name of a brand
of the family that the family itself registers under. Every row of ours stays as it is.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass

from scanner.knowledge.oui import COLUMNS, OuiRow, OuiTable
from scanner.knowledge.oui_lists import Registration

_WORDS = re.compile(r"[^0-9a-z]+")
_FORMS = frozenset(
    (
        "co", "ltd", "limited", "inc", "incorporated", "corp", "corporation", "llc", "gmbh", "ag", "company",
        "the", "sa", "s", "a", "pte", "pty", "plc", "kg", "bv", "b", "v", "ab", "oy",
    )
)  # fmt: skip
"""Words that lists leave out, or spell differently."""


@dataclass(frozen=True, slots=True)
class Additions:
    """What a list adds to our tables."""

    rows: tuple[OuiRow, ...]
    read: int
    """Blocks of the list."""
    broken: int
    """Lines that could not be read."""
    known: int
    """Blocks of the list that are ours already."""
    named: tuple[str, ...]
    """Registrants that no row of ours has and that bear the name of a brand of the family."""


def registrant_key(name: str) -> str:
    """What of a registrant's name is the same in every list."""
    words = [word for word in _WORDS.split(name.casefold()) if word]
    return " ".join(word for word in words if word not in _FORMS)


def additions(own: OuiTable, registrations: Iterable[Registration | None]) -> Additions:
    """What is new in a list, for registrants that matter.

    Args:
        own: our tables, without an earlier update.
        registrations: the list's blocks; None for a line that could not be read.
    """
    by_name: dict[str, OuiRow] = {}
    for row in own.rows.values():
        by_name.setdefault(registrant_key(row.registrant), row)
    family = {
        row.brand: re.compile(rf"(?<![0-9a-z]){re.escape(row.brand.casefold())}(?![0-9a-z])")
        for row in own.rows.values()
        if row.family and row.brand.casefold() in row.registrant.casefold()
    }
    rows: dict[tuple[int, str], OuiRow] = {}
    named: dict[str, None] = {}
    read = broken = known = 0
    for one in registrations:
        if one is None:
            broken += 1
            continue
        read += 1
        key = (one.bits, one.prefix)
        if key in own.rows:
            known += 1
            continue
        like = by_name.get(registrant_key(one.registrant))
        if like is not None:
            brand, kind, confidence = like.brand, like.kind, like.confidence
        elif brand := next((b for b, p in family.items() if p.search(one.registrant.casefold())), ""):
            kind, confidence = "affiliate", "medium"
            named[one.registrant] = None
        else:
            continue
        rows[key] = OuiRow(
            one.prefix, one.bits, one.registrant, brand, kind, confidence, "from an updated list"
        )
    return Additions(tuple(rows.values()), read, broken, known, tuple(named))


def table_text(rows: Iterable[OuiRow], date: str, source: str) -> str:
    """Rows as a table that `load_oui` reads."""
    text = io.StringIO()
    text.write(f"# snapshot_date: {date}\n# source: {' '.join(source.split())}\n")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in sorted(rows, key=lambda row: (row.prefix, row.bits)):
        writer.writerow((row.prefix, row.bits, row.registrant, row.brand, row.kind, row.confidence, row.note))
    return text.getvalue()

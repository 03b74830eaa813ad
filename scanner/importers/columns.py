"""Which column of a table says what: the entries of ``columns.toml``, which lies beside this file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

MEANINGS = ("address", "mac", "hostname", "switch", "port", "vlan", "vendor", "model", "type")
"""What a column may say."""


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of one system's table; headings in lower case."""

    name: str
    source: str
    any: tuple[frozenset[str], ...]
    """The table is this one if its heading holds all columns of one of these."""
    columns: Mapping[str, tuple[str, ...]]
    """By meaning, the headings that stand for it; the first that is there counts."""
    active: tuple[tuple[str, ...], frozenset[str]] | None = None
    """Columns, and the words in them that stand for an address that is held."""


def parse(text: str) -> tuple[Table, ...]:
    """Read the entries.

    Raises:
        ValueError: an entry is not as it should be.
    """
    return tuple(_table(entry) for entry in tomllib.loads(text)["table"])


@cache
def tables() -> tuple[Table, ...]:
    """The tables that are known; read once, from the package itself."""
    return parse(resources.files(__package__).joinpath("columns.toml").read_text(encoding="utf-8"))


def matching(heading: Sequence[str]) -> Table | None:
    """The table that has this heading."""
    there = frozenset(heading)
    return next((table for table in tables() if any(needed <= there for needed in table.any)), None)


def _table(entry: dict[str, Any]) -> Table:
    known = {"name", "source", "any", "active", *MEANINGS}
    if unknown := set(entry) - known:
        raise ValueError(f"{entry.get('name')}: unknown {sorted(unknown)}")
    columns = {meaning: tuple(entry[meaning]) for meaning in MEANINGS if meaning in entry}
    given = entry.get("active")
    active = (tuple(given["columns"]), frozenset(given["words"])) if given else None
    return Table(entry["name"], entry["source"], tuple(map(frozenset, entry["any"])), columns, active)

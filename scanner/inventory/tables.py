"""What both databases spell in their own way."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from scanner.inventory.engine import Store


def insert_new(store: Store, table: Table) -> Any:
    """A statement that adds rows, and leaves those that are there as they are."""
    statement = sqlite.insert(table) if store.sqlite else postgresql.insert(table)
    return statement.on_conflict_do_nothing()


def to_text(value: object) -> str:
    """JSON as it is kept: in one order, in ASCII (a database may refuse the character 0)."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))

"""What both databases spell in their own way."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

from scanner.inventory.engine import Store


def insert_new(store: Store, table: Table) -> Any:
    """A statement that adds rows, and leaves those that are there as they are."""
    statement = sqlite.insert(table) if store.sqlite else postgresql.insert(table)
    return statement.on_conflict_do_nothing()


_AT_ONCE = 2000
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"))


def add_all(connection: Connection, statement: Any, rows: Iterable[Mapping[str, Any]]) -> None:
    """Run an insertion for each of many rows."""
    part: list[Mapping[str, Any]] = []
    for row in rows:
        part.append(row)
        if len(part) == _AT_ONCE:
            connection.execute(statement, part)
            part = []
    if part:
        connection.execute(statement, part)


def put_all(store: Store, connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """Add rows, or change those that are there to what these say."""
    statement: Any = sqlite.insert(table) if store.sqlite else postgresql.insert(table)
    keys = [column.name for column in table.primary_key]
    changed = {column.name: statement.excluded[column.name] for column in table.c if column.name not in keys}
    add_all(connection, statement.on_conflict_do_update(index_elements=keys, set_=changed), rows)


def to_text(value: object) -> str:
    """JSON as it is kept: in one order, in ASCII (a database may refuse the character 0)."""
    return _ENCODER.encode(value)

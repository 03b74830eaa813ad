"""What an earlier release had taken."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from scanner.inventory.engine import Store, open_store
from scanner.inventory.ingest import take
from scanner.inventory.schema import body, record, run


@pytest.fixture
def as_taken(tmp_path: Path) -> Callable[[Store, Path], None]:
    """Put a journal into an older store: its records have been the same since the first revision."""

    def put(older: Store, journal: Path) -> None:
        newest = open_store(str(tmp_path / f"{journal.stem}.sqlite"), tmp_path, make=True)
        take(newest, journal)
        with newest.reading() as source, older.writing() as target:
            for table in (run, record, body):
                known = set(target.execute(select(*table.primary_key)).all())
                rows = list(source.execute(select(table)).mappings())
                fresh = [
                    dict(row)
                    for row in rows
                    if tuple(row[one.name] for one in table.primary_key) not in known
                ]
                if fresh:
                    target.execute(insert(table), fresh)
        newest.close()

    return put

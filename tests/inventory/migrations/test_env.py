"""A migration runs in the transaction that it is handed: what fails half way did not happen."""

from __future__ import annotations

import pytest
from sqlalchemy import inspect

from scanner.inventory.engine import Store, place
from scanner.inventory.migrations.versions import v0001_records_and_views


def test_a_migration_that_fails_leaves_nothing(store_url, tmp_path, monkeypatch):
    store = Store(place(store_url, tmp_path))

    def fail() -> None:
        raise ZeroDivisionError

    from alembic.script import base

    real = base.Script.__init__

    def broken(self, module, *arguments):
        real(self, module, *arguments)
        module._sights = fail

    monkeypatch.setattr(base.Script, "__init__", broken)
    with pytest.raises(ZeroDivisionError):
        store.migrate()

    with store.reading() as connection:
        assert inspect(connection).get_table_names() == []
    assert v0001_records_and_views.revision == "0001"

"""JSON is kept in one order and without a character that a database refuses; rows that are there stay."""

from __future__ import annotations

from sqlalchemy import select

from scanner.inventory.engine import open_store
from scanner.inventory.schema import decision
from scanner.inventory.tables import insert_new, to_text

ROW = {"id": "dec-1", "at": "2026-01-01T00:00:00Z", "by": "A", "kind": "note", "subject": "x", "data": "{}"}


def test_text_has_one_order_and_no_character_0():
    assert to_text({"b": 1, "a": "\0é"}) == '{"a":"\\u0000\\u00e9","b":1}'


def test_a_row_that_is_there_stays_as_it_is(store_url, tmp_path):
    store = open_store(store_url, tmp_path, make=True)
    with store.writing() as connection:
        connection.execute(insert_new(store, decision), [ROW])
        connection.execute(insert_new(store, decision), [ROW | {"by": "B"}, ROW | {"id": "dec-2"}])

    with store.reading() as connection:
        found = connection.execute(select(decision.c.id, decision.c.by).order_by(decision.c.id)).all()
    assert [tuple(row) for row in found] == [("dec-1", "A"), ("dec-2", "A")]

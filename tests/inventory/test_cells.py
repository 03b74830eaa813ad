"""What is kept in cells is read when it is asked for, and knows what it was before."""

from __future__ import annotations

import pytest
from sqlalchemy import insert

from scanner.inventory.cells import Cells, Shelf
from scanner.inventory.engine import open_store
from scanner.inventory.schema import cell, former


def shelf(cells: Cells) -> Shelf[int, str]:
    """Ten values in a cell."""
    return Shelf(cells, str, lambda number: (f"x/{number // 10}", str(number)))


@pytest.fixture
def filled(store_url, tmp_path):
    """A store whose third checkpoint stands; a cell that changed twice, one that came, one that never did."""
    made = open_store(store_url, tmp_path, make=True)
    cells = Cells()
    for place, values in enumerate(({1: "a", 50: "z"}, {1: "b"}, {1: "c", 20: "new"})):
        book = shelf(cells)
        for number, value in values.items():
            book[number] = value
        book.flush(place)
    with made.writing() as connection:
        connection.execute(insert(cell), [{"name": name, "data": data} for name, data in cells.changed()])
        for place in (1, 2):
            held = cells.former[place].items()
            rows = [{"checkpoint": place + 1, "name": name, "data": data} for name, data in held]
            connection.execute(insert(former), rows)
    yield made
    made.close()


@pytest.mark.parametrize(("base", "held"), [(1, ("a", None)), (2, ("b", None)), (3, ("c", "new"))])
def test_each_cell_holds_what_it_held_at_the_checkpoint(filled, base, held):
    with filled.reading() as connection:
        book = shelf(Cells(connection, base))

        assert (book.get(1), book.get(20)) == held
        assert book[50] == "z"


def test_from_nothing_there_is_nothing(filled):
    with filled.reading() as connection:
        assert shelf(Cells(connection, 0)).get(50) is None


def test_only_what_changed_is_written():
    cells = Cells()
    book = shelf(cells)
    book[1], book[2], book[11] = "a", "b", "c"
    book.flush(0)
    again = shelf(cells)
    assert again[2] == "b"
    again[2] = "b"
    del again[11]
    again.flush(1)

    assert list(cells.former[1]) == ["x/1"]
    assert cells.former[1]["x/1"] is not None
    assert [name for name, data in cells.changed() if data is None] == ["x/1"]


def test_a_shelf_is_looked_into_and_never_gone_through():
    book = shelf(Cells())
    assert book.setdefault(3, "x") == book.pop(3) == "x"
    assert 3 not in book
    with pytest.raises(KeyError):
        del book[3]
    for look in (list, len):
        with pytest.raises(TypeError):
            look(book)

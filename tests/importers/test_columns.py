"""Column maps are data: each has its source, and one more entry is one more table."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scanner.importers.columns import MEANINGS, matching, parse, tables


def test_each_table_has_a_source_and_columns_of_known_meaning():
    assert len(tables()) >= 7
    for table in tables():
        assert table.source
        assert table.any
        assert set(table.columns) <= set(MEANINGS)
        assert {"address", "mac"} & set(table.columns)
        for needed in table.any:
            assert all(name == name.strip().lower() for name in needed)
            assert matching(sorted(needed)) is not None


def test_a_heading_that_is_not_whole_is_no_table():
    assert matching(["ipaddress", "name"]) is None
    assert matching(["ipaddress", "clientid", "and", "more"]).name.startswith("Windows DHCP")


def test_an_entry_is_all_that_a_table_needs():
    (table,) = parse(
        '[[table]]\nname = "x"\nsource = "y"\nany = [["a", "b"]]\naddress = ["a"]\nmac = ["b"]\n'
    )

    assert table.columns == {"address": ("a",), "mac": ("b",)}


def test_a_word_that_is_no_meaning_is_refused():
    with pytest.raises(ValueError, match="colour"):
        parse('[[table]]\nname = "x"\nsource = "y"\nany = [["a"]]\ncolour = ["a"]\n')


def test_the_entry_of_the_page_on_importers_is_one():
    page = (Path(__file__).parents[2] / "docs" / "extend" / "an-importer.md").read_text(encoding="utf-8")
    (entry,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)

    (table,) = parse(entry)
    assert table.any == (frozenset({"ip", "hardware address"}),)

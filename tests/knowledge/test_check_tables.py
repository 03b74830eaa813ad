"""Schemas, order, and tables that do not fit together: each fault is shown to be found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.knowledge import load
from scanner.knowledge.check_tables import order_faults, schema_faults, table_faults

Edit = Callable[[str, str, str], None]


def test_the_data_itself_is_without_fault(root: Path) -> None:
    assert list(schema_faults(root)) == []
    assert list(order_faults(root)) == []
    assert list(table_faults(load(root))) == []


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("signatures/http.yaml", "  strength: strong", "  strength: sure"),
        ("signatures/judged.yaml", "  verdict: ", "  sentence: "),
        ("lookalikes.yaml", "  against: [", "  counter: ["),
        ("brands.yaml", "    confidence: certain", "    confidence: sure"),
        ("models.yaml", "  class: camera", "  class: kamera"),
        ("oui/other.csv", ",other,certain,", ",other,sure,"),
        ("oui/other.csv", "# source: ", "# origin: "),
    ],
)
def test_a_file_that_breaks_its_schema_is_named_with_its_line(
    root: Path, edit: Edit, name: str, old: str, new: str
) -> None:
    edit(name, old, new)
    ((where, message),) = list(schema_faults(root))
    file, _, line = where.rpartition(":")
    assert file == f"fingerprints/{name}"
    assert line.isdigit()
    assert message


def test_entries_out_of_order_are_named(root: Path, edit: Edit) -> None:
    edit("signatures/mac.yaml", "- id: mac-oui-family", "- id: mac-oui-zzz")
    ((where, message),) = list(order_faults(root))
    assert where.startswith("fingerprints/signatures/mac.yaml:")
    assert message == "mac-oui-other stands after mac-oui-zzz: entries are in alphabetical order"


def test_a_block_of_an_unknown_brand_is_named(root: Path, edit: Edit) -> None:
    edit("oui/family.csv", "Pyronix Ltd,Pyronix,", "Pyronix Ltd,Pironix,")
    ((_, message),) = list(table_faults(load(root)))
    assert "neither a brand nor a maker is called 'Pironix'" in message


def test_a_block_of_the_family_needs_a_brand_of_the_family(root: Path, edit: Edit) -> None:
    edit("oui/family.csv", "Pyronix Ltd,Pyronix,", "Pyronix Ltd,LTS,")
    ((_, message),) = list(table_faults(load(root)))
    assert "'LTS' is no brand of the family" in message


def test_a_rule_that_does_not_decide_its_example_is_named(root: Path, edit: Edit) -> None:
    edit("models.yaml", "'DS-2CD2143G2-I'", "'DS-7608NI-K2', 'camera'")
    messages = [message for _, message in table_faults(load(root))]
    assert messages == [
        "camera-2cd: its example 'DS-7608NI-K2' is decided by recorder-nvr",
        "camera-2cd: its example 'camera' is decided by no rule",
    ]

"""Codes and marks of devices that are sold under another name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.knowledge.brands import load_brands
from scanner.knowledge.location import fingerprints_root
from scanner.knowledge.relabels import Relabels, load_relabels
from scanner.model.errors import KnowledgeError

Edit = Callable[[str, str, str], None]


def load(root: Path) -> Relabels:
    return load_relabels(root, load_brands(root))


@pytest.fixture(scope="module")
def relabels() -> Relabels:
    return load(fingerprints_root())


@pytest.mark.parametrize(("code", "foreign"), [("0", False), ("1", False), ("1142", True), ("10101", True)])
def test_codes_of_the_maker_s_own_brand_show_nothing(relabels: Relabels, code: str, foreign: bool) -> None:
    assert relabels.is_foreign(code) is foreign


@pytest.mark.parametrize(
    ("field", "value", "brand", "found"),
    [
        ("sadp.EZVIZCode", "1", "EZVIZ", True),
        ("sadp.EZVIZCode", "0", None, False),
        ("sadp.SpecificDeviceType", "Neutral", None, True),
        ("sadp.SpecificDeviceType", "HIK", None, False),
        ("sadp.OEMInfo", "1", None, False),
    ],
)
def test_a_mark_is_known_by_field_and_value(
    relabels: Relabels, field: str, value: str, brand: str | None, found: bool
) -> None:
    sign = relabels.sign(field, value)
    assert (sign is not None) is found
    assert (sign.brand if sign is not None else None) == brand


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("brand: 'EZVIZ'", "brand: 'Ezwiz'", "is not spelt so in brands.yaml"),
        ("pattern: '^1$'", "pattern: '^1($'", "does not compile"),
        ("own_codes:", "codes:", "unknown key 'codes'"),
    ],
)
def test_a_faulty_entry_is_refused_with_its_line(
    root: Path, edit: Edit, old: str, new: str, message: str
) -> None:
    edit("relabels.yaml", old, new)
    with pytest.raises(KnowledgeError, match=r"^fingerprints/relabels\.yaml:\d+: ") as caught:
        load(root)
    assert message in str(caught.value)

"""The vocabulary: spellings, relations, and files that are refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.knowledge.brands import RELATIONS, Brands, load_brands
from scanner.knowledge.location import fingerprints_root
from scanner.model.device import Relation
from scanner.model.errors import KnowledgeError
from scanner.model.evidence import Maker

Edit = Callable[[str, str, str], None]


@pytest.fixture(scope="module")
def brands() -> Brands:
    return load_brands(fingerprints_root())


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        ("hikvision", "HIKVISION"),
        ("HIKVISION", "HIKVISION"),
        (" Hangzhou Hikvision ", "HIKVISION"),
        ("LT Security", "LTS"),
        ("lts", "LTS"),
        ("tp-link tapo", "TP-Link Tapo"),
        ("iPOLiS", "iPOLiS"),
        ("iPolis", "iPolis"),
        ("truVision", "TruVision"),
        ("Nellys Security", "Nelly's Security"),
    ],
)
def test_a_spelling_leads_to_the_canonical_one(brands: Brands, spelling: str, name: str) -> None:
    found = brands.lookup(spelling)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("spelling", ["", "-", "Hikvisionn", "IPC", "Hik", "camera"])
def test_what_is_no_brand_is_none(brands: Brands, spelling: str) -> None:
    assert brands.lookup(spelling) is None


def test_relations_follow_the_brand(brands: Brands) -> None:
    def relation(name: str) -> Relation | None:
        found = brands.lookup(name)
        assert found is not None
        return found.device_relation

    assert relation("HIKVISION") is Relation.OWN
    assert relation("HiLook") is Relation.OWN
    assert relation("EZVIZ") is Relation.SUBSIDIARY
    assert relation("LTS") is Relation.RELABEL
    assert relation("Swann") is Relation.RELABEL
    assert relation("CETHIK") is Relation.UNKNOWN
    assert relation("AXIS") is None
    assert set(RELATIONS) == {brand.relation for brand in brands.brands}


def test_only_controlled_brands_are_family(brands: Brands) -> None:
    family = {brand.name for brand in brands.brands if brand.family}
    assert {"HIKVISION", "HiLook", "HiWatch", "EZVIZ", "HIKMICRO", "Hikrobot", "Pyronix", "Prama"} <= family
    assert not family & {"LTS", "ANNKE", "Honeywell", "AXIS", "CETHIK"}


def test_the_maker_behind_a_name_is_told(brands: Brands) -> None:
    assert brands.default_maker_name == "Hikvision"
    assert brands.maker_of("EZVIZ") == (Maker.HIKVISION, "EZVIZ (Hikvision)")
    assert brands.maker_of("AXIS") == (Maker.OTHER, "Axis")
    assert brands.maker_of("Axis") == (Maker.OTHER, "Axis")
    assert brands.maker_of("nobody") is None


def test_every_researched_brand_has_a_source_and_mixed_ones_are_marked(brands: Brands) -> None:
    assert len(brands.brands) >= 68
    assert all(brand.source for brand in brands.brands)
    honeywell = brands.lookup("Honeywell")
    assert honeywell is not None
    assert honeywell.relation == "mixed"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("relation: own", "relation: owned", "'relation' is 'owned'"),
        ("    maker: 'Hikvision'\n", "    maker: 'Hikvison'\n", "'maker' is 'Hikvison'"),
        ("relation: own", "relation: other", "does not fit the maker"),
        ("confidence: certain", "confidence: sure", "'confidence' is 'sure'"),
        ("'^i?DS-'", "'^i?DS-('", "does not compile"),
        ("aliases: ['HILOOK'", "aliases: ['Hikvision'", "already belongs to 'HIKVISION'"),
        ("  - {name: 'Axis', maker: other}", "  - {name: 'Hikvision', maker: other}", "stands twice"),
        ("    source: ", "    sauce: ", "unknown key 'sauce'"),
        ("maker: hikvision}", "maker: unknown}", "'maker' is 'unknown'"),
    ],
)
def test_a_faulty_file_is_refused_with_its_line(
    root: Path, edit: Edit, old: str, new: str, message: str
) -> None:
    edit("brands.yaml", old, new)
    with pytest.raises(KnowledgeError, match=r"^fingerprints/brands\.yaml:\d+: ") as caught:
        load_brands(root)
    assert message in str(caught.value)


def test_without_the_maker_of_this_program_there_is_no_vocabulary(root: Path) -> None:
    (root / "brands.yaml").write_text("makers:\n  - {name: Axis, maker: other}\nbrands: []\n")
    with pytest.raises(KnowledgeError, match="no maker is marked"):
        load_brands(root)

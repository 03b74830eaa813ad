"""MAC blocks: lengths, notations, addresses that belong to nobody, and tables that are refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.knowledge.location import fingerprints_root
from scanner.knowledge.oui import OuiTable, canonical_mac, load_oui
from scanner.model.errors import KnowledgeError

Edit = Callable[[str, str, str], None]


@pytest.fixture(scope="module")
def oui() -> OuiTable:
    return load_oui(fingerprints_root())


@pytest.mark.parametrize(
    ("mac", "brand", "kind"),
    [
        ("E0:BA:AD:FE:93:2A", "HIKVISION", "own"),
        ("54-c4-15-00-00-01", "HIKVISION", "own"),
        ("1868cb000001", "HIKVISION", "own"),
        ("1868.cb21.d4df", "HIKVISION", "own"),
        ("[fe80::eaa0:edff:fe00:1]", "HIKVISION", "own"),
        ("00:19:eb:00:00:01", "Pyronix", "subsidiary"),
        ("E4:28:A4:00:00:01", "Prama", "joint venture"),
        ("14:2F:FD:00:00:01", "LTS", "relabel"),
        ("AC:CC:8E:00:00:01", "Axis", "other"),
    ],
)
def test_the_block_of_an_address_is_found(oui: OuiTable, mac: str, brand: str, kind: str) -> None:
    row = oui.lookup(mac)
    assert row is not None
    assert (row.brand, row.kind) == (brand, kind)
    assert row.family is (kind in {"own", "subsidiary", "joint venture"})


def test_the_longest_prefix_wins(oui: OuiTable) -> None:
    row = oui.lookup("B0:B3:53:60:00:01")
    assert row is not None
    assert (row.brand, row.bits) == ("Hikrobot", 28)
    assert oui.lookup("B0:B3:53:10:00:01") is None
    row = oui.lookup("00:50:C2:4D:90:01")
    assert row is not None
    assert row.bits == 36


@pytest.mark.parametrize(
    "mac", ["e2:ba:ad:fe:93:2a", "e1:ba:ad:fe:93:2a", "00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "", "xxxx"]
)
def test_local_group_masked_and_broken_addresses_belong_to_nobody(oui: OuiTable, mac: str) -> None:
    assert oui.lookup(mac) is None


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("E0:BA:AD:FE:93:2A", "e0:ba:ad:fe:93:2a"),
        ("b6a3:82ff:fe00:1", "b4:a3:82:00:00:01"),
        ("6a6d:bcff:feee:f8f0", "68:6d:bc:ee:f8:f0"),
        ("40:8cff:febe:b36a", "02:40:8c:be:b3:6a"),
        ("e0:ba:ad:fe:93", None),
        ("e0:ba:ad:fe:93:2a:11", None),
        ("fe80::1", None),
    ],
)
def test_notations_come_down_to_one(text: str, canonical: str | None) -> None:
    assert canonical_mac(text) == canonical


def test_the_tables_hold_what_the_research_counted_and_say_their_date(oui: OuiTable) -> None:
    own = [row for row in oui.rows.values() if row.kind == "own"]
    assert len(own) == 84
    assert len([row for row in oui.rows.values() if row.brand == "EZVIZ"]) == 15
    assert oui.version.date == "2026-10-24"
    assert oui.version.version == str(len(oui.rows))


def test_the_oldest_table_dates_the_whole(root: Path, edit: Edit) -> None:
    edit("oui/other.csv", "snapshot_date: 2026-10-24", "snapshot_date: 2024-01-31")
    assert load_oui(root).version.date == "2024-01-31"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("# snapshot_date: 2026-10-24\n", "", "'# snapshot_date: …' is missing"),
        ("2026-10-24", "24.10.2026", "must be YYYY-MM-DD"),
        ("prefix,bits,", "prefix,length,", "the columns must be"),
        (",24,", ",25,", "bits must be 24, 28 or 36"),
        ("00:19:EB,24", "00:19,24", "shorter than 24 bits"),
        (",subsidiary,", ",daughter,", "the kind 'daughter'"),
        (",certain,", ",sure,", "the confidence 'sure'"),
        ("Pyronix Ltd,", ",", "must not be empty"),
        ("00:19:EB,24,Pyronix Ltd,Pyronix", "00:BC:99,24,Pyronix Ltd,Pyronix", "stands twice"),
        ("00:19:EB,24,Pyronix Ltd,", "00:19:EB,24,", "6 cells where 7 are needed"),
    ],
)
def test_a_faulty_table_is_refused_with_its_line(
    root: Path, edit: Edit, old: str, new: str, message: str
) -> None:
    edit("oui/family.csv", old, new)
    with pytest.raises(KnowledgeError, match=r"fingerprints/oui/family\.csv:\d+: ") as caught:
        load_oui(root)
    assert message in str(caught.value)


def test_a_missing_table_is_refused(root: Path) -> None:
    (root / "oui" / "oem.csv").unlink()
    with pytest.raises(KnowledgeError, match=r"oem\.csv:1: cannot be read"):
        load_oui(root)


def test_blank_lines_of_a_table_are_passed_over(root: Path, edit: Edit) -> None:
    edit("oui/family.csv", "prefix,bits", "\nprefix,bits")
    assert load_oui(root).lookup("e0:ba:ad:00:00:01") is not None

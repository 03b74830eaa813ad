"""What of a newer list is taken: blocks of registrants that matter, and never instead of ours."""

from __future__ import annotations

import pytest

from scanner.knowledge import load
from scanner.knowledge.location import fingerprints_root
from scanner.knowledge.oui import load_oui
from scanner.knowledge.oui_lists import Registration
from scanner.knowledge.oui_update import additions, registrant_key, table_text

ROOT = fingerprints_root()


@pytest.fixture(scope="module")
def own():
    return load_oui(ROOT)


def test_a_new_block_of_a_known_registrant_has_its_brand_and_kind(own):
    found = additions(own, [Registration("abcde0", 24, "Hangzhou Hikvision Digital Technology")])

    (row,) = found.rows
    assert (row.brand, row.kind, row.confidence) == ("HIKVISION", "own", "certain")
    assert (found.read, found.known, found.broken) == (1, 0, 0)


def test_a_new_registrant_with_the_name_of_the_family_is_taken_with_less_confidence_and_said(own):
    found = additions(own, [Registration("1234567", 28, "Hikvision Something New, Inc.")])

    (row,) = found.rows
    assert (row.brand, row.kind, row.confidence) == ("HIKVISION", "affiliate", "medium")
    assert found.named == ("Hikvision Something New, Inc.",)


@pytest.mark.parametrize(
    "name", ["Xerox Corporation", "Hikvisionary Ltd", "Shenzhen Rayin Technology Co.,Ltd"]
)
def test_what_does_not_matter_is_left_out(own, name):
    assert additions(own, [Registration("abcde0", 24, name)]).rows == ()


def test_our_rows_are_never_changed_whatever_a_list_says(own):
    mine = [Registration(prefix, bits, "Xerox Corporation") for bits, prefix in own.rows]

    found = additions(own, [*mine, None])

    assert (found.rows, found.known, found.broken) == ((), len(own.rows), 1)


def test_names_are_the_same_in_every_list():
    one = {
        registrant_key(name)
        for name in ("Bosch Security Systems, Inc.", "BOSCH SECURITY SYSTEMS", "Bosch Security Systems BV")
    }

    assert one == {"bosch security systems"}


def test_what_is_written_is_read_again_with_its_date_and_ours_stay(own, tmp_path):
    taken = additions(own, [Registration("abcde0", 24, "Hangzhou Hikvision Digital Technology")]).rows
    first = next(iter(own.rows.values()))
    file = tmp_path / "oui.csv"
    file.write_text(table_text([*taken, first], "2031-01-02", "a list\nof mine"))

    table = load_oui(ROOT, file)

    assert (table.version.date, table.version.version) == ("2031-01-02", f"{len(own.rows)}+1")
    assert table.built_in == own.version
    assert table.rows.items() >= own.rows.items()
    row = table.lookup("ab:cd:e0:01:02:03")
    assert row is None or row.family  # the local bit decides
    assert load(blocks=file).versions["oui"].date == "2031-01-02"


def test_a_table_that_is_older_than_ours_is_not_used(own, tmp_path):
    file = tmp_path / "oui.csv"
    taken = additions(own, [Registration("abcde0", 24, "Hangzhou Hikvision Digital Technology")]).rows
    file.write_text(table_text(taken, "2001-01-02", "old"))

    table = load_oui(ROOT, file)

    assert (table.version, table.rows) == (own.version, own.rows)
    assert table.updated is not None
    assert load_oui(ROOT, tmp_path / "none.csv").updated is None

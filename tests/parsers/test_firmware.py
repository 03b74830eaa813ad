"""Firmware strings as devices and labels write them (research note models.md §4)."""

from __future__ import annotations

from datetime import date

import pytest

from scanner.parsers.firmware import build_date, read_firmware

# fmt: off
FIRMWARE = [
    ("V5.5.82 build 190909", (5, 5, 82), "2019-09-09"),
    ("V5.5.82build 190130", (5, 5, 82), "2019-01-30"),
    ("V5.8.10build 250714", (5, 8, 10), "2025-07-14"),
    ("V5.5.114build 200417", (5, 5, 114), "2020-04-17"),
    ("V4.75.200build 231110", (4, 75, 200), "2023-11-10"),
    ("V3.4.108build 200102", (3, 4, 108), "2020-01-02"),
    ("V3.0.9build 250115", (3, 0, 9), "2025-01-15"),
    ("V4.31.108", (4, 31, 108), None),
    ("V4.30.005 build 200316", (4, 30, 5), "2020-03-16"),
    ("V5.3.8_151224", (5, 3, 8), "2015-12-24"),
    ("V5.3.0 build 220802", (5, 3, 0), "2022-08-02"),
    ("V2.2.77", (2, 2, 77), None),
    ("V3.18.0", (3, 18, 0), None),
    ("V1.5.1", (1, 5, 1), None),
    ("V6.26 build 150513", (6, 26), "2015-05-13"),
    ("V5.7.20 build 241120", (5, 7, 20), "2024-11-20"),
    ("V5.4.5 build 170124", (5, 4, 5), "2017-01-24"),
    ("V7.3 build 190626", (7, 3), "2019-06-26"),
    ("V5.0, build 191213", (5, 0), "2019-12-13"),
    ("5.40.9.2", (5, 40, 9, 2), None),
]
# fmt: on


@pytest.mark.parametrize(("text", "numbers", "build"), FIRMWARE)
def test_version_and_build_day_are_read(text, numbers, build):
    firmware = read_firmware(text)

    assert firmware.numbers == numbers
    assert firmware.build == (date.fromisoformat(build) if build else None)


def test_both_spellings_print_the_same():
    assert (
        str(read_firmware("V5.6.2build 190701"))
        == str(read_firmware("V5.6.2 build 190701"))
        == "V5.6.2 build 190701"
    )
    assert str(read_firmware("V4.21.000")) == "V4.21.000"


@pytest.mark.parametrize("text", ["", "build 190701", "unknown", "192.168.1.64.7", "V5", "1" * 60000])
def test_text_without_a_version_is_none(text):
    assert read_firmware(text) is None


@pytest.mark.parametrize("text", ["991231", "191331", "19070", "build 000000", "", "build"])
def test_an_impossible_build_is_none(text):
    assert build_date(text) is None


def test_the_build_of_a_field_of_its_own_is_read():
    assert build_date("build 210823") == date(2021, 8, 23)

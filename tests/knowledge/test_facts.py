"""The declared facts, and the patterns that read them from a device."""

from __future__ import annotations

import pytest

from scanner.knowledge.facts import load_facts
from scanner.knowledge.location import fingerprints_root

MADE_ON = load_facts(fingerprints_root())[0]["made_on"].reading
THERMAL = load_facts(fingerprints_root())[0]["thermal_camera"].reading


def test_every_fact_asks_its_question_in_both_languages() -> None:
    facts, nodes = load_facts(fingerprints_root())
    assert len(facts) == len(nodes.items())
    assert all(fact.question.en.endswith((")", "?")) and fact.question.fr for fact in facts.values())
    assert {name for name, fact in facts.items() if fact.given_by == "device"} == {"made_on"}


@pytest.mark.parametrize(
    ("serial", "day"),
    [
        ("DS-2CD2385G1-I20200414AAWRE33842150", "20200414"),
        ("DS-7608NI-I20820211224CCRRJ28921871WCVU", "20211224"),
        ("DS-KH6320-WTDE10120230110WRQ18479253U", "20230110"),
        ("DS-3E1310P-EI/M20250905CRRGF2364000", "20250905"),
        ("DS-2CD5026EFWD-A20171214AACH147955970", "20171214"),
        ("1620170915AARR831427436WCVU", "20170915"),
    ],
)
def test_the_day_of_manufacture_stands_before_the_mark(serial: str, day: str) -> None:
    assert MADE_ON is not None
    match = MADE_ON.pattern.search(serial)
    assert match is not None
    assert match["value"] == day


@pytest.mark.parametrize(
    "serial",
    [
        "DS-K1T341AMF20220311V030230ENJ70368704",  # an access terminal: the day of the firmware
        "DS-2CD2385G1-I00000000AAWRE33842150",  # redacted
        "DS-2CD2385G1-I20201314AAWRE33842150",  # no such month
        "E33842150",  # short: no day in it
    ],
)
def test_what_is_no_day_of_manufacture_is_not_read_as_one(serial: str) -> None:
    assert MADE_ON is not None
    assert MADE_ON.pattern.search(serial) is None


def test_access_terminals_prove_no_day() -> None:
    assert MADE_ON is not None
    assert "access" not in MADE_ON.classes
    assert "camera" in MADE_ON.classes


def test_thermal_cameras_show_in_the_model() -> None:
    assert THERMAL is not None
    assert THERMAL.pattern.search("DS-2TD2617-3/PA")
    assert THERMAL.pattern.search("DS-2CD2143G2-I") is None

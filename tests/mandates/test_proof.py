"""What a device proves by itself, and who is believed where a person says otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from scanner.knowledge.location import fingerprints_root
from scanner.knowledge.mandates import load_mandates
from scanner.mandates.facts import Facts
from scanner.mandates.proof import all_facts
from scanner.model.device import Confidence, Device, DeviceClass
from scanner.model.evidence import Maker

LIBRARY = load_mandates(fingerprints_root())
ON = date(2026, 11, 24)
THERMAL = Device(
    "dev", ("10.0.0.5",), Maker.HIKVISION, Confidence.CONFIRMED, device_class=DeviceClass.CAMERA,
    model="DS-2TD2617-3/PA", serial="DS-2TD2617-3/PA20240414AAWRE33842150",
)  # fmt: skip


def test_a_device_proves_its_day_of_manufacture_and_its_kind() -> None:
    assert all_facts(THERMAL, LIBRARY, Facts(), ON) == {"made_on": "2024-04-14", "thermal_camera": "yes"}


def test_a_site_is_believed_where_both_speak() -> None:
    told = all_facts(THERMAL, LIBRARY, Facts().with_fact("thermal_camera=no"), ON)
    assert told["thermal_camera"] == "no"


def test_nothing_is_proven_without_a_class_a_serial_or_a_day_of_the_calendar() -> None:
    assert "made_on" not in all_facts(replace(THERMAL, device_class=None), LIBRARY, Facts(), ON)
    assert "made_on" not in all_facts(replace(THERMAL, device_class=DeviceClass.ACCESS), LIBRARY, Facts(), ON)
    assert "made_on" not in all_facts(replace(THERMAL, serial=None), LIBRARY, Facts(), ON)
    impossible = replace(THERMAL, serial="DS-2TD2617-3/PA20240231AAWRE33842150")
    assert "made_on" not in all_facts(impossible, LIBRARY, Facts(), ON)
    assert "made_on" not in all_facts(THERMAL, LIBRARY, Facts(), date(2024, 4, 13))
    assert "made_on" in all_facts(THERMAL, LIBRARY, Facts(), date(2024, 4, 14))

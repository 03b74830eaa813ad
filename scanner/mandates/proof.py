"""Facts that a device proves by itself, read as the knowledge declares."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from scanner.knowledge.mandate_words import FactKind, MandateLibrary, Reading
from scanner.mandates.facts import Facts
from scanner.model.device import Device


def all_facts(device: Device, library: MandateLibrary, facts: Facts, on: date) -> Mapping[str, str]:
    """What is told of a device and what it proves; what is told wins where both speak."""
    proven = {}
    for kind in library.facts.values():
        value = _prove(kind, kind.reading, device, on) if kind.reading else None
        if value is not None:
            proven[kind.name] = value
    return {**proven, **facts.for_device(device)}


def _prove(kind: FactKind, reading: Reading, device: Device, on: date) -> str | None:
    text = device.serial if reading.field == "serial" else device.model
    of_class = device.device_class.value if device.device_class else ""
    if not text or (reading.classes and of_class not in reading.classes):
        return None
    match = reading.pattern.search(text)
    if match is None:
        return None
    if reading.value is not None:
        return reading.value
    return _day(match["value"], on) if kind.type == "date" else match["value"]


def _day(digits: str, on: date) -> str | None:
    """YYYYMMDD as a day; None for one that is not in the calendar or lies after the scan."""
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
    return day.isoformat() if day <= on else None

"""Which row of a profile speaks of a device."""

from __future__ import annotations

import re
from enum import Enum

from scanner.knowledge.mandate_words import Kind, MandateLibrary, Measure
from scanner.model.device import Confidence, Device, DeviceClass, Relation
from scanner.model.evidence import Maker


class Reached(Enum):
    """Whether a measure reaches another maker."""

    YES = "yes"
    UNKNOWN = "unknown"
    """It goes by the seat of the maker, and the seat is not known here."""
    NO = "no"


def kind_of(device: Device) -> Kind:
    """The kind of a device.

    The label comes before the class: a relabelled recorder is a relabel, since whose name it bears is what
    laws leave open.
    """
    if device.evidenced_maker is Maker.OTHER:
        return Kind.COVERED_OTHER_MAKER
    if device.evidenced_maker is Maker.UNKNOWN or device.confidence is Confidence.NONE:
        return Kind.UNKNOWN_MAKER
    if device.relation is Relation.SUBSIDIARY:
        return Kind.SUBSIDIARY_BRAND
    if device.relation is Relation.RELABEL or (
        device.relation is Relation.UNKNOWN and device.presented_brand
    ):
        return Kind.RELABEL
    if device.device_class is DeviceClass.RECORDER:
        return Kind.RECORDER
    if device.device_class is DeviceClass.PLATFORM:
        return Kind.PLATFORM_SOFTWARE
    if device.device_class is DeviceClass.CAMERA:
        return Kind.OWN_BRAND_CAMERA
    return Kind.OWN_BRAND_OTHER


def reaches_other(measure: Measure, device: Device, library: MandateLibrary) -> Reached:
    """Whether a measure reaches a device that was evidenced as made by another maker."""
    if measure.classes and device.device_class and device.device_class.value not in measure.classes:
        return Reached.NO
    others = measure.other_makers
    if others.rule == "every":
        return Reached.YES
    if others.rule == "named":
        return Reached.YES if any(_names(name, device.maker_name) for name in others.names) else Reached.NO
    if others.rule == "seat":
        return _by_seat(others.seats, device.maker_name, library)
    return Reached.NO


def speaks_of(measure: Measure, device: Device, library: MandateLibrary) -> bool:
    """Whether a measure could speak of a device at all, for whoever is bound by it."""
    kind = kind_of(device)
    if kind is Kind.COVERED_OTHER_MAKER:
        return reaches_other(measure, device, library) is not Reached.NO
    if measure.classes and device.device_class and device.device_class.value not in measure.classes:
        return False
    row = {Kind.RELABEL: "relabel", Kind.SUBSIDIARY_BRAND: "subsidiary"}.get(kind, "own_brand")
    return measure.reaches[row].value not in ("no", "not_applicable")


def _by_seat(seats: tuple[str, ...], maker_name: str | None, library: MandateLibrary) -> Reached:
    countries = {
        seat.country for seat in library.seats if any(_names(word, maker_name) for word in seat.words)
    }
    if not countries:
        return Reached.UNKNOWN
    return Reached.YES if countries & set(seats) else Reached.NO


def _names(word: str, maker_name: str | None) -> bool:
    """Whether a word or a run of words stands in a maker's name, as words and not as part of one."""
    pattern = rf"(?<![0-9a-z]){re.escape(word.casefold())}(?![0-9a-z])"
    return bool(maker_name) and re.search(pattern, (maker_name or "").casefold()) is not None

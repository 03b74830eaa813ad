"""Which row speaks of a device, and whether a measure reaches another maker."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from scanner.knowledge.location import fingerprints_root
from scanner.knowledge.mandate_words import Kind
from scanner.knowledge.mandates import load_mandates
from scanner.mandates.kinds import Reached, kind_of, reaches_other, speaks_of
from scanner.model.device import Confidence, Device, DeviceClass, Relation
from scanner.model.evidence import Maker

LIBRARY = load_mandates(fingerprints_root())
DEVICE = Device("dev", ("10.0.0.5",), Maker.HIKVISION, Confidence.CONFIRMED, relation=Relation.OWN)


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"device_class": DeviceClass.CAMERA}, Kind.OWN_BRAND_CAMERA),
        ({"device_class": DeviceClass.RECORDER}, Kind.RECORDER),
        ({"device_class": DeviceClass.PLATFORM}, Kind.PLATFORM_SOFTWARE),
        ({"device_class": DeviceClass.SWITCH}, Kind.OWN_BRAND_OTHER),
        ({"device_class": None}, Kind.OWN_BRAND_OTHER),
        ({"relation": Relation.SUBSIDIARY, "device_class": DeviceClass.RECORDER}, Kind.SUBSIDIARY_BRAND),
        ({"relation": Relation.RELABEL, "device_class": DeviceClass.RECORDER}, Kind.RELABEL),
        ({"relation": Relation.UNKNOWN, "presented_brand": "Acme"}, Kind.RELABEL),
        ({"relation": Relation.UNKNOWN, "device_class": DeviceClass.CAMERA}, Kind.OWN_BRAND_CAMERA),
        ({"confidence": Confidence.NONE}, Kind.UNKNOWN_MAKER),
        ({"evidenced_maker": Maker.UNKNOWN}, Kind.UNKNOWN_MAKER),
        ({"evidenced_maker": Maker.OTHER}, Kind.COVERED_OTHER_MAKER),
    ],
)
def test_the_kind_of_a_device(change: dict[str, Any], kind: Kind) -> None:
    assert kind_of(replace(DEVICE, **change)) is kind


def other(name: str | None, device_class: DeviceClass | None = None) -> Device:
    return replace(
        DEVICE, evidenced_maker=Maker.OTHER, relation=None, maker_name=name, device_class=device_class
    )


@pytest.mark.parametrize(
    ("measure", "name", "reached"),
    [
        ("ca-qc-2023", "Dahua (Amcrest relabel)", Reached.YES),
        ("ca-qc-2023", "Zhejiang DAHUA Vision Technology", Reached.YES),
        ("ca-qc-2023", "Uniview", Reached.NO),
        ("ca-qc-2023", None, Reached.NO),
        ("tw-ict-ban-2020", "Zhejiang Uniview Technologies", Reached.YES),
        ("tw-ict-ban-2020", "Hanwha (Samsung Techwin)", Reached.NO),
        ("tw-ict-ban-2020", "ActiveThings", Reached.UNKNOWN),  # not ACTi: whole words only
        ("tw-ict-ban-2020", None, Reached.UNKNOWN),
        ("us-cisa-bod-23-01", "Axis", Reached.YES),
        ("ca-federal-2025", "Dahua", Reached.NO),
    ],
)
def test_whether_a_measure_reaches_another_maker(measure: str, name: str | None, reached: Reached) -> None:
    assert reaches_other(LIBRARY.measures[measure], other(name), LIBRARY) is reached


def test_a_measure_about_cameras_does_not_speak_of_recorders() -> None:
    measure = LIBRARY.measures["in-cctv-2024"]
    assert reaches_other(measure, other("Axis", DeviceClass.RECORDER), LIBRARY) is Reached.NO
    assert reaches_other(measure, other("Axis", DeviceClass.CAMERA), LIBRARY) is Reached.YES
    assert not speaks_of(measure, replace(DEVICE, device_class=DeviceClass.RECORDER), LIBRARY)
    assert speaks_of(measure, replace(DEVICE, device_class=DeviceClass.CAMERA), LIBRARY)


def test_a_measure_speaks_of_a_label_as_far_as_it_reaches_it() -> None:
    relabel = replace(DEVICE, relation=Relation.RELABEL, presented_brand="Acme")
    assert not speaks_of(LIBRARY.measures["ua-2023-sponsor-of-war"], relabel, LIBRARY)
    assert speaks_of(LIBRARY.measures["ca-qc-2023"], relabel, LIBRARY)
    assert not speaks_of(LIBRARY.measures["tw-indictment-2024"], DEVICE, LIBRARY)

"""Model names: kinds, the maker's own grammar, and names of others that begin alike."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.knowledge.brands import load_brands
from scanner.knowledge.location import fingerprints_root
from scanner.knowledge.models import Models, load_models
from scanner.model.device import DeviceClass
from scanner.model.errors import KnowledgeError
from scanner.model.evidence import Maker

Edit = Callable[[str, str, str], None]


def load(root: Path) -> Models:
    return load_models(root, load_brands(root))


@pytest.fixture(scope="module")
def models() -> Models:
    return load(fingerprints_root())


@pytest.mark.parametrize(
    ("model", "device_class", "brand"),
    [
        ("DS-2CD2143G2-I(2.8MM)", "camera", "HIKVISION"),
        ("iDS-2CD7A46G0/P-IZHS(SA)", "camera", "HIKVISION"),
        ("DS-2SC3Q140MY-TE", "camera", "HIKVISION"),
        ("DS-2TD2617-6/PA", "camera", "HIKVISION"),
        ("DS-TCG406-E", "camera", "HIKVISION"),
        ("DS-7608NXI-I2/8P/S", "recorder", "HIKVISION"),
        ("DS-7208HUHI-F2/N/A", "recorder", "HIKVISION"),
        ("DS-7804HQH-K1", "recorder", "HIKVISION"),
        ("DS-7108N-SN/P", "recorder", "HIKVISION"),
        ("DS-7816H-SNH", "recorder", "HIKVISION"),
        ("DS-6704HUHI-K", "encoder", "HIKVISION"),
        ("DS-K1T341AMF", "access", "HIKVISION"),
        ("DS-KH6320-WTE1", "access", "HIKVISION"),
        ("DS-KV8213-WME1(C)", "doorbell", "HIKVISION"),
        ("DS-3E1310P-EI/M", "switch", "HIKVISION"),
        ("DS-PWA64-L-WE", "other", "HIKVISION"),
        ("iVMS-8700", "platform", "HIKVISION"),
        ("DS-I200", "camera", "HiWatch"),
        ("HWI-B140H", "camera", "HiWatch"),
        ("IPC-B140H", "camera", "HiLook"),
        ("NVR-104MH-D", "recorder", "HiLook"),
        ("CS-C6TC-32WFR", "camera", "EZVIZ"),
        ("CS-DB1C-A0-1E2W2FR", "doorbell", "EZVIZ"),
        ("HM-TD1228-7", "camera", "HIKMICRO"),
        ("PT-NC163D3-WNM(D2)", "camera", "Prama"),
    ],
)
def test_names_of_the_family_prove_it(models: Models, model: str, device_class: str, brand: str) -> None:
    info = models.classify(f" {model} ")
    assert info is not None
    assert (info.device_class, info.brand, info.maker, info.proves) == (
        device_class,
        brand,
        Maker.HIKVISION,
        True,
    )


@pytest.mark.parametrize(
    ("model", "brand", "device_class"),
    [
        ("CMIP7352W", "LTS", DeviceClass.CAMERA),
        ("LTN8704-P4", "LTS", DeviceClass.RECORDER),
        ("C800-I91BL", "ANNKE", DeviceClass.CAMERA),
        ("TVN-2108", "TruVision", DeviceClass.RECORDER),
        ("LV-PTK66802", "LaView", None),
    ],
)
def test_names_of_relabels_name_the_brand_and_prove_nothing(
    models: Models, model: str, brand: str, device_class: DeviceClass | None
) -> None:
    info = models.classify(model)
    assert info is not None
    assert (info.brand, info.device_class, info.proves) == (brand, device_class, False)


@pytest.mark.parametrize(
    ("model", "maker_name"),
    [
        ("DS-C9148T-24PETK9", "Cisco"),
        ("DS-6505B", "Dell"),
        ("DS-300B", "Dell"),
        ("DS918+", "Synology"),
        ("DS1621xs+", "Synology"),
        ("IPC-HFW2431S-S-S2", "Dahua"),
        ("DH-IPC-HDW5442TM-ASE", "Dahua"),
        ("DHI-VTO2111D-P-S2", "Dahua"),
        ("XVR5108HS-4KL-I3", "Dahua"),
        ("IPC2122LB-SF28-A", "Uniview"),
        ("NVR301-08S3", "Uniview"),
        ("P3225-LV-MKII", "Axis"),
        ("XND-6080", "Hanwha"),
        ("RLC-810A", "Reolink"),
        ("TD-9441S3", "TVT"),
        ("UVC-G4-BULLET", "Ubiquiti"),
        ("TL-SG108PE", "TP-Link"),
    ],
)
def test_names_of_others_are_not_the_maker_s(models: Models, model: str, maker_name: str) -> None:
    info = models.classify(model)
    assert info is not None
    assert (info.maker, info.maker_name, info.proves) == (Maker.OTHER, maker_name, False)


@pytest.mark.parametrize(
    ("model", "designation", "analogue", "channels"),
    [
        ("DS-2CD2143G2-I", "DS-2CD2 network camera, main line", None, None),
        ("iDS-2CD7A46G0/P-IZHS", "DS-2CD7 network camera, DeepinView", None, None),
        ("DS-7608NI-K2", "DS-76 network video recorder", False, 8),
        ("DS-96128NXI-S16", "DS-96 network video recorder", False, 128),
        ("DS-7804HQH-K1", "DS-78 digital video recorder", True, 4),
        ("DS-E04HGHI-D", "DS-E digital video recorder on solid-state storage", True, 4),
        ("DS-E04NI-Q1/4P", "DS-E network video recorder on solid-state storage", False, 4),
        ("DS-6704HUHI-K", "DS-67 video encoder", True, 4),
        ("DS-6700NI-S", "DS-67 video encoder", True, None),
        ("NVR-216M-A", "HiLook recorder", False, 16),
        ("DVR-104G-M1/T", "HiLook recorder", True, 4),
        ("EKI-K164D412", "US value line, kit", False, 16),
        ("EKT-K41T24", "US value line, kit with analogue cameras", True, 4),
        ("CS-C6TC-32WFR", "EZVIZ camera", None, None),
        ("IK-2146TH-MM/P", "camera and recorder kit", None, None),
    ],
)
def test_a_name_tells_its_series_and_what_may_hang_behind_it(
    models: Models, model: str, designation: str, analogue: bool | None, channels: int | None
) -> None:
    info = models.classify(model)
    assert info is not None
    assert (info.designation, info.analogue, info.channels) == (designation, analogue, channels)


def test_software_is_told_from_the_maker_s_own_servers(models: Models) -> None:
    told = {name: models.classify(name) for name in ("iVMS-4200", "HikCentral Professional", "DS-VD22D-B")}
    assert {name: info is not None and info.software for name, info in told.items()} == {
        "iVMS-4200": True,
        "HikCentral Professional": True,
        "DS-VD22D-B": False,
    }


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("IPC-B120-D/W", DeviceClass.CAMERA),
        ("IPC-CFW02", DeviceClass.CAMERA),
        ("NVR-108-B/8P", DeviceClass.RECORDER),
        ("DVR-E04G-E", DeviceClass.RECORDER),
        ("DVR-K20A8", DeviceClass.RECORDER),
        ("NKS4223WBTH", DeviceClass.RECORDER),
        ("T7208U2TA6C", DeviceClass.RECORDER),
        ("VI-K46P", DeviceClass.DOORBELL),
        ("STS-BG32X-L5/P", DeviceClass.OTHER),
        ("YJP7681-188-R", None),
    ],
)
def test_a_name_that_anybody_could_give_tells_the_kind_and_proves_no_maker(
    models: Models, name: str, kind: DeviceClass | None
) -> None:
    info = models.classify(name)
    assert info is not None
    assert (info.maker, info.device_class, info.proves) == (Maker.HIKVISION, kind, False)


@pytest.mark.parametrize("name", ["IPC-V380", "NVR-108", "DVR-E04", "T7204", "DVR-K20", "NK42"])
def test_a_name_that_only_begins_alike_is_nobodys(models: Models, name: str) -> None:
    assert models.classify(name) is None


def test_recorders_and_encoders_of_the_maker_say_whether_analogue_cameras_fit(models: Models) -> None:
    silent = {
        rule.id
        for rule in models.rules
        if rule.maker is Maker.HIKVISION
        and rule.device_class in {DeviceClass.RECORDER, DeviceClass.ENCODER}
        and rule.analogue is None
    }
    assert silent == {"kit", "ezviz-recorder", "safire-recorder"}  # several kinds under one name


@pytest.mark.parametrize(
    "name", ["", "  ", "camera", "IPC", "DS-", "ds-mcp", "DS-1", "X" * 65, "-DS-2CD", "N/A"]
)
def test_what_no_rule_knows_is_none(models: Models, name: str) -> None:
    assert models.classify(name) is None


def test_asking_twice_gives_the_same(models: Models) -> None:
    assert models.classify("DS-2CD2385G1-I") is models.classify("DS-2CD2385G1-I")


def test_every_rule_decides_its_own_examples(models: Models) -> None:
    for rule in models.rules:
        for example in rule.examples:
            info = models.classify(example)
            assert info is not None, (rule.id, example)
            assert info.rule == rule.id, (rule.id, example)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("  brand: 'HIKVISION'", "  brand: 'Hikvision'", "is not spelt so in brands.yaml"),
        ("  maker: 'Cisco'", "  maker: 'Sysco'", "is not in brands.yaml"),
        ("  maker: 'Cisco'", "  maker: 'Cisco'\n  brand: 'AXIS'", "either a brand or a maker"),
        ("  class: camera", "  class: kamera", "'class' is 'kamera'"),
        ("- id: camera-ptz", "- id: camera-2cd", "stands twice"),
        ("'^DS-C9", "'^DS-C9(", "does not compile"),
        ("  series: ", "  serie: ", "unknown key 'serie'"),
        ("  analogue: false", "  analogue: perhaps", "'analogue' must be true or false"),
        ("DS-2CD1: 'value line'", "DS-2CD1: ''", "must be a text and not empty"),
    ],
)
def test_a_faulty_rule_is_refused_with_its_line(
    root: Path, edit: Edit, old: str, new: str, message: str
) -> None:
    edit("models.yaml", old, new)
    with pytest.raises(KnowledgeError, match=r"^fingerprints/models\.yaml:\d+: ") as caught:
        load(root)
    assert message in str(caught.value)

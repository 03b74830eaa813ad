from scanner.model.device import Confidence, Device, Relation
from scanner.model.evidence import Maker
from scanner.model.finding import Deadline, Finding, Text
from scanner.model.identity import Identity, Rung
from scanner.reporter.device import device_fields
from scanner.reporter.schema import load_schema

KEYS = [
    "id",
    "addresses",
    "mac",
    "evidenced_maker",
    "maker_name",
    "presented_brand",
    "relation",
    "device_class",
    "model",
    "serial",
    "firmware",
    "confidence",
    "rule",
    "evidence",
    "contradictions",
    "would_raise",
    "mandates",
    "seen_at",
    "oem_code",
    "series",
    "analogue",
    "produced",
    "built",
    "channels",
    "software",
    "identity",
    "ports",
    "also",
]


def test_the_keys_are_those_of_the_contract_in_its_order(reports):
    for report in reports.values():
        for device in report.devices:
            assert list(device_fields(device)) == KEYS


def test_what_is_absent_is_null_or_an_empty_list():
    fields = device_fields(Device(id="dev-1", addresses=("10.0.0.1",), model="", serial=None))

    empty = {key for key, value in fields.items() if value is None}
    assert empty == {
        "mac",
        "maker_name",
        "presented_brand",
        "relation",
        "device_class",
        "model",
        "serial",
        "firmware",
        "oem_code",
        "series",
        "analogue",
        "produced",
        "built",
        "channels",
        "software",
        "identity",
    }
    assert [fields[key] for key in ("evidence", "contradictions", "would_raise", "mandates")] == [
        [],
        [],
        [],
        [],
    ]


def test_an_unknown_maker_has_no_confidence_and_no_relation():
    device = Device(id="d", addresses=(), confidence=Confidence.CONFIRMED, relation=Relation.OWN)

    assert device_fields(device)["confidence"] == "none"
    assert device_fields(device)["relation"] is None


def test_another_maker_keeps_its_confidence_and_has_no_relation():
    device = Device("d", (), Maker.OTHER, Confidence.CONFIRMED, relation=Relation.OWN)

    assert device_fields(device)["confidence"] == "confirmed"
    assert device_fields(device)["relation"] is None


def test_a_finding_keeps_a_month_as_a_month_and_both_languages_of_the_action():
    finding = Finding(
        "m-1",
        "yes",
        "review",
        Text("Do", "Faites"),
        "Act",
        Text("Because"),
        "2026-11-23",
        Deadline("2025-04", "month", False),
    )
    fields = device_fields(Device("d", (), Maker.HIKVISION, Confidence.CONFIRMED, mandates=(finding,)))

    assert fields["mandates"] == [
        {
            "id": "m-1",
            "applies": "yes",
            "decision": "review",
            "action": {"en": "Do", "fr": "Faites"},
            "deadline": {"value": "2025-04", "precision": "month", "sure": False},
            "citation": "Act",
            "reason": "Because",
            "as_of": "2026-11-23",
        }
    ]


def test_identify_prints_the_same_fields_after_the_host():
    assert load_schema("identify")["required"] == ["host", *KEYS]


def test_another_device_behind_the_address_is_said_in_short():
    identity = Identity(Rung.MAC, "44:19:b6:01:02:03", ("why",))
    other = Device("dev-2", ("10.0.0.1",), ports=(8080,), identity=identity)
    fields = device_fields(Device("dev-1", ("10.0.0.1",), also=(other,)))

    (short,) = fields["also"]
    assert (short["id"], short["ports"], short["confidence"]) == ("dev-2", [8080], "none")
    assert short["identity"] == {"rung": "mac", "key": "44:19:b6:01:02:03", "reasons": ["why"]}
    assert "evidence" not in short

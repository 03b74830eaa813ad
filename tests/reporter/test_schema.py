import jsonschema
import pytest

from scanner.model.device import Confidence, DeviceClass, Relation
from scanner.model.evidence import Maker, Strength
from scanner.model.protocol import Protocol
from scanner.reporter.schema import load_schema


@pytest.mark.parametrize("name", ["scan", "scan-jsonl", "identify", "explain"])
def test_each_shipped_schema_is_a_schema_and_closed(name):
    schema = load_schema(name)
    jsonschema.Draft202012Validator.check_schema(schema)

    for part in [schema, *schema.get("oneOf", [])]:
        if "properties" in part:
            assert part["additionalProperties"] is False
            assert part["required"] == list(part["properties"])


def test_a_schema_that_is_not_there_is_said_so():
    with pytest.raises(FileNotFoundError):
        load_schema("nothing")


@pytest.mark.parametrize("name", ["scan", "identify", "explain"])
def test_the_closed_lists_of_the_schema_are_those_of_the_model(name):
    schema = load_schema(name)
    device = schema["$defs"].get("device", schema)["properties"]
    evidence = schema["$defs"]["evidence"]["properties"]

    assert evidence["protocol"]["enum"] == [member.value for member in Protocol]
    assert evidence["strength"]["enum"] == [member.value for member in Strength]
    assert device["evidenced_maker"]["enum"] == [member.value for member in Maker]
    assert device["confidence"]["enum"] == [member.value for member in Confidence]
    assert device["relation"]["enum"] == [*(member.value for member in Relation), None]
    assert device["device_class"]["enum"] == [*(member.value for member in DeviceClass), None]


def test_the_explanation_spells_a_device_as_the_report_does():
    scan, explain = load_schema("scan"), load_schema("explain")

    assert all(scan["$defs"][name] == part for name, part in explain["$defs"].items())
    gaps = scan["properties"]["coverage"]["properties"]["gaps"]
    assert explain["properties"]["gaps"]["items"] == gaps["items"]

"""CycloneDX against its published schema, by cyclonedx-python-lib in its strict mode."""

from __future__ import annotations

import json

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from scanner.reporter.export.to_cyclonedx import document, render

VALIDATOR = JsonStrictValidator(SchemaVersion.V1_6)


@pytest.mark.parametrize("known", [False, True])
def test_every_document_is_valid(export, lived, each, known):
    assert VALIDATOR.validate_str(render((lived if known else export)(each)).decode()) is None


def test_an_invalid_document_would_be_seen(export):
    spoilt = document(export("one-confirmed")) | {"specVersion": 1.6, "extra": True}

    assert VALIDATOR.validate_str(json.dumps(spoilt)) is not None


def test_a_device_keeps_its_reference_and_says_what_it_is(export, lived):
    (camera,) = document(lived("one-confirmed"))["components"]
    properties = {one["name"]: one["value"] for one in camera["properties"]}

    assert camera["bom-ref"] == "dev-1c7a90e2b4d6f801"
    assert camera["manufacturer"] == {"name": "Hikvision"}
    assert camera["components"][0]["version"] == "V5.4.5 build 170124"
    assert properties["cdx:device:macAddress"] == "c0:56:e3:01:02:03"
    assert properties["cdx:device:location"] == "north"
    assert properties["hiksweep:measure:uk-2025-removal"] == "yes: remove_required"


def test_a_label_that_is_not_the_makers_is_the_supplier(export):
    (relabel,) = document(export("relabel"))["components"]

    assert (relabel["manufacturer"]["name"], relabel["supplier"]["name"]) == ("Hikvision", "LTS")


def test_the_list_never_claims_to_be_complete(export):
    said = [
        document(export(name))["compositions"][0]["aggregate"] for name in ("nothing-complete", "relabel")
    ]

    assert said == ["unknown", "incomplete"]


def test_two_lists_have_two_numbers_and_the_same_list_one(export):
    one, same, other = (document(export(name))["serialNumber"] for name in ("french", "french", "relabel"))

    assert one == same != other

"""OCSF against the published schema, by the package ocsf-json-schema."""

from __future__ import annotations

import json
from functools import cache

import pytest
from jsonschema import Draft202012Validator
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

from scanner.reporter.export.to_ocsf import VERSION, render


@cache
def validator(class_uid: int) -> Draft202012Validator:
    schema = OcsfJsonSchemaEmbedded(get_ocsf_schema(version=VERSION))
    name = schema.lookup_class_name_from_uid(class_uid=class_uid)
    return Draft202012Validator(schema.get_class_schema(class_name=name, profiles=[]))


def events(data: bytes) -> list[dict]:
    return [json.loads(line) for line in data.decode().split("\n")[:-1]]


def deprecated(value: object) -> set[str]:
    """Attributes that OCSF gives up, wherever they stand."""
    old = {"resource", "compliance_references", "compliance_standards", "status_detail", "comment"}
    if isinstance(value, dict):
        return (old & set(value)).union(*(deprecated(one) for one in value.values()))
    return set().union(*(deprecated(one) for one in value)) if isinstance(value, list) else set()


@pytest.mark.parametrize("known", [False, True])
def test_every_event_of_every_report_is_valid(export, lived, each, known):
    found = events(render((lived if known else export)(each)))

    assert {event["class_uid"] for event in found} <= {5001, 2003}
    for event in found:
        errors = [
            f"{list(error.path)}: {error.message}"
            for error in validator(event["class_uid"]).iter_errors(event)
        ]
        assert errors == []
        assert not deprecated(event)


def test_an_invalid_event_would_be_seen(export):
    event = events(render(export("one-confirmed")))[1] | {"severity_id": 77}

    assert list(validator(5001).iter_errors(event))


def test_what_was_not_looked_at_is_a_warning_and_complete_coverage_a_pass(export):
    left = events(render(export("nothing-incomplete")))
    whole = events(render(export("nothing-complete")))

    assert [event["compliance"]["status"] for event in left] == ["Warning"]
    assert "10.2.0.0/24" in json.dumps(left[0]["compliance"]["status_details"])
    assert left[0]["unmapped"]["coverage"]["blind"] == 256
    assert [event["compliance"]["status"] for event in whole] == ["Pass"]


def test_a_measure_that_applies_fails_and_one_that_needs_a_fact_warns(export):
    found = [
        event
        for event in events(render(export("french")))
        if "device" in event and event["class_uid"] == 2003
    ]

    said = {(event["device"]["ip"], event["compliance"]["control"]): event for event in found}
    assert said["10.1.0.64", "ca-federal-2025"]["compliance"]["status"] == "Fail"
    assert said["10.1.0.64", "ca-federal-2025"]["severity"] == "High"
    assert said["10.1.0.64", "ca-qc-2023"]["compliance"]["status"] == "Warning"
    assert ("10.1.0.64", "ca-ica-2025") not in said


def test_the_uid_of_a_finding_is_the_same_in_two_runs_and_a_closed_one_is_resolved(export, lived):
    once = events(render(export("french")))
    again = lived("french")
    life = again.lives["dev-1c7a90e2b4d6f801"]
    object.__setattr__(life, "states", {**life.states, "ca-federal-2025": "closed"})
    later = events(render(again))

    uids = [
        event["finding_info"]["uid"] for event in once if event["class_uid"] == 2003 and "device" in event
    ]
    assert len(uids) == len(set(uids)) > 3
    assert set(uids) <= {event["finding_info"]["uid"] for event in later if event["class_uid"] == 2003}
    closed = [event for event in later if event.get("status") == "Resolved"]
    assert [(event["activity_name"], event["compliance"]["control"]) for event in closed] == [
        ("Close", "ca-federal-2025")
    ]


def test_devices_of_other_makers_are_listed_only_on_request(export):
    shown = {event["device"]["uid"] for event in events(render(export("one-confirmed"))) if "device" in event}
    every = {
        event["device"]["uid"]
        for event in events(render(export("one-confirmed", show_all=True)))
        if "device" in event
    }

    assert every - shown == {"dev-4bb0"}

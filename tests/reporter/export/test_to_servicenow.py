"""The IRE's payload, held against ServiceNow's document "Identification and Reconciliation API", release Yokohama.

``items[].className`` and ``values`` have to be there; ``lookup`` are items of related tables; of
``sys_object_source_info`` name, native key and recency. No ServiceNow installs here.
"""

from __future__ import annotations

import json
import re

import pytest

from scanner.reporter.export.to_servicenow import items, render

ITEM = {"className", "values", "lookup", "sys_object_source_info"}
SOURCE = {"source_name", "source_native_key", "source_recency_timestamp"}


@pytest.mark.parametrize("known", [False, True])
def test_every_item_has_the_fields_of_the_document_and_no_other(export, lived, each, known):
    payload = json.loads(render((lived if known else export)(each, "servicenow")))

    assert set(payload) == {"items", "relations", "hiksweep"}
    for item in payload["items"]:
        assert set(item) == ITEM
        assert item["className"].startswith("cmdb_ci")
        assert all(isinstance(value, str) and value for value in item["values"].values())
        assert {one["className"] for one in item["lookup"]} <= {
            "cmdb_serial_number",
            "cmdb_ci_network_adapter",
        }
        assert set(item["sys_object_source_info"]) == SOURCE
        assert re.fullmatch(
            r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", item["sys_object_source_info"]["source_recency_timestamp"]
        )


def test_only_what_is_confirmed_becomes_a_configuration_item(export):
    payload = json.loads(render(export("french", "servicenow")))

    assert [one["values"]["name"] for one in payload["items"]] == ["dev-1c7a90e2b4d6f801"]
    assert payload["hiksweep"]["not_confirmed_left_out"] == 2


def test_the_native_key_is_the_device_whatever_its_address(export):
    (item,) = items(export("one-confirmed", "servicenow", {"class": "cmdb_ci_ip_camera", "source": "Sweep"}))

    assert item["className"] == "cmdb_ci_ip_camera"
    assert item["sys_object_source_info"]["source_name"] == "Sweep"
    assert item["sys_object_source_info"]["source_native_key"] == "dev-1c7a90e2b4d6f801"


def test_coverage_and_versions_lie_beside_the_items(export):
    beside = json.loads(render(export("nothing-incomplete", "servicenow")))["hiksweep"]

    assert beside["coverage"]["complete"] is False
    assert beside["versions"]["hiksweep"] == "0.1.0"

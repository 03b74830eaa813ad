"""Elastic's documents, each field held against ECS's own list of fields.

``FIELDS`` holds what https://github.com/elastic/ecs, generated/ecs/ecs_flat.yml, says of each field that we use: its
type, whether it is a list, and the values that it allows. Elasticsearch itself does not install here.
"""

from __future__ import annotations

import ipaddress
import json
import re
from datetime import datetime

import pytest

from scanner.reporter.export.to_ecs import render

KINDS = {"alert", "asset", "enrichment", "event", "metric", "state", "pipeline_error", "signal"}
FIELDS = {
    "@timestamp": ("date", False, None),
    "ecs.version": ("keyword", False, None),
    "event.kind": ("keyword", False, KINDS),
    "event.category": ("keyword", True, {"host"}),
    "event.type": ("keyword", True, {"info"}),
    "event.id": ("keyword", False, None),
    "event.module": ("keyword", False, None),
    "event.dataset": ("keyword", False, None),
    "event.start": ("date", False, None),
    "event.end": ("date", False, None),
    "event.outcome": ("keyword", False, {"failure", "success", "unknown"}),
    "event.reason": ("keyword", False, None),
    "event.severity": ("long", False, None),
    "observer.vendor": ("keyword", False, None),
    "observer.product": ("keyword", False, None),
    "observer.type": ("keyword", False, None),
    "observer.version": ("keyword", False, None),
    "observer.name": ("keyword", False, None),
    "observer.hostname": ("keyword", False, None),
    "host.id": ("keyword", False, None),
    "host.ip": ("ip", True, None),
    "host.mac": ("mac", True, None),
    "host.type": ("keyword", False, None),
    "host.name": ("keyword", False, None),
    "device.id": ("keyword", False, None),
    "device.manufacturer": ("keyword", False, None),
    "device.model.identifier": ("keyword", False, None),
    "related.ip": ("ip", True, None),
    "organization.name": ("keyword", False, None),
    "rule.id": ("keyword", False, None),
    "rule.name": ("keyword", False, None),
    "rule.description": ("keyword", False, None),
    "rule.ruleset": ("keyword", False, None),
    "rule.version": ("keyword", False, None),
    "message": ("keyword", False, None),
}


def flat(value: dict, before: str = "") -> dict[str, object]:
    found: dict[str, object] = {}
    for name, inner in value.items():
        path = f"{before}{name}"
        if isinstance(inner, dict) and path != "hiksweep":
            found.update(flat(inner, f"{path}."))
        else:
            found[path] = inner
    return found


def fits(kind: str, value: object) -> bool:
    match kind:
        case "date":
            return bool(datetime.fromisoformat(str(value)).tzinfo)
        case "ip":
            return bool(ipaddress.ip_address(str(value)))
        case "mac":
            return re.fullmatch("[0-9A-F]{2}(-[0-9A-F]{2}){5}", str(value)) is not None
        case "long":
            return isinstance(value, int)
        case _:
            return isinstance(value, str) and len(value.encode()) < 32_766  # a keyword's limit in Lucene


def pairs(data: bytes) -> list[tuple[dict, dict]]:
    assert data.endswith(b"\n")
    lines = [json.loads(line) for line in data.decode().split("\n")[:-1]]
    return list(zip(lines[::2], lines[1::2], strict=True))


@pytest.mark.parametrize("known", [False, True])
def test_every_field_of_every_document_is_one_of_ecs_and_of_its_type(export, lived, each, known):
    for action, document in pairs(render((lived if known else export)(each))):
        assert list(action) == ["create"]
        assert re.fullmatch("[0-9a-f]{64}", action["create"]["_id"])
        for name, value in flat(document).items():
            if name == "hiksweep":
                continue
            kind, many, allowed = FIELDS[name]
            assert isinstance(value, list) == many, name
            for one in value if many else [value]:
                assert fits(kind, one), (name, one)
                assert allowed is None or one in allowed


def test_ids_are_apart_within_a_run_and_the_same_when_it_is_sent_again(export):
    once, again = (
        [action["create"]["_id"] for action, _ in pairs(render(export("french")))] for _ in range(2)
    )

    assert once == again
    assert len(set(once)) == len(once)


def test_the_camera_is_the_host_and_the_sensor_the_observer(export):
    (_, finding) = pairs(render(export("one-confirmed")))[-1]

    assert finding["host"]["ip"] == ["10.1.0.64"]
    assert finding["host"]["mac"] == ["C0-56-E3-01-02-03"]
    assert finding["observer"]["hostname"] == "probe-1.example.net"
    assert finding["rule"]["id"] == "uk-2025-removal"
    assert finding["hiksweep"]["finding"]["published_date"] == "2025-04"


@pytest.mark.parametrize(
    ("name", "outcome"), [("nothing-incomplete", "failure"), ("nothing-complete", "success")]
)
def test_coverage_is_a_state_whose_outcome_says_whether_all_was_looked_at(name, outcome, export):
    (_, state) = pairs(render(export(name)))[0]

    assert (state["event"]["kind"], state["event"]["outcome"]) == ("state", outcome)

"""Elastic: documents of the Elastic Common Schema for the bulk interface.

ECS 9.4 (fields from generated/ecs/ecs_flat.yml of github.com/elastic/ecs). Two lines a document: the action
``create`` with an ``_id``, and the document. The id is a digest of the finding and the run, so a document
that is sent twice is refused by Elasticsearch (409) and never doubled; a data stream takes nothing but
``create``. ``observer`` is the machine that looked and not the camera; what ECS has no field for stands
under ``hiksweep``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from scanner.model.device import Device
from scanner.reporter.encode import to_json
from scanner.reporter.export import said
from scanner.reporter.export.interface import Export, ExportFormat
from scanner.reporter.export.said import Gravity, Item
from scanner.reporter.wording import maker_words

VERSION = "9.4.0"
_SEVERITY = {Gravity.INFORMATION: 0, Gravity.LOW: 21, Gravity.MEDIUM: 47, Gravity.HIGH: 73}
"""The scale of Elastic's own detection rules (low 21, medium 47, high 73)."""


def render(export: Export) -> bytes:
    """Action and document in turn, each a line, the last ended too, as the bulk interface wants it."""
    lines = []
    for document in documents(export):
        name = f"{document['event']['id']}\x1f{export.report.run.id}"
        digest = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()
        lines += [to_json({"create": {"_id": digest}}), to_json(document)]
    return "".join(f"{line}\n" for line in lines).encode()


def documents(export: Export) -> Iterator[dict[str, Any]]:
    """The coverage, the devices, the findings."""
    yield _coverage(export)
    for device in said.listed_devices(export):
        yield _asset(export, device)
    for item in said.items(export.report):
        yield _finding(export, item)


def _base(export: Export, kind: str, what: str, key: str) -> dict[str, Any]:
    run = export.report.run
    return {
        "@timestamp": said.iso(export.at),
        "ecs": {"version": VERSION},
        "event": {
            "kind": kind,
            "category": ["host"],
            "type": ["info"],
            "id": key,
            "module": said.PRODUCT,
            "dataset": f"{said.PRODUCT}.{what}",
            "start": said.iso(run.started),
            "end": said.iso(export.at),
        },
        "observer": said.without_empty(
            {
                "vendor": said.PRODUCT,
                "product": said.PRODUCT,
                "type": "scanner",
                "version": said.text(run.version),
                "name": said.text(run.sensor.name),
                "hostname": said.text(run.sensor.host),
            }
        ),
        "hiksweep": {
            "run": said.text(run.id),
            "coverage_complete": said.complete(export.report),
            "versions": said.versions(export.report),
        },
    }


def _coverage(export: Export) -> dict[str, Any]:
    """What was looked at: the outcome is a failure where it was not all."""
    report = export.report
    document = _base(export, "state", "coverage", f"coverage {said.text(report.run.id)}")
    document["event"]["outcome"] = "success" if said.complete(report) else "failure"
    if left := said.reasons(report):
        document["event"]["reason"] = said.text("; ".join(left))
    document["message"] = said.coverage_sentence(report)
    document["hiksweep"]["coverage"] = said.coverage_data(report)
    return document


def _host(export: Export, device: Device) -> dict[str, Any]:
    """The device as ECS's host and device; MAC addresses in capitals with hyphens (RFC 7042), as ECS asks."""
    mac = said.mac_address(device).upper().replace(":", "-")
    addresses = said.ip_addresses(device)
    kind = device.device_class.value if device.device_class else ""
    return said.without_empty(
        {
            "host": said.without_empty(
                {
                    "id": device.id,
                    "ip": addresses,
                    "mac": [mac] if mac else [],
                    "type": kind,
                    "name": addresses[0] if addresses else device.id,
                }
            ),
            "device": said.without_empty(
                {
                    "id": device.id,
                    "manufacturer": said.text(maker_words(device)),
                    "model": said.without_empty({"identifier": said.text(device.model)}),
                }
            ),
            "related": said.without_empty({"ip": addresses}),
            "organization": said.without_empty({"name": said.site_of(export, device)}),
        }
    )


def _own(export: Export, device: Device) -> dict[str, Any]:
    life = export.lives.get(device.id)
    first, last = said.seen(export, device)
    return said.without_empty(
        {
            "confidence": device.confidence.value,
            "evidenced_maker": device.evidenced_maker.value,
            "presented_brand": said.text(device.presented_brand),
            "relation": device.relation.value if device.relation else "",
            "serial_number": said.text(device.serial),
            "firmware": said.text(device.firmware),
            "evidence": said.why(device),
            "first_seen": said.iso(first),
            "last_seen": said.iso(last),
            "presence": life.presence if life else "",
        }
    )


def _asset(export: Export, device: Device) -> dict[str, Any]:
    document = _base(export, "asset", "device", device.id)
    document["hiksweep"]["device"] = _own(export, device)
    return {**document, **_host(export, device), "message": said.title(Item("", device, None))}


def _finding(export: Export, item: Item) -> dict[str, Any]:
    finding = item.finding
    document = _base(export, "alert", "finding", item.key)
    document["event"]["severity"] = _SEVERITY[said.gravity(finding)]
    document["hiksweep"]["device"] = _own(export, item.device)
    if finding is not None:
        document["event"]["reason"] = said.text(finding.reason.en)
        document["rule"] = said.without_empty(
            {
                "id": finding.id,
                "name": said.measure_title(export, finding),
                "description": said.text(finding.citation),
                "ruleset": said.text(finding.profile),
                "version": finding.as_of,
            }
        )
        deadline = finding.deadline
        document["hiksweep"]["finding"] = said.without_empty(
            {
                "applies": said.text(finding.applies),
                "decision": finding.decision,
                "action": said.text(finding.action.en),
                "published_date": deadline.value if deadline else "",
                "state": said.state_of(export, item),
            }
        )
    return {**document, **_host(export, item.device), "message": said.title(item)}


FORMAT = ExportFormat(
    name="ecs",
    title="Documents for Elasticsearch's bulk interface",
    ending=".ndjson",
    render=render,
    standard=f"ECS {VERSION}",
)

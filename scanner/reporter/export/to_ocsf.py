"""OCSF: the inventory and the findings as events of the Open Cybersecurity Schema Framework.

Version 1.8.0 (released 2026-03-16), pinned; classes Device Inventory Info (5001) and Compliance Finding
(2003), schema.ocsf.io/1.8.0. One event a line. A run whose coverage is not complete is an event too, in
OCSF's own word Warning: "the check did not yield a result due to missing information". ``finding_info.uid``
is the same in every run, so a reader that keys on it has each finding once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scanner.model.device import Confidence, Device, DeviceClass
from scanner.model.evidence import Evidence
from scanner.reporter.csv_report import finding_key
from scanner.reporter.encode import to_json
from scanner.reporter.export import said
from scanner.reporter.export.interface import Export, ExportFormat
from scanner.reporter.export.said import Gravity, Item
from scanner.reporter.wording import by_strength, maker_words

VERSION = "1.8.0"
EVIDENCE = 20
"""Pieces of evidence that one event carries; the strongest are first."""
_SEVERITY = {Gravity.INFORMATION: 1, Gravity.LOW: 2, Gravity.MEDIUM: 3, Gravity.HIGH: 4}
_SEVERITIES = {1: "Informational", 2: "Low", 3: "Medium", 4: "High"}
_PASS, _WARNING, _FAIL = (1, "Pass"), (2, "Warning"), (3, "Fail")
_UNKNOWN, _SWITCH, _IOT, _OTHER = (0, "Unknown"), (10, "Switch"), (7, "IOT"), (99, "Other")
_STATUS = {"open": (1, "New"), "waived": (3, "Suppressed")}
_RESOLVED = (4, "Resolved")
_CREATE, _UPDATE, _CLOSE = (1, "Create"), (2, "Update"), (3, "Close")


def render(export: Export) -> bytes:
    """Every event on a line: the coverage, then the devices, then the findings."""
    return "".join(to_json(event) + "\n" for event in events(export)).encode()


def events(export: Export) -> Iterator[dict[str, Any]]:
    """The events as plain data."""
    yield _coverage(export)
    for device in said.listed_devices(export):
        yield _inventory(export, device)
    for item in said.items(export.report):
        yield _finding(export, item)


def _base(export: Export, class_uid: int, category: int, activity: tuple[int, str]) -> dict[str, Any]:
    """What every event has."""
    run = export.report.run
    return {
        "activity_id": activity[0],
        "activity_name": activity[1],
        "category_uid": category,
        "class_uid": class_uid,
        "type_uid": class_uid * 100 + activity[0],
        "time": said.milliseconds(export.at),
        "start_time": said.milliseconds(run.started),
        "metadata": {
            "version": VERSION,
            "product": {
                "name": said.PRODUCT,
                "uid": said.PRODUCT,
                "vendor_name": said.PRODUCT,
                "version": said.text(run.version),
            },
            "correlation_uid": said.text(run.id),
            "log_provider": said.text(run.sensor.name) or said.PRODUCT,
            "tags": [{"name": name, "value": value} for name, value in said.versions(export.report).items()],
        },
    }


def _severity(gravity: Gravity) -> dict[str, Any]:
    number = _SEVERITY[gravity]
    return {"severity_id": number, "severity": _SEVERITIES[number]}


def _coverage(export: Export) -> dict[str, Any]:
    """What was looked at, as a check of its own: Pass when complete, else Warning."""
    report = export.report
    whole = said.complete(report)
    status = _PASS if whole else _WARNING
    left = said.reasons(report)
    uid = finding_key(f"coverage {export.site} {' '.join(sorted(report.run.targets))}", None)
    return {
        **_base(export, 2003, 2, _CREATE),
        **_severity(Gravity.INFORMATION if whole else Gravity.LOW),
        "message": said.coverage_sentence(report),
        "finding_info": {
            "uid": uid,
            "title": "Coverage of the scan" if whole else "Coverage of the scan is not complete",
            "desc": said.coverage_sentence(report),
            "types": ["coverage"],
        },
        "compliance": {
            "standards": ["hiksweep coverage"],
            "control": "coverage",
            "status_id": status[0],
            "status": status[1],
            "status_details": left or ["Every address and every question is accounted for."],
        },
        "resources": [
            {"name": said.text(target), "type": "targets"} for target in report.run.targets[: said.REASONS]
        ]
        or [{"name": "targets", "type": "targets"}],
        "unmapped": {"coverage": said.coverage_data(report)},
    }


def _inventory(export: Export, device: Device) -> dict[str, Any]:
    return said.without_empty(
        {
            **_base(export, 5001, 5, (2, "Collect")),
            **_severity(Gravity.INFORMATION),
            "device": _device(export, device),
            "unmapped": _unmapped(export, device),
        }
    )


def _confidence(device: Device) -> dict[str, Any]:
    number = said.CONFIDENCE[device.confidence]
    names = {3: "High", 2: "Medium", 1: "Low", 0: "Unknown"}
    return {"confidence_id": number, "confidence": names[number]}


def _device(export: Export, device: Device) -> dict[str, Any]:
    """OCSF's device object; ``vendor_name`` is who made it by evidence; the brand stands in ``desc``."""
    kind = _kind(device)
    first, last = said.seen(export, device)
    addresses = said.ip_addresses(device)
    mac = said.mac_address(device)
    return said.without_empty(
        {
            "uid": device.id,
            "type_id": kind[0],
            "type": device.device_class.value if kind == _OTHER and device.device_class else kind[1],
            "name": said.text(device.addresses[0]) if device.addresses else device.id,
            "ip": addresses[0] if addresses else "",
            "mac": mac,
            "vendor_name": said.text(maker_words(device)) if device.confidence is not Confidence.NONE else "",
            "model": said.text(device.model),
            "hw_info": said.without_empty({"serial_number": said.text(device.serial)}),
            "desc": said.title(Item("", device, None)),
            "first_seen_time": said.milliseconds(first),
            "last_seen_time": said.milliseconds(last),
            "network_interfaces": [
                said.without_empty({"ip": address, "mac": mac, "type_id": 0}) for address in addresses
            ],
            "zone": said.site_of(export, device),
        }
    )


def _kind(device: Device) -> tuple[int, str]:
    """Cameras, doorbells, recorders and readers are what OCSF calls IOT."""
    if device.device_class is None:
        return _UNKNOWN
    if device.device_class is DeviceClass.SWITCH:
        return _SWITCH
    if device.device_class is DeviceClass.PLATFORM:
        return 1, "Server"
    return _OTHER if device.device_class is DeviceClass.OTHER else _IOT


def _unmapped(export: Export, device: Device) -> dict[str, Any]:
    """What OCSF has no word for."""
    life = export.lives.get(device.id)
    return said.without_empty(
        {
            "evidenced_maker": device.evidenced_maker.value,
            "confidence": device.confidence.value,
            "presented_brand": said.text(device.presented_brand),
            "relation": device.relation.value if device.relation else "",
            "firmware": said.text(device.firmware),
            "contradictions": [said.text(one) for one in device.contradictions],
            "presence": life.presence if life else "",
            "coverage_complete": said.complete(export.report),
        }
    )


def _finding(export: Export, item: Item) -> dict[str, Any]:
    device, finding = item.device, item.finding
    state = said.state_of(export, item)
    first, last = said.seen(export, device)
    activity = _CREATE if first == last or not export.lives else _UPDATE
    status = _STATUS.get(state, _RESOLVED)
    if status is _RESOLVED:
        activity = _CLOSE
    return said.without_empty(
        {
            **_base(export, 2003, 2, activity),
            **_severity(said.gravity(finding)),
            **_confidence(device),
            "message": said.title(item),
            "status_id": status[0],
            "status": status[1],
            "finding_info": {
                "uid": item.key,
                "title": said.title(item),
                "desc": said.text(". ".join(filter(None, (device.rule, *said.why(device))))),
                "first_seen_time": said.milliseconds(first),
                "last_seen_time": said.milliseconds(last),
                "types": [f"confidence {device.confidence.value}"],
            },
            "compliance": _compliance(export, item),
            "device": _device(export, device),
            "resources": [{"uid": device.id, "name": said.title(Item("", device, None)), "type": "device"}],
            "remediation": {"desc": said.text(finding.action.en)} if finding and finding.action.en else {},
            "evidences": [_evidence(one) for one in by_strength(device.evidence)[:EVIDENCE]],
            "unmapped": _unmapped(export, device),
        }
    )


def _compliance(export: Export, item: Item) -> dict[str, Any]:
    """Fail where the measure applies and asks for something; Warning where a fact or a profile is missing."""
    finding = item.finding
    if finding is None:
        detail = "No measure was asked about this device, or none reaches it."
        return {"control": "inventory", "status_id": 0, "status": "Unknown", "status_details": [detail]}
    status = _WARNING
    if finding.applies == "yes" and said.gravity(finding) is not Gravity.LOW:
        status = _PASS if said.gravity(finding) is Gravity.INFORMATION else _FAIL
    details = [f"applies: {said.text(finding.applies)}", f"decision: {finding.decision or 'none'}"]
    deadline = finding.deadline
    if deadline:
        details.append(f"published date: {deadline.value} ({deadline.precision}, sure: {deadline.sure})")
    details.append(f"as of {finding.as_of}")
    return said.without_empty(
        {
            "standards": [said.text(finding.citation)],
            "control": finding.id,
            "desc": said.measure_title(export, finding),
            "requirements": [finding.decision] if finding.decision else [],
            "status_id": status[0],
            "status": status[1],
            "status_details": [*details, said.text(finding.reason.en)],
        }
    )


def _evidence(one: Evidence) -> dict[str, Any]:
    return {
        "name": said.text(one.claim),
        "uid": one.observation,
        "data": {
            "signature": said.text(one.signature),
            "strength": one.strength.value,
            "protocol": one.protocol.value,
            "port": one.port,
            "excerpt": said.text(one.excerpt),
        },
    }


FORMAT = ExportFormat(
    name="ocsf",
    title="Device Inventory Info (5001) and Compliance Finding (2003), one event a line",
    ending=".ocsf.jsonl",
    render=render,
    standard=f"OCSF {VERSION}",
)

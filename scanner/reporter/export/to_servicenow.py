"""ServiceNow: the payload of the Identification and Reconciliation Engine (IRE).

``POST /api/now/identifyreconcile`` of the release Yokohama (docs.servicenow.com, "Identification and
Reconciliation API"): ``items`` of ``className``, ``values``, ``lookup`` and ``sys_object_source_info``.
Confirmed devices only, for each CI costs a licence. ``source_native_key`` is the device's id, by which the
engine finds the CI again. The data source has to be a choice of ``discovery_source``, else the engine keeps
the payload as incomplete. The key ``hiksweep`` beside ``items`` holds coverage and versions; the sender
leaves it out. Send it to ``/identifyreconcile/query`` first, which tells what would happen and changes
nothing.
"""

from __future__ import annotations

from typing import Any

from scanner.model.device import Confidence, Device
from scanner.reporter.encode import to_json
from scanner.reporter.export import said
from scanner.reporter.export.interface import Export, ExportFormat, Setting
from scanner.reporter.export.said import Item
from scanner.reporter.wording import maker_words


def render(export: Export) -> bytes:
    """One payload."""
    report = export.report
    left = sum(one.confidence is not Confidence.CONFIRMED for one in said.found_devices(report))
    return (
        to_json(
            {
                "items": items(export),
                "relations": [],
                "hiksweep": {
                    "run": said.text(report.run.id),
                    "coverage": said.coverage_data(report),
                    "versions": said.versions(report),
                    "not_confirmed_left_out": left,
                },
            },
            indent=2,
        )
        + "\n"
    ).encode()


def items(export: Export) -> list[dict[str, Any]]:
    """The confirmed devices as configuration items."""
    return [
        _item(export, device)
        for device in said.found_devices(export.report)
        if device.confidence is Confidence.CONFIRMED
    ]


def _item(export: Export, device: Device) -> dict[str, Any]:
    addresses, mac, serial = (
        said.ip_addresses(device),
        said.mac_address(device),
        said.text(device.serial, 100),
    )
    _, last = said.seen(export, device)
    values = {
        "name": device.id,
        "serial_number": serial,
        "mac_address": mac,
        "ip_address": addresses[0] if addresses else "",
        "manufacturer": said.text(maker_words(device), 80),
        "model_id": said.text(device.model, 100),
        "firmware_version": said.text(device.firmware, 80),
        "short_description": said.text(said.title(Item("", device, None)), 240),
        "comments": said.text(_comments(export, device), 4000),
        "correlation_id": device.id,
    }
    lookup = []
    if serial:
        number = {"serial_number": serial, "serial_number_type": "system", "valid": "true"}
        lookup.append({"className": "cmdb_serial_number", "values": number})
    if mac:
        adapter = said.without_empty({"name": "eth0", "mac_address": mac, "ip_address": values["ip_address"]})
        lookup.append({"className": "cmdb_ci_network_adapter", "values": adapter})
    return {
        "className": export.setting("class") or "cmdb_ci_unclassed_hardware",
        "values": said.without_empty(values),
        "lookup": lookup,
        "sys_object_source_info": {
            "source_name": export.setting("source") or said.PRODUCT,
            "source_native_key": device.id,
            "source_recency_timestamp": said.moment(last).strftime("%Y-%m-%d %H:%M:%S"),
        },
    }


def _comments(export: Export, device: Device) -> str:
    measures = [
        f"{said.measure_title(export, one)}: {said.text(one.applies)}, {one.decision or 'information'}"
        for one in device.mandates
        if one.applies != "no"
    ]
    brand = f"brand {said.text(device.presented_brand)}" if device.presented_brand else ""
    run = f"run {said.text(export.report.run.id)}: {export.report.headline}"
    return "; ".join(filter(None, (brand, *measures, run)))


FORMAT = ExportFormat(
    name="servicenow",
    title="Confirmed devices for the CMDB, by the Identification and Reconciliation Engine",
    ending=".ire.json",
    render=render,
    standard="IRE payload, Yokohama",
    settings=(
        Setting("class", "The class of the configuration items.", "cmdb_ci_unclassed_hardware"),
        Setting("source", "The data source, a choice of discovery_source.", said.PRODUCT),
    ),
)

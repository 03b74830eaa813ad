"""CycloneDX: a hardware bill of materials.

CycloneDX 1.6 (ECMA-424), JSON. A device is a component of the type ``device``, its firmware one inside it;
serial number, MAC address and kind stand in the properties ``cdx:device:*`` of the CycloneDX property
taxonomy, what it has no name for under ``hiksweep:*``. How complete the list is says ``compositions``:
*incomplete* where something was not looked at, and *unknown* at best, for silence is no proof. It is no
format for findings: those go beside it as JSON lines.
"""

from __future__ import annotations

from typing import Any

from scanner.model.device import Device
from scanner.reporter.encode import to_json
from scanner.reporter.export import said
from scanner.reporter.export.interface import Export, ExportFormat
from scanner.reporter.export.said import Item
from scanner.reporter.wording import maker_words

_ROOT = "scope"
_VERSION = 1024
"""Characters of a version at most, by the schema."""


def render(export: Export) -> bytes:
    """One document."""
    return (to_json(document(export), indent=2) + "\n").encode()


def document(export: Export) -> dict[str, Any]:
    """The document as plain data."""
    report = export.report
    devices = said.listed_devices(export)
    number = said.name_of("bom", report.run.id, export.at, *(device.id for device in devices))
    components = [_component(export, device) for device in devices]
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{number}",
        "version": 1,
        "metadata": _metadata(export),
        "components": components,
        "dependencies": [{"ref": _ROOT, "dependsOn": [one["bom-ref"] for one in components]}],
        "compositions": [
            {"aggregate": "unknown" if said.complete(report) else "incomplete", "assemblies": [_ROOT]}
        ],
    }


def _metadata(export: Export) -> dict[str, Any]:
    report = export.report
    coverage = said.coverage_data(report)
    left = coverage.pop("not_complete_because")
    name = ", ".join(said.text(one) for one in report.run.targets[: said.REASONS]) or "targets"
    return {
        "timestamp": said.iso(export.at),
        "tools": {
            "components": [
                {"type": "application", "name": said.PRODUCT, "version": said.text(report.run.version)}
            ]
        },
        "component": {"type": "platform", "bom-ref": _ROOT, "name": said.text(name)},
        "properties": [
            *(_property(f"version:{name}", value) for name, value in said.versions(report).items()),
            *(_property(f"coverage:{name}", _plain(value)) for name, value in coverage.items()),
            *(_property("coverage:not_complete_because", one) for one in left),
            _property("run", said.text(report.run.id)),
        ],
    }


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _property(name: str, value: str, kind: str = "hiksweep") -> dict[str, str]:
    return {"name": f"{kind}:{name}", "value": value}


def _component(export: Export, device: Device) -> dict[str, Any]:
    brand = said.text(device.presented_brand)
    maker = said.text(maker_words(device))
    firmware = said.text(device.firmware, _VERSION)
    return said.without_empty(
        {
            "type": "device",
            "bom-ref": device.id,
            "manufacturer": {"name": maker},
            "supplier": {"name": brand} if brand and brand != maker else {},
            "name": said.text(device.model) or said.text(device.software) or "unknown model",
            "description": said.title(Item("", device, None)),
            "components": [
                {
                    "type": "firmware",
                    "bom-ref": f"{device.id}/firmware",
                    "name": "firmware",
                    "version": firmware,
                }
            ]
            if firmware
            else [],
            "properties": _properties(export, device),
        }
    )


def _properties(export: Export, device: Device) -> list[dict[str, str]]:
    """Names of the taxonomy first; a device has one property for each address and each measure."""
    life = export.lives.get(device.id)
    taxonomy = {
        "deviceType": device.device_class.value if device.device_class else "",
        "serialNumber": said.text(device.serial),
        "macAddress": said.mac_address(device),
        "location": said.site_of(export, device),
    }
    own = {
        "confidence": device.confidence.value,
        "evidenced_maker": device.evidenced_maker.value,
        "relation": device.relation.value if device.relation else "",
        "presence": life.presence if life else "",
    }
    return [
        *(_property(name, value, "cdx:device") for name, value in taxonomy.items() if value),
        *(_property(name, value) for name, value in own.items() if value),
        *(_property("address", address) for address in said.ip_addresses(device)),
        *(_property("evidence", one) for one in said.why(device)),
        *(
            _property(f"measure:{one.id}", f"{said.text(one.applies)}: {one.decision or 'information'}")
            for one in device.mandates
            if one.applies != "no"
        ),
    ]


FORMAT = ExportFormat(
    name="cyclonedx",
    title="A hardware bill of materials",
    ending=".cdx.json",
    render=render,
    standard="CycloneDX 1.6",
)

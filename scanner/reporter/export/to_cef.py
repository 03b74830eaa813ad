"""CEF: the Common Event Format of ArcSight, which most collectors of logs read.

CEF 0 by the ArcSight Common Event Format implementation standard (Micro Focus, version 25): in the header
``|`` and ``\\`` are escaped, in the extension ``=`` and ``\\``; here no value holds a line end. The camera
is the destination (``dst``, ``dhost``, ``dmac``), the scanner the device that reports (``dvchost``). One
event a line, without a syslog header, which the sender adds. Values are short, so that a line survives
collectors that cut at 8 KiB: the evidence is named, not embedded.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping

from scanner.model.device import Device
from scanner.reporter.export import said
from scanner.reporter.export.interface import Export, ExportFormat
from scanner.reporter.export.said import Gravity, Item
from scanner.reporter.wording import maker_words

_SEVERITY = {Gravity.INFORMATION: 1, Gravity.LOW: 3, Gravity.MEDIUM: 6, Gravity.HIGH: 8}
"""0–3 low, 4–6 medium, 7–8 high, 9–10 very high, in the standard's words."""
_SHORT = 200
_MESSAGE = 1000
"""The standard allows 1,023 characters."""


def render(export: Export) -> bytes:
    """Each event on a line."""
    return "".join(f"{one}\n" for one in lines(export)).encode("utf-8", "replace")


def lines(export: Export) -> Iterator[str]:
    """The coverage, the devices, the findings."""
    report = export.report
    grave = Gravity.INFORMATION if said.complete(report) else Gravity.LOW
    name = "Coverage complete" if said.complete(report) else "Coverage INCOMPLETE"
    yield _line(export, "coverage", name, grave, _coverage(export))
    for device in said.listed_devices(export):
        yield _line(export, "device", "Device found", Gravity.INFORMATION, _device(export, device))
    for item in said.items(report):
        kind = item.finding.id if item.finding else "finding"
        name = said.measure_title(export, item.finding) if item.finding else "Device found"
        yield _line(export, kind, name, said.gravity(item.finding), _finding(export, item))


def _line(export: Export, kind: str, name: str, grave: Gravity, extension: Mapping[str, str]) -> str:
    run = export.report.run
    head = (said.PRODUCT, said.PRODUCT, said.text(run.version, 60), kind, name, str(_SEVERITY[grave]))
    common = {
        "rt": str(said.milliseconds(export.at)),
        "start": str(said.milliseconds(run.started)),
        "dvchost": said.text(run.sensor.host, _SHORT),
        "cs6Label": "run",
        "cs6": said.text(run.id, _SHORT),
        **extension,
    }
    pairs = [f"{key}={_in_extension(value)}" for key, value in common.items() if value]
    return f"CEF:0|{'|'.join(map(_in_header, head))}|{' '.join(pairs)}"


def _in_header(value: str) -> str:
    return value.replace("\\", "\\\\").replace("|", "\\|")


def _in_extension(value: str) -> str:
    return value.replace("\\", "\\\\").replace("=", "\\=")


def _coverage(export: Export) -> dict[str, str]:
    report = export.report
    return {
        "cat": "coverage",
        "outcome": "success" if said.complete(report) else "failure",
        "msg": said.text(said.coverage_sentence(report), _MESSAGE),
        "reason": said.text("; ".join(said.reasons(report)), _MESSAGE),
        "cn1Label": "addresses",
        "cn1": str(report.coverage.addresses),
        "cs5Label": "versions",
        "cs5": ", ".join(f"{name} {value}" for name, value in said.versions(report).items()),
    }


def _device(export: Export, device: Device) -> dict[str, str]:
    return {"cat": "device", **_place(export, device), "msg": said.title(Item("", device, None))}


def _place(export: Export, device: Device) -> dict[str, str]:
    """What the destination is; an IPv6 address has a field of its own."""
    addresses = [ipaddress.ip_address(one) for one in said.ip_addresses(device)]
    older = next((str(one) for one in addresses if one.version == 4), "")
    newer = next((str(one) for one in addresses if one.version == 6), "")
    return {
        "dst": older,
        "c6a3Label": "destination IPv6 address" if newer else "",
        "c6a3": newer,
        "dmac": said.mac_address(device),
        "deviceExternalId": device.id,
        "cs2Label": "maker",
        "cs2": said.text(maker_words(device), _SHORT),
        "cs3Label": "brand, model, serial",
        "cs3": " / ".join(
            said.text(one, _SHORT) or "-" for one in (device.presented_brand, device.model, device.serial)
        ),
        "cs4Label": "confidence",
        "cs4": device.confidence.value,
        "cs5Label": "site",
        "cs5": said.text(said.site_of(export, device), _SHORT) or "-",
    }


def _finding(export: Export, item: Item) -> dict[str, str]:
    finding = item.finding
    fields = {
        "cat": "finding",
        "externalId": item.key,
        **_place(export, item.device),
        "msg": said.title(item),
    }
    if finding is not None:
        fields |= {
            "cs1Label": "measure",
            "cs1": f"{finding.id}: {said.text(finding.citation, _SHORT)}",
            "act": finding.decision or "none",
            "reason": f"applies: {said.text(finding.applies, _SHORT)}",
            "msg": said.text(f"{said.title(item)}. {finding.action.en}", _MESSAGE),
        }
    whole = said.complete(export.report)
    return fields | {"outcome": "coverage complete" if whole else "coverage INCOMPLETE"}


FORMAT = ExportFormat(
    name="cef",
    title="One line an event for ArcSight and other collectors of logs",
    ending=".cef",
    render=render,
    standard="CEF 0",
)

"""LEEF: the Log Event Extended Format of QRadar.

LEEF 2.0 (IBM, "Log Event Extended Format (LEEF)", version 2): header fields parted by ``|``, attributes by
the tab, named ``0x09`` in the header. A header field holds no ``|``; an attribute holds no tab and no line
end. Times carry their format in ``devTimeFormat``. One event a line, without a syslog header, which the
sender adds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scanner.model.device import Device
from scanner.reporter.export import said
from scanner.reporter.export.interface import Export, ExportFormat
from scanner.reporter.export.said import Gravity, Item
from scanner.reporter.wording import maker_words

_SEVERITY = {Gravity.INFORMATION: 1, Gravity.LOW: 3, Gravity.MEDIUM: 6, Gravity.HIGH: 8}
"""1–10, the least first."""
_TIME = "yyyy-MM-dd'T'HH:mm:ss.SSSX"
_SHORT = 200
_MESSAGE = 1000


def render(export: Export) -> bytes:
    """Each event on a line."""
    return "".join(f"{one}\n" for one in lines(export)).encode("utf-8", "replace")


def lines(export: Export) -> Iterator[str]:
    """The coverage, the devices, the findings."""
    report = export.report
    whole = said.complete(report)
    grave = Gravity.INFORMATION if whole else Gravity.LOW
    yield _line(export, f"coverage-{'complete' if whole else 'incomplete'}", grave, _coverage(export))
    for device in said.listed_devices(export):
        yield _line(export, "device", Gravity.INFORMATION, {"cat": "device", **_device(export, device)})
    for item in said.items(report):
        kind = item.finding.id if item.finding else "finding"
        yield _line(export, kind, said.gravity(item.finding), _finding(export, item))


def _line(export: Export, kind: str, grave: Gravity, attributes: Mapping[str, str]) -> str:
    run = export.report.run
    head = ("LEEF:2.0", said.PRODUCT, said.PRODUCT, said.text(run.version, 60), kind, "0x09")
    common = {
        "devTime": said.iso(export.at),
        "devTimeFormat": _TIME,
        "sev": str(_SEVERITY[grave]),
        "identHostName": said.text(run.sensor.host, _SHORT),
        "run": said.text(run.id, _SHORT),
        "coverage": "complete" if said.complete(export.report) else "INCOMPLETE",
        **attributes,
    }
    pairs = (f"{key}={value}" for key, value in common.items() if value)
    return "|".join((*(one.replace("|", "/") for one in head), "\t".join(pairs)))


def _coverage(export: Export) -> dict[str, str]:
    report = export.report
    return {
        "cat": "coverage",
        "msg": said.text(said.coverage_sentence(report), _MESSAGE),
        "reason": said.text("; ".join(said.reasons(report)), _MESSAGE),
        "addresses": str(report.coverage.addresses),
        "versions": ", ".join(f"{name} {value}" for name, value in said.versions(report).items()),
    }


def _device(export: Export, device: Device) -> dict[str, str]:
    """``dst`` and ``dstMAC`` are LEEF's own names, the others ours."""
    addresses = said.ip_addresses(device)
    return {
        "dst": addresses[0] if addresses else "",
        "dstMAC": said.mac_address(device),
        "resource": device.id,
        "maker": said.text(maker_words(device), _SHORT),
        "brand": said.text(device.presented_brand, _SHORT),
        "model": said.text(device.model, _SHORT),
        "serial": said.text(device.serial, _SHORT),
        "confidence": device.confidence.value,
        "site": said.text(said.site_of(export, device), _SHORT),
        "name": said.title(Item("", device, None)),
    }


def _finding(export: Export, item: Item) -> dict[str, str]:
    finding = item.finding
    fields = {"cat": "finding", "findingKey": item.key, **_device(export, item.device)}
    if finding is not None:
        fields |= {
            "policy": finding.id,
            "citation": said.text(finding.citation, _SHORT),
            "applies": said.text(finding.applies, _SHORT),
            "decision": finding.decision or "none",
            "msg": said.text(finding.action.en, _MESSAGE),
        }
    return fields


FORMAT = ExportFormat(
    name="leef",
    title="One line an event for QRadar",
    ending=".leef",
    render=render,
    standard="LEEF 2.0",
)

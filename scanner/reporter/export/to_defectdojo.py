"""DefectDojo: its own generic findings.

"Generic Findings Import", JSON (dojo/tools/generic/json_parser.py of DefectDojo): ``title``, ``severity``
and ``description`` have to be there, unknown fields are refused. ``unique_id_from_tool`` is the finding's
key, so that a second import updates. DefectDojo renders descriptions as Markdown: what a device says is
escaped. A run whose coverage is not complete is a finding of its own: import it with
``close_old_findings=false``, or findings that were merely not looked at are closed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scanner.model.finding import Deadline
from scanner.reporter.csv_report import finding_key
from scanner.reporter.encode import to_json
from scanner.reporter.export import said
from scanner.reporter.export.interface import Export, ExportFormat
from scanner.reporter.export.markup import escaped
from scanner.reporter.export.said import Gravity, Item

_SEVERITY = {Gravity.INFORMATION: "Info", Gravity.LOW: "Low", Gravity.MEDIUM: "Medium", Gravity.HIGH: "High"}


def render(export: Export) -> bytes:
    """One test with its findings."""
    report = export.report
    versions = ", ".join(f"{name} {value}" for name, value in said.versions(report).items())
    test = {
        "name": said.PRODUCT,
        "type": said.PRODUCT,
        "version": said.text(report.run.version),
        "description": escaped(f"{said.coverage_sentence(report)} Made with {versions}."),
        "dynamic_tool": True,
        "static_tool": False,
        "findings": list(_findings(export)),
    }
    return (to_json(test, indent=2) + "\n").encode()


def _findings(export: Export) -> Iterator[dict[str, Any]]:
    if not said.complete(export.report):
        yield _coverage(export)
    for item in said.items(export.report):
        yield _finding(export, item)


def _common(export: Export) -> dict[str, Any]:
    return {
        "date": said.moment(export.at).date().isoformat(),
        "static_finding": False,
        "dynamic_finding": True,
    }


def _coverage(export: Export) -> dict[str, Any]:
    report = export.report
    lines = [escaped(said.coverage_sentence(report)), *(f"- {escaped(one)}" for one in said.reasons(report))]
    return {
        **_common(export),
        "title": "Coverage of the scan is not complete",
        "severity": "Info",
        "description": "\n".join(lines),
        "active": True,
        "verified": True,
        "unique_id_from_tool": finding_key(f"coverage {export.site} {' '.join(report.run.targets)}", None),
        "vuln_id_from_tool": "coverage",
        "tags": ["coverage-incomplete"],
    }


def _finding(export: Export, item: Item) -> dict[str, Any]:
    device, finding = item.device, item.finding
    fields = {
        **_common(export),
        "title": said.title(item),
        "severity": _SEVERITY[said.gravity(finding)],
        "description": "\n".join(_description(export, item)),
        "active": said.state_of(export, item) == "open",
        "verified": device.confidence.value == "confirmed",
        "unique_id_from_tool": item.key,
        "vuln_id_from_tool": finding.id if finding else "found",
        "endpoints": [{"host": address} for address in said.ip_addresses(device)],
        "tags": [f"confidence-{device.confidence.value}"],
        "service": said.text(said.site_of(export, device), 200),
    }
    if finding is not None:
        deadline = finding.deadline
        fields |= {
            "mitigation": escaped(finding.action.en),
            "impact": escaped(finding.reason.en),
            "references": escaped(finding.citation),
            "planned_remediation_date": deadline.value if deadline and _is_a_sure_day(deadline) else "",
        }
    return said.without_empty(fields)


def _is_a_sure_day(deadline: Deadline) -> bool:
    return deadline.sure and deadline.precision == "day"


def _description(export: Export, item: Item) -> Iterator[str]:
    """What was found and why we believe it, in Markdown."""
    device = item.device
    yield escaped(said.title(item))
    yield ""
    for name, value in (
        ("confidence", device.confidence.value),
        ("brand", device.presented_brand),
        ("model", device.model),
        ("serial", device.serial),
        ("MAC address", said.mac_address(device)),
        ("firmware", device.firmware),
    ):
        if value:
            yield f"- {name}: {escaped(value, 500)}"
    yield from (f"- evidence: {escaped(one, 500)}" for one in said.why(device))
    yield from (f"- against it: {escaped(one, 500)}" for one in device.contradictions)
    yield f"- coverage of the run: {escaped(export.report.headline)}"


FORMAT = ExportFormat(
    name="defectdojo",
    title="Findings for DefectDojo's generic import",
    ending=".dojo.json",
    render=render,
    standard="Generic Findings Import, JSON",
)

"""The whole report as one JSON object: the contract of ``scan --format json``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from scanner.model.coverage import AddressState, Coverage, Gap
from scanner.model.device import Confidence
from scanner.model.evidence import Maker
from scanner.model.report import Ignored, ImportedFile, Report
from scanner.reporter.device import device_fields
from scanner.reporter.encode import to_json
from scanner.reporter.exhibit import exhibit_fields
from scanner.reporter.interface import Options
from scanner.reporter.order import ordered

STATES = (
    AddressState.ANSWERED,
    AddressState.REFUSED,
    AddressState.SILENT,
    AddressState.EXCLUDED,
    AddressState.ABORTED,
    AddressState.BLIND,
)
"""The order in which a report shows the states of addresses."""

KNOWLEDGE = ("signatures", "mandates", "oui")


_INDENT = 2


def render_json(report: Report, options: Options) -> str:
    """The report as one text."""
    return "".join(json_parts(report, options))


def json_parts(report: Report, options: Options) -> Iterator[str]:
    """One object, indented, every device in it whatever the options say."""
    del options
    opening = "{\n"
    for name, value in _members(report):
        yield f'{opening}{" " * _INDENT}"{name}": '
        yield from _listed(value) if isinstance(value, Iterator) else [_nested(value, 1)]
        opening = ",\n"
    yield "\n}\n"


def report_fields(report: Report) -> dict[str, Any]:
    """The report as plain data, whole."""
    return {name: list(value) if isinstance(value, Iterator) else value for name, value in _members(report)}


def _members(report: Report) -> Iterator[tuple[str, Any]]:
    """The members of the report's object in their order; a list comes as an iterator over its elements."""
    yield "run", run_fields(report)
    gaps = [gap_fields(gap) for gap in report.coverage.gaps]
    yield "coverage", {**coverage_fields(report.coverage), "gaps": gaps}
    yield "devices", map(device_fields, ordered(report.devices))
    yield "ignored", map(ignored_fields, report.ignored)
    yield "observations", map(exhibit_fields, report.observations)
    yield "errors", ({"where": error.where, "message": error.message} for error in report.errors)


def _listed(elements: Iterable[Any]) -> Iterator[str]:
    """A list within the report's object, element by element."""
    opening = "["
    for element in elements:
        yield f"{opening}\n{' ' * 2 * _INDENT}{_nested(element, 2)}"
        opening = ","
    yield "[]" if opening == "[" else f"\n{' ' * _INDENT}]"


def _nested(value: Any, depth: int) -> str:
    """``value`` as it is written at a depth; only the breaks between its own lines are line ends."""
    return to_json(value, indent=_INDENT).replace("\n", "\n" + " " * _INDENT * depth)


def ignored_fields(ignored: Ignored) -> dict[str, Any]:
    """An address that answers everything."""
    return {
        "address": ignored.address,
        "kind": ignored.kind.value,
        "reason": ignored.reason,
        "evidence": list(ignored.evidence),
    }


def counts_fields(report: Report) -> dict[str, Any]:
    """How many devices of each maker, the found ones by confidence."""
    levels = (Confidence.CONFIRMED, Confidence.PROBABLE, Confidence.POSSIBLE)
    return {
        Maker.HIKVISION.value: {level.value: report.hikvision(level) for level in levels},
        "other": sum(device.evidenced_maker is Maker.OTHER for device in report.devices),
        "unknown": sum(device.evidenced_maker is Maker.UNKNOWN for device in report.devices),
    }


def run_fields(report: Report) -> dict[str, Any]:
    """Who looked, when, at what, with which knowledge, and what it amounts to."""
    run, sensor = report.run, report.run.sensor
    return {
        "id": run.id,
        "version": run.version,
        "started": run.started,
        "finished": run.finished,
        "targets": list(run.targets),
        "profiles": list(run.profiles),
        "engine": run.engine,
        "reference": run.reference,
        "sensor": {
            "name": sensor.name,
            "host": sensor.host,
            "interfaces": list(sensor.interfaces),
            "privileges": list(sensor.privileges),
        },
        "verdict": report.verdict.value,
        "coverage_complete": report.coverage.complete,
        "counts": counts_fields(report),
        "knowledge": {
            name: asdict(run.knowledge[name]) if name in run.knowledge else None for name in KNOWLEDGE
        },
        "files": [file_fields(file) for file in run.files],
    }


def file_fields(file: ImportedFile) -> dict[str, Any]:
    """A file of another tool that was read, and what became of its rows."""
    return {
        "name": file.name,
        "format": file.format,
        "digest": file.digest,
        "rows": file.rows,
        "used": file.used,
        "unused": dict(sorted(file.unused.items())),
        "broken": file.broken,
        "problem": file.problem or None,
        "cannot_tell": file.cannot_tell or None,
        "left": dict(sorted(file.left.items())),
    }


def coverage_fields(coverage: Coverage) -> dict[str, Any]:
    """Addresses by state and questions by method; the gaps stand apart."""
    return {
        "addresses": coverage.addresses,
        "by_state": {state.value: coverage.by_state.get(state, 0) for state in STATES},
        "by_method": {method: asdict(count) for method, count in sorted(coverage.by_method.items())},
    }


def gap_fields(gap: Gap) -> dict[str, Any]:
    """Something that was not looked at, and why."""
    return {
        "targets": gap.targets,
        "method": gap.method,
        "state": gap.state,
        "reason": gap.reason,
        "affects_verdict": gap.affects_verdict,
    }

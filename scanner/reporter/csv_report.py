"""One row a device, for spreadsheets and for import into other systems.

Every row carries the headline and the coverage of its run, so that no filter or sort can part a finding from
what was not looked at. When no device is listed there is still one row, of kind ``coverage``: an empty file
never reads as "clean". The gaps, the errors and the disclaimer stand once, in the first row. Behind the
devices come a row for each address that is no device though it answers (``ignored``), and one for each file
of another tool that was read (``file``).
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping

from scanner.model.device import Device
from scanner.model.finding import Finding
from scanner.model.report import Ignored, ImportedFile, Report
from scanner.reporter.cell import cell, list_cell
from scanner.reporter.device import device_fields
from scanner.reporter.ignored_text import KINDS, in_order
from scanner.reporter.interface import Options
from scanner.reporter.json_report import STATES
from scanner.reporter.order import listed
from scanner.reporter.wording import (
    answered_words,
    brand_words,
    by_strength,
    evidence_words,
    file_words,
    identity_words,
    incomplete_reasons,
    leading,
    seat_words,
    summary_words,
)

_SAME = (
    "mac",
    "evidenced_maker",
    "maker_name",
    "presented_brand",
    "relation",
    "device_class",
    "model",
    "serial",
    "firmware",
    "confidence",
)
"""Columns that are the keys of a device as they are in JSON."""
DEVICE_COLUMNS = (
    "kind",
    "finding_key",
    "device_id",
    "addresses",
    *_SAME,
    "summary",
    "measure",
    "applies",
    "decision",
    "action",
    "action_fr",
    "deadline",
    "deadline_precision",
    "citation",
    "reason",
    "mandates_as_of",
    "further_measures",
    "evidence",
    "contradictions",
    "would_raise",
)
RUN_COLUMNS = (
    "run",
    "started",
    "finished",
    "targets",
    "profiles",
    "reference",
    "sensor",
    "version",
    "headline",
    "coverage_complete",
    "incomplete_because",
    "scope_addresses",
    *(state.value for state in STATES),
    "gaps",
    "errors",
    "disclaimer",
)
REASONS = 5
LATER_COLUMNS = (
    "label",
    "oem_code",
    "series",
    "analogue",
    "produced",
    "built",
    "channels",
    "channels_room",
    "channels_tied",
    "channels_open",
    "software",
    "seen_at",
    "ports",
    "identity",
    "identity_reasons",
    "engine",
    "methods",
)
"""Columns that came later: they stand last, so that no older column moves."""
COLUMNS = DEVICE_COLUMNS + RUN_COLUMNS + LATER_COLUMNS


def finding_key(device_id: str, measure: str | None) -> str:
    """The name of a finding in other systems: the same for the same device and measure in every run.

    A device under no measure has a key too, so that it can be followed.
    """
    text = f"{device_id}\x1f{measure or ''}"
    return "fnd-" + hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:16]


def render_csv(report: Report, options: Options) -> str:
    """The report as one text."""
    return "".join(csv_parts(report, options))


def csv_parts(report: Report, options: Options) -> Iterator[str]:
    """A header and its rows, quoted where needed, lines ended by LF."""
    run = _run_cells(report, raw=options.raw)
    once = _once(report, raw=options.raw)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    for row in _rows(report, options):
        writer.writerow({**run, **row, **once})
        once = {}
        yield text.getvalue()
        text.seek(0)
        text.truncate()


def _rows(report: Report, options: Options) -> Iterator[dict[str, str]]:
    """The rows without what stands in all of them or in the first; there is always one."""
    raw = options.raw
    devices = listed(report, show_all=options.show_all)
    yield from (_device_cells(device, raw=raw) for device in devices)
    if not devices:
        yield _no_device(report, raw=raw)
    yield from (_ignored_cells(ignored, raw=raw) for ignored in in_order(report.ignored))
    yield from (_file_cells(file, raw=raw) for file in report.run.files)


def _no_device(report: Report, *, raw: bool) -> dict[str, str]:
    summary = f"{report.headline}. {answered_words(report)}"
    return {"kind": "coverage", "summary": cell(summary, raw=raw)}


def _ignored_cells(ignored: Ignored, *, raw: bool) -> dict[str, str]:
    """An address that answers everything has a row too, of kind ``ignored``."""
    return {
        "kind": "ignored",
        "addresses": cell(ignored.address, raw=raw),
        "summary": cell(f"{KINDS[ignored.kind]}: {ignored.reason}", raw=raw),
        "evidence": list_cell(ignored.evidence, raw=raw),
    }


def _file_cells(file: ImportedFile, *, raw: bool) -> dict[str, str]:
    """A file that was read has a row of kind ``file``: what became of its rows, every reason counted."""
    return {
        "kind": "file",
        "summary": cell(file_words(file, max(len(file.unused), len(file.left))), raw=raw),
        "evidence": cell(f"sha256 {file.digest}", raw=raw),
        "reason": cell(file.cannot_tell, raw=raw),
    }


def _device_cells(device: Device, *, raw: bool) -> dict[str, str]:
    finding = leading(device)
    fields = device_fields(device)
    plain: Mapping[str, str | None] = {
        "device_id": device.id,
        **{name: fields[name] for name in _SAME},
        "summary": summary_words(device),
        **_finding_texts(finding),
        **_being(device),
    }
    return {
        "kind": "device",
        "finding_key": finding_key(device.id, finding.id if finding else None),
        **{name: cell(text, raw=raw) for name, text in plain.items()},
        "addresses": list_cell(device.addresses, raw=raw),
        "further_measures": list_cell(_further(device, finding), raw=raw),
        "evidence": list_cell(map(evidence_words, by_strength(device.evidence)), raw=raw),
        "contradictions": list_cell(device.contradictions, raw=raw),
        "would_raise": list_cell(device.would_raise, raw=raw),
    }


def _being(device: Device) -> dict[str, str | None]:
    """What it is beyond its maker; ``label`` is what its label says or is known to be."""
    channels = device.channels
    counts = (channels.room, channels.tied, channels.open) if channels is not None else ("", "", "")
    room, tied, left = map(str, counts)
    return {
        "label": brand_words(device),
        "oem_code": device.oem_code,
        "series": device.series,
        "analogue": None if device.analogue is None else str(device.analogue).lower(),
        "produced": device.produced,
        "built": device.built,
        "channels": channels.sentence if channels is not None else None,
        "channels_room": room,
        "channels_tied": tied,
        "channels_open": left,
        "software": device.software,
        "seen_at": seat_words(device),
        "ports": "; ".join(map(str, device.ports)),
        "identity": device.identity.rung.value if device.identity is not None else None,
        "identity_reasons": "; ".join(identity_words(device)),
    }


def _finding_texts(finding: Finding | None) -> dict[str, str | None]:
    """The strictest measure that reaches the device; a month is written as ``2025-04``, never as a day."""
    if finding is None:
        return {}
    return {
        "measure": finding.id,
        "applies": finding.applies,
        "decision": finding.decision,
        "action": finding.action.en,
        "action_fr": finding.action.fr,
        "deadline": finding.deadline.value if finding.deadline else None,
        "deadline_precision": finding.deadline.precision if finding.deadline else None,
        "citation": finding.citation,
        "reason": finding.reason.en,
        "mandates_as_of": finding.as_of,
    }


def _further(device: Device, first: Finding | None) -> list[str]:
    return [
        f"{finding.id} {finding.decision or 'information'} ({finding.applies})"
        for finding in device.mandates
        if finding is not first
    ]


def _run_cells(report: Report, *, raw: bool) -> dict[str, str]:
    """What stands in every row; of the reasons a handful, so that ten thousand rows stay small."""
    run, coverage = report.run, report.coverage
    reasons = incomplete_reasons(report)
    if len(reasons) > REASONS:
        reasons = [*reasons[:REASONS], f"and {len(reasons) - REASONS} more"]
    return {
        "run": cell(run.id, raw=raw),
        "started": cell(run.started, raw=raw),
        "finished": cell(run.finished, raw=raw),
        "targets": list_cell(run.targets, raw=raw),
        "profiles": list_cell(run.profiles, raw=raw),
        "reference": cell(run.reference, raw=raw),
        "sensor": cell(run.sensor.name, raw=raw),
        "version": cell(run.version, raw=raw),
        "headline": report.headline,
        "coverage_complete": "true" if coverage.complete else "false",
        "incomplete_because": list_cell(reasons, raw=raw),
        "scope_addresses": str(coverage.addresses),
        **{state.value: str(coverage.by_state.get(state, 0)) for state in STATES},
        "engine": cell(run.engine, raw=raw),
    }


def _once(report: Report, *, raw: bool) -> dict[str, str]:
    """What the first row carries for the whole file."""
    affects = {True: " (affects the verdict)", False: ""}
    gaps = [
        f"{gap.targets} {gap.method} {gap.state}: {gap.reason}{affects[gap.affects_verdict]}"
        for gap in report.coverage.gaps
    ]
    methods = [
        f"{method}: {count.asked} asked, {count.answered} answered, {count.silent} silent, "
        f"{count.refused} refused, {count.stopped} stopped"
        for method, count in sorted(report.coverage.by_method.items())
    ]
    notes = (*report.notes, report.disclaimer)
    return {
        "gaps": list_cell(gaps, raw=raw),
        "methods": list_cell(methods, raw=raw),
        "errors": list_cell((f"{error.where}: {error.message}" for error in report.errors), raw=raw),
        "disclaimer": cell(" ".join(filter(None, (t for n in notes for t in (n.en, n.fr)))), raw=raw),
    }

"""A report in Markdown: for a wiki, a merge request or a mail.

CommonMark 0.31 with the tables of GitHub Flavored Markdown. What a device says is shown literally.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.model.device import Device
from scanner.reporter.export import said
from scanner.reporter.export.interface import Export, ExportFormat
from scanner.reporter.export.markup import escaped, table
from scanner.reporter.json_report import STATES
from scanner.reporter.wording import (
    STATE_WORDS,
    applies_words,
    brand_words,
    deadline_words,
    decision_words,
    ended_words,
    found_words,
    maker_words,
)

_SHORT = 200


def render(export: Export) -> bytes:
    """The whole document."""
    lines = [*_head(export), *_devices(export), *_findings(export), *_coverage(export), *_foot(export)]
    return ("\n".join(lines).rstrip() + "\n").encode("utf-8", "replace")


def _head(export: Export) -> Iterator[str]:
    report = export.report
    yield f"# {escaped(report.headline)}"
    yield ""
    yield escaped(said.coverage_sentence(report))
    yield ""
    if ended := ended_words(report):
        yield f"**{escaped(ended)}**"
        yield ""
    yield f"- {escaped(found_words(report))}"
    yield f"- Run {escaped(report.run.id)}, {said.iso(report.run.started)}"
    if export.as_of:
        yield f"- The inventory as of {export.as_of}"
    if report.run.reference:
        yield f"- Reference: {escaped(report.run.reference, _SHORT)}"
    if export.site:
        yield f"- Site: {escaped(export.site, _SHORT)}"
    yield ""


def _devices(export: Export) -> list[str]:
    heads = ("Address", "Maker", "Confidence", "Brand", "Model", "Serial number", "Why")
    rows = [_device(device) for device in said.listed_devices(export)]
    return ["## Devices", "", *table(heads, rows)] if rows else []


def _device(device: Device) -> tuple[str, ...]:
    return (
        escaped(", ".join(device.addresses), _SHORT) or escaped(device.mac, _SHORT),
        escaped(maker_words(device), _SHORT),
        device.confidence.value,
        escaped(brand_words(device), _SHORT),
        escaped(device.model, _SHORT),
        escaped(device.serial, _SHORT),
        escaped("; ".join(said.why(device)[:3]), 3 * _SHORT),
    )


def _findings(export: Export) -> list[str]:
    """Each finding with what is to be done, in both languages where the mandate speaks both."""
    heads = ("Address", "Measure", "Applies", "Decision", "Date", "What to do")
    rows = []
    for item in said.items(export.report):
        finding = item.finding
        if finding is None:
            continue
        action = [escaped(finding.action.en, 1000), escaped(finding.action.fr, 1000)]
        rows.append(
            (
                escaped(item.device.addresses[0] if item.device.addresses else item.device.id, _SHORT),
                f"{escaped(said.measure_title(export, finding))} ({escaped(finding.citation, 400)})",
                escaped(applies_words(finding.applies)),
                escaped(decision_words(finding.decision)),
                escaped(deadline_words(finding.deadline)) if finding.deadline else "",
                " / ".join(filter(None, action)),
            )
        )
    return ["## Findings", "", *table(heads, rows)] if rows else []


def _coverage(export: Export) -> Iterator[str]:
    report = export.report
    yield "## Coverage"
    yield ""
    states = [
        (state.value, f"{report.coverage.by_state.get(state, 0):,}", escaped(STATE_WORDS[state]))
        for state in STATES
    ]
    yield from table(("State", "Addresses", "Meaning"), states)
    gaps = [
        (
            escaped(gap.targets, _SHORT),
            escaped(gap.method, _SHORT),
            escaped(f"{gap.state}: {gap.reason}", 500),
            "yes" if gap.affects_verdict else "no",
        )
        for gap in report.coverage.gaps
    ]
    yield from table(("Not looked at", "By", "Why", "Affects the verdict"), gaps)
    errors = [(escaped(error.where, _SHORT), escaped(error.message, 500)) for error in report.errors]
    yield from table(("Error at", "What"), errors)


def _foot(export: Export) -> Iterator[str]:
    report = export.report
    yield "## Made with"
    yield ""
    for name, value in said.versions(report).items():
        yield f"- {escaped(name)} {escaped(value)}"
    yield ""
    for note in (*report.notes, report.disclaimer):
        for sentence in filter(None, (note.en, note.fr)):
            yield escaped(sentence)
            yield ""


FORMAT = ExportFormat(
    name="markdown",
    title="A report in Markdown, for a wiki or a mail",
    ending=".md",
    render=render,
    standard="CommonMark with GitHub's tables",
)

"""A workbook for people: findings, coverage and evidence, each on a sheet with a frozen header.

Office Open XML (ECMA-376), written by XlsxWriter. Text is always written as text: nothing becomes a formula
or a link, whatever it begins with. Times are real dates, in UTC; a published date that is only a month
stays text, for a spreadsheet knows no month without a day.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from scanner.reporter.export import said
from scanner.reporter.export.interface import Export, ExportFormat
from scanner.reporter.export.said import Item
from scanner.reporter.json_report import STATES
from scanner.reporter.wording import STATE_WORDS, by_strength, maker_words, seat_words

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

Value = str | int | datetime | date
ROWS = 1_048_575
"""Rows below the header that a sheet holds at most; what does not fit is said in the last one."""
_CELL = 32_000
"""Characters of a cell; the format allows 32,767."""
FINDINGS = (
    *("Key", "Site", "State", "Grave", "Address", "Other addresses", "MAC address", "Maker", "Confidence"),
    *("Brand", "Class", "Model", "Serial number", "Firmware", "Measure", "Citation", "Applies", "Decision"),
    *(
        "What to do",
        "Quoi faire",
        "Published date",
        "First seen",
        "Last seen",
        "Seen at",
        "Device",
        "Coverage",
    ),
)
EVIDENCE = (
    *("Device", "Address", "Signature", "Strength", "Claim", "Protocol", "Port", "Excerpt", "Observation"),
    *("SHA-256", "Bytes", "At"),
)


def render(export: Export) -> bytes:
    """The workbook."""
    import xlsxwriter

    data = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(data, options) as book:
        book.set_properties(
            {
                "title": said.text(export.report.headline),
                "author": said.PRODUCT,
                "created": said.moment(export.at).replace(tzinfo=None),
                "comments": said.text(said.coverage_sentence(export.report), 250),
            }
        )
        formats = _formats(book)
        _sheet(book.add_worksheet("Findings"), formats, FINDINGS, _findings(export))
        _sheet(book.add_worksheet("Coverage"), formats, ("What", "How many", "Meaning"), _coverage(export))
        _sheet(book.add_worksheet("Evidence"), formats, EVIDENCE, _evidence(export))
    return data.getvalue()


def _formats(book: Any) -> dict[str, Format]:
    return {
        "head": book.add_format({"bold": True, "bg_color": "#DDE3EA", "text_wrap": True, "valign": "top"}),
        "time": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
    }


def _sheet(
    sheet: Worksheet, formats: dict[str, Format], heads: Sequence[str], rows: Iterable[Sequence[Value]]
) -> None:
    """A header that stays in sight, its rows, a filter, and columns as wide as what they hold."""
    wide = [len(head) for head in heads]
    for column, head in enumerate(heads):
        sheet.write_string(0, column, head, formats["head"])
    last = 0
    for last, values in enumerate(rows, 1):
        if last > ROWS:
            sheet.write_string(ROWS, 0, "More rows than a sheet holds; the export as CSV has them all.")
            break
        for column, value in enumerate(values):
            _write(sheet, formats, last, column, value)
            wide[column] = max(wide[column], min(len(str(value)), 60))
    for column, width in enumerate(wide):
        sheet.set_column(column, column, width + 2)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, min(last, ROWS), len(heads) - 1)


def _write(sheet: Worksheet, formats: dict[str, Format], row: int, column: int, value: Value) -> None:
    if isinstance(value, datetime):
        sheet.write_datetime(row, column, value.replace(tzinfo=None), formats["time"])
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, formats["day"])
    elif isinstance(value, int):
        sheet.write_number(row, column, value)
    elif value:
        sheet.write_string(row, column, said.text(value, _CELL))


def _findings(export: Export) -> Iterator[Sequence[Value]]:
    """A row a finding; without one a row that says so, for an empty sheet reads as "clean"."""
    none = True
    for item in said.items(export.report):
        none = False
        yield _finding(export, item)
    if none:
        yield (said.coverage_sentence(export.report),)


def _finding(export: Export, item: Item) -> Sequence[Value]:
    device, finding = item.device, item.finding
    first, last = said.seen(export, device)
    measure: tuple[Value, ...] = ("",) * 7
    if finding is not None:
        measure = (
            said.measure_title(export, finding),
            finding.citation,
            finding.applies,
            finding.decision or "information",
            finding.action.en,
            finding.action.fr or "",
            _published(item),
        )
    return (
        item.key,
        said.site_of(export, device),
        said.state_of(export, item),
        said.gravity(finding).name.lower(),
        device.addresses[0] if device.addresses else "",
        ", ".join(device.addresses[1:]),
        device.mac or "",
        maker_words(device),
        device.confidence.value,
        device.presented_brand or "",
        device.device_class.value if device.device_class else "",
        device.model or "",
        device.serial or "",
        device.firmware or "",
        *measure,
        said.moment(first),
        said.moment(last),
        seat_words(device),
        device.id,
        export.report.headline,
    )


def _published(item: Item) -> Value:
    """A day as a date, a month or a year as the text that it is."""
    deadline = item.finding.deadline if item.finding else None
    if deadline is None:
        return ""
    if deadline.precision == "day" and deadline.sure:
        return date.fromisoformat(deadline.value)
    return deadline.value


def _coverage(export: Export) -> Iterator[Sequence[Value]]:
    report = export.report
    yield "Verdict", "", said.coverage_sentence(report)
    yield "Run", "", report.run.id
    yield "Began", said.moment(report.run.started), ""
    if report.run.finished:
        yield "Ended", said.moment(report.run.finished), ""
    yield "Addresses", report.coverage.addresses, "in the targets"
    for state in STATES:
        yield state.value, report.coverage.by_state.get(state, 0), STATE_WORDS[state]
    for method, count in sorted(report.coverage.by_method.items()):
        told = f"asked, {count.answered} answered, {count.silent} silent, {count.stopped} stopped"
        yield f"method {method}", count.asked, told
    for gap in report.coverage.gaps:
        grave = " (affects the verdict)" if gap.affects_verdict else ""
        yield f"gap {gap.targets}", gap.method, f"{gap.state}: {gap.reason}{grave}"
    for error in report.errors:
        yield f"error {error.where}", "", error.message
    for network in export.networks:
        when = said.moment(network.at) if network.at else "never"
        told = f"; declared out of service on {network.retired[:10]}" if network.retired else ""
        yield f"network {network.prefix}", when, f"covered whole last, site {network.site}{told}"
    for name, value in said.versions(report).items():
        yield f"version of {name}", "", value
    for note in (*report.notes, report.disclaimer):
        yield "note", "", note.en
        yield "note", "", note.fr or ""


def _evidence(export: Export) -> Iterator[Sequence[Value]]:
    exhibits = {one.observation: one for one in export.report.observations}
    for device in said.listed_devices(export):
        for one in by_strength(device.evidence):
            exhibit = exhibits.get(one.observation)
            proof: tuple[Value, ...] = ("", "", "")
            if exhibit:
                at = said.moment(exhibit.at) if exhibit.at else ""
                proof = (exhibit.digest, exhibit.size, at)
            yield (
                device.id,
                device.addresses[0] if device.addresses else "",
                one.signature,
                one.strength.value,
                one.claim,
                one.protocol.value,
                one.port,
                one.excerpt,
                one.observation,
                *proof,
            )


FORMAT = ExportFormat(
    name="xlsx",
    title="A workbook for people: findings, coverage, evidence",
    ending=".xlsx",
    render=render,
    standard="Office Open XML",
    binary=True,
)

"""The picture of a run in a terminal: devices, verdict, coverage, mandates, in this order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from scanner.model.device import Confidence, Device
from scanner.model.finding import Text
from scanner.model.report import Report, Verdict
from scanner.reporter.coverage_text import coverage_lines, error_lines
from scanner.reporter.ignored_text import ignored_lines
from scanner.reporter.interface import Options
from scanner.reporter.layout import GAP, cells, columns, indented, row_lines, wrap
from scanner.reporter.mandates_text import mandate_lines
from scanner.reporter.order import is_found, listed
from scanner.reporter.style import Style
from scanner.reporter.text import clean
from scanner.reporter.wording import (
    MAKER,
    age_words,
    answered_words,
    behind_words,
    brand_and_maker,
    by_strength,
    decision_tone,
    decision_words,
    ended_words,
    evidence_words,
    file_words,
    found_words,
    identity_words,
    incomplete_reasons,
    leading,
    others_words,
    seat_words,
    software_words,
)

NARROWEST = 60
FILES_SHOWN = 20
WIDE = 96
"""From here on brand and decision have columns of their own; below they stand on lines under the row."""

_WIDE_FLOORS = (15, 10, 15, 9, 12, 16)
_NARROW_FLOORS = (15, 10, 9, 12)

_SURE = {
    Confidence.CONFIRMED: "CONFIRMED",
    Confidence.PROBABLE: "probable",
    Confidence.POSSIBLE: "possible?",
    Confidence.NONE: "-",
}


def table_parts(report: Report, options: Options) -> Iterator[str]:
    """The table, which is for a screen, in one piece."""
    yield render_table(report, options)


def render_table(report: Report, options: Options) -> str:
    """The table as text; no line is wider than ``options.width`` (at least 60)."""
    width, style = max(options.width, NARROWEST), Style(options.colour)
    blocks = [
        _run_lines(report, width, style),
        *_device_blocks(report, options, width, style),
        _verdict_lines(report, width, style),
        coverage_lines(report, width, style),
        ignored_lines(report, width, style),
        error_lines(report, width, style),
        mandate_lines(report, listed(report, show_all=options.show_all), width, style),
        _closing_lines(report, width, style),
    ]
    return "\n\n".join("\n".join(line.rstrip() for line in block) for block in blocks if block) + "\n"


def heading(text: str, style: Style) -> str:
    """The title of a section."""
    return style.paint("bold", text)


def _run_lines(report: Report, width: int, style: Style) -> list[str]:
    run = report.run
    facts = [
        ("", f"hiksweep {clean(run.version)}, run {clean(run.id)}"),
        ("reference  ", clean(run.reference)),
        ("targets    ", ", ".join(map(clean, run.targets))),
        *_files(report),
        ("time       ", f"{clean(run.started)} to {clean(run.finished) or '(no end recorded)'}"),
        ("sensor     ", f"{clean(run.sensor.name)} on {clean(run.sensor.host)}, engine {clean(run.engine)}"),
    ]
    lines = [line for label, text in facts if text for line in indented(label, text, width)]
    return [style.paint("dim", line) for line in lines]


def _files(report: Report) -> list[tuple[str, str]]:
    """The files that were read, a line each."""
    files = report.run.files
    lines = [("file       ", file_words(file)) for file in files[:FILES_SHOWN]]
    if len(files) > FILES_SHOWN:
        lines.append(("", f"... and {len(files) - FILES_SHOWN:,} more files"))
    return lines


def _device_blocks(report: Report, options: Options, width: int, style: Style) -> Iterator[list[str]]:
    devices = listed(report, show_all=options.show_all)
    found = [device for device in devices if is_found(device)]
    others = [device for device in devices if not is_found(device)]
    if found:
        yield [heading(f"{MAKER.upper()} DEVICES", style), *_table(found, width, style)]
    if others:
        yield [heading("OTHER AND UNKNOWN DEVICES", style), *_table(others, width, style)]
    hint = "" if options.show_all else others_words(report)
    if hint:
        yield [style.paint("dim", line) for line in wrap(hint, width)]


def _decision(device: Device) -> str:
    finding = leading(device)
    if finding is None:
        return ""
    return decision_words(finding.decision) + {"yes": "", "may": " (may)"}.get(
        finding.applies, " (fact needed)"
    )


def _table(devices: Sequence[Device], width: int, style: Style) -> list[str]:
    """A row a device; the evidence and what else is to be said stand under it."""
    wide = width >= WIDE
    head = ["ADDRESS", "CONFIDENCE", "CLASS", "MODEL"]
    head = [*head[:2], "BRAND AND MAKER", *head[2:], "DECISION"] if wide else head
    rows = [_row(device, wide=wide) for device in devices]
    widths = columns([head, *rows], _WIDE_FLOORS if wide else _NARROW_FLOORS, width)
    lines = [style.paint("dim", GAP.join(line)) for line in row_lines(head, widths)]
    lines.append(style.paint("dim", style.rule * min(width, sum(widths) + len(GAP) * (len(widths) - 1))))
    for device, row in zip(devices, rows, strict=True):
        lines.extend(_painted(row, widths, device, wide=wide, style=style))
        lines.extend(_notes(device, width, style, wide=wide))
    return lines


def _row(device: Device, *, wide: bool) -> list[str]:
    address = clean(device.addresses[0]) if device.addresses else clean(device.mac) or "(no address)"
    kind = device.device_class.value if device.device_class else ""
    head = [address, _SURE[device.confidence]]
    model = clean(device.software) or clean(device.model)
    if wide:
        return [*head, brand_and_maker(device), kind, model, _decision(device)]
    return [*head, kind, model]


def _painted(
    row: Sequence[str], widths: Sequence[int], device: Device, *, wide: bool, style: Style
) -> list[str]:
    finding = leading(device)
    roles = {0: "bold", 1: device.confidence.value}
    if wide:
        roles[len(row) - 1] = decision_tone(finding.decision if finding else None)
    return [
        GAP.join(
            style.paint(roles[place], cell) if place in roles else cell for place, cell in enumerate(line)
        )
        for line in row_lines(row, widths)
    ]


def _notes(device: Device, width: int, style: Style, *, wide: bool) -> list[str]:
    """What stands under a row: other addresses, brand, why, what contradicts, what would make it surer."""
    notes = [("also at: ", ", ".join(map(clean, device.addresses[1:])))]
    notes += [("at ports: ", ", ".join(map(str, device.ports)))]
    notes += [("identity: ", clean(reason)) for reason in identity_words(device)]
    if not wide:
        notes += [("brand: ", brand_and_maker(device)), ("decision: ", _decision(device))]
    notes += [("software: ", software_words(device)), ("behind it: ", behind_words(device))]
    notes += [("age: ", age_words(device)), ("plugged in at: ", seat_words(device))]
    notes += [("why: ", evidence_words(found)) for found in by_strength(device.evidence)[:1]]
    notes += [("but: ", clean(against)) for against in device.contradictions]
    if device.confidence in {Confidence.PROBABLE, Confidence.POSSIBLE}:
        notes += [("surer with: ", clean(more)) for more in device.would_raise[:2]]
    lines = [line for label, text in notes if text for line in indented(label, text, width, 4)]
    return [style.paint("dim", line) for line in lines]


def _verdict_lines(report: Report, width: int, style: Style) -> list[str]:
    role = {Verdict.FOUND: "warn", Verdict.CLEAR: "good", Verdict.INCOMPLETE: "warn"}[report.verdict]
    rule = style.rule * min(width, max(cells(report.headline) + 9, 40))
    lines = [rule, style.paint("bold", "VERDICT  ") + style.paint(role, report.headline), rule]
    lines += wrap(found_words(report), width)
    lines += wrap(answered_words(report), width)
    reasons = incomplete_reasons(report)
    if reasons:
        lines.append("Not complete because:")
        lines += _capped((indented("  - ", reason, width) for reason in reasons), len(reasons), 12)
    if ended := ended_words(report):
        lines += [style.paint("warn", line) for line in wrap(ended, width)]
    return lines + _sentences(report.notes, width)


def _capped(entries: Iterable[list[str]], count: int, limit: int) -> list[str]:
    lines = [line for _, entry in zip(range(limit), entries, strict=False) for line in entry]
    return [*lines, f"  ... and {count - limit:,} more"] if count > limit else lines


def _closing_lines(report: Report, width: int, style: Style) -> list[str]:
    return [style.paint("dim", line) for line in _sentences([report.disclaimer], width)]


def _sentences(texts: Iterable[Text], width: int) -> list[str]:
    sentences = [sentence for text in texts for sentence in (text.en, text.fr) if sentence]
    return [line for sentence in sentences for line in wrap(clean(sentence), width)]

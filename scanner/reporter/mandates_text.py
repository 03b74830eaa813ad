"""What the measures ask, each measure once, as lines for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from scanner.model.device import Device
from scanner.model.report import Report
from scanner.reporter.layout import indented, wrap
from scanner.reporter.measures import Measure, Said, measures
from scanner.reporter.style import Style
from scanner.reporter.text import clean, plural
from scanner.reporter.wording import applies_words, deadline_words, decision_tone, decision_words

SENTENCES_SHOWN = 8
ADDRESSES_SHOWN = 4


def mandate_lines(report: Report, devices: Sequence[Device], width: int, style: Style) -> list[str]:
    """The measures that the findings of these devices name; no lines when they name none."""
    found = measures(devices)
    if not found:
        return []
    profiles = ", ".join(map(clean, report.run.profiles)) or "none chosen"
    lines = [style.paint("bold", "MANDATES"), *indented("  profile: ", profiles, width)]
    decided = [measure for measure in found if not measure.informs]
    for measure in decided:
        if measure.reaches:
            lines += _measure(measure, width, style)
    lines += _untouched([measure for measure in decided if not measure.reaches], width, style)
    return lines + _information([measure for measure in found if measure.informs], width)


def _measure(measure: Measure, width: int, style: Style) -> list[str]:
    source = f"{clean(measure.citation)} (as of {clean(measure.as_of)})"
    lines = ["", style.paint("bold", clean(measure.id)), *indented("  ", source, width)]
    reached = [said for said in measure.said if said.applies != "no"]
    for said in reached[:SENTENCES_SHOWN]:
        lines += _said(said, width, style)
    if len(reached) > SENTENCES_SHOWN:
        lines.append(
            f"  ... and {len(reached) - SENTENCES_SHOWN:,} more sentences; CSV, JSON and HTML hold all"
        )
    return lines


def _said(said: Said, width: int, style: Style) -> list[str]:
    addresses = [clean(device.addresses[0]) for device in said.devices if device.addresses]
    named = ", ".join(addresses[:ADDRESSES_SHOWN])
    if len(addresses) > ADDRESSES_SHOWN:
        named += f" and {len(addresses) - ADDRESSES_SHOWN:,} more"
    decision = decision_words(said.decision)
    first = indented(
        "  * ",
        f"{decision}: {applies_words(said.applies)}, {plural(len(said.devices), 'device')}: {named}",
        width,
    )
    lines = [style.paint(decision_tone(said.decision), line) for line in first]
    for sentence in (said.action.en, said.action.fr):
        if sentence:
            lines += indented("    ", clean(sentence), width)
    if said.deadline:
        lines += indented("    ", f"Published date: {deadline_words(said.deadline)}", width)
    elif decision_tone(said.decision) == "act":
        lines.append("    Published date: none")
    return lines


def _untouched(rest: Sequence[Measure], width: int, style: Style) -> list[str]:
    if not rest:
        return []
    lines = ["", style.paint("dim", "Looked at, and not reaching these devices:")]
    for measure in rest:
        reason = measure.said[0].reasons[0].en
        lines += indented("  - ", f"{clean(measure.id)}: {clean(reason)}", width)
    return [lines[0], *(style.paint("dim", line) for line in lines[1:])]


def _information(known: Sequence[Measure], width: int) -> list[str]:
    """Without a profile: what was published, and not a decision."""
    if not known:
        return []
    sentences: dict[str, None] = {}
    for measure in known:
        for said in measure.said:
            sentences.update(dict.fromkeys(filter(None, (said.action.en, said.action.fr))))
    lines = [line for sentence in list(sentences)[:SENTENCES_SHOWN] for line in wrap(clean(sentence), width)]
    lines.append("")
    for measure in known:
        lines += indented(f"  {clean(measure.id)}  ", clean(measure.citation), width)
    return [*lines, f"  (as of {clean(known[0].as_of)})"]

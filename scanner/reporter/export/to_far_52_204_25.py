"""A draft of the report that FAR 52.204-25(d) asks of a federal contractor.

Every data element of paragraph (d)(2) stands in the mandate data (the measure's report and its clocks);
this file only says which of them a scan knows. What neither the scan nor the user knows is a marked blank.
Due dates are counted in business days from the day that a person gives, and none is given without it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from scanner.knowledge.mandate_words import Clock, Measure
from scanner.model.device import Confidence, Device
from scanner.reporter.export import business_days, draft, said
from scanner.reporter.export.interface import Export, ExportFormat, Setting
from scanner.reporter.export.markup import escaped, table
from scanner.reporter.export.said import Item
from scanner.reporter.wording import brand_and_maker, seat_words

_PER_DEVICE = (
    ("brand", re.compile(r"^brand")),
    ("model", re.compile(r"^model")),
    ("description", re.compile(r"^description")),
)
"""Elements that are told for each item."""
_ONCE = (
    ("contract", re.compile(r"^contract number")),
    ("orders", re.compile(r"^order numbers")),
    ("supplier", re.compile(r"^name of the supplier")),
    ("uei", re.compile(r"^unique entity identifier")),
    ("cage", re.compile(r"^CAGE code")),
    ("mitigation", re.compile(r"mitigation")),
    ("efforts", re.compile(r"^efforts made")),
    ("prevention", re.compile(r"^additional efforts")),
)
"""Elements that a person tells; the name is that of the setting."""
_BUSINESS_DAYS = re.compile(r"^(\d+) business days?")
_HOURS = re.compile(r"^(\d+) hours")
_SURE = (Confidence.CONFIRMED, Confidence.PROBABLE)


def render(export: Export) -> bytes:
    """The draft."""
    lines = [*draft.head("Report of covered equipment")]
    for measure in export.library.measures.values():
        if measure.report is not None and measure.report.clocks:
            lines += [*_report(export, measure)]
    lines += [*draft.coverage(export), *draft.signature()]
    return ("\n".join(lines).rstrip() + "\n").encode("utf-8", "replace")


def element(what: str) -> tuple[str, bool]:
    """What an element of the data is here, and whether it is told for each item; empty: not known."""
    for known, each in ((_PER_DEVICE, True), (_ONCE, False)):
        for name, pattern in known:
            if pattern.search(what):
                return name, each
    return "", False


def _report(export: Export, measure: Measure) -> Iterator[str]:
    duty = measure.report
    if duty is None:
        return
    yield f"{escaped(measure.title.en)}. {escaped(measure.citation.en)}, as known on {measure.as_of}."
    yield ""
    yield f"- What starts it: {escaped(duty.trigger)}"
    yield f"- To whom: {escaped(duty.to)}"
    yield f"- {escaped(duty.note)}"
    if measure.title_note:
        yield f"- {escaped(measure.title_note)}"
    yield ""
    missing: list[str] = []
    yield from _when(export, duty.clocks, missing)
    for clock in duty.clocks:
        yield from _clock(export, clock, missing)
    yield from _equipment(export, missing)
    yield "## What is missing"
    yield ""
    yield from (f"- {one}" for one in dict.fromkeys(missing))
    yield ""
    yield "## What the clause does not say, and what a person has to decide"
    yield ""
    yield from draft.does_not_say(measure)
    yield ""


def _when(export: Export, clocks: tuple[Clock, ...], missing: list[str]) -> Iterator[str]:
    """The due dates, counted from what a person says."""
    yield "## When it is due"
    yield ""
    identified, reported = (_day(export, name) for name in ("identified", "reported"))
    if identified is None:
        missing.append("the day of identification or notification (--set identified=YYYY-MM-DD)")
    rows = []
    first: date | None = None
    for clock in clocks:
        begins = identified if first is None or not _BUSINESS_DAYS.match(clock.within) else reported or first
        due = _due(clock.within, begins)
        if first is None:
            first = due
        rows.append((escaped(clock.clause), escaped(clock.within), due.isoformat() if due else draft.BLANK))
    yield from table(("Clause", "Within", "Due at the latest"), rows)
    yield ""
    yield f"Counted from: {identified.isoformat() if identified else draft.BLANK}, as a person says."
    if reported is None and first is not None:
        yield "The follow-up is counted from the last day for the first report (--set reported=YYYY-MM-DD)."
        yield ""
    yield f"Business days: {escaped(business_days.RULE)}"
    yield ""
    yield "Hours run from the hour of identification, which is not known here: the day is the last one."
    yield ""
    yield "Which clause the contract carries, a person has to look up."
    yield ""
    missing.append("which of the clauses the contract carries")


def _day(export: Export, name: str) -> date | None:
    text = export.setting(name)
    return date.fromisoformat(text) if text else None


def _due(within: str, begins: date | None) -> date | None:
    if begins is None:
        return None
    if found := _BUSINESS_DAYS.match(within):
        return business_days.after(begins, int(found[1]))
    if found := _HOURS.match(within):
        return begins + timedelta(hours=int(found[1]))
    return None


def _clock(export: Export, clock: Clock, missing: list[str]) -> Iterator[str]:
    """The elements of one report."""
    yield f"## {escaped(clock.clause)}"
    yield ""
    if clock.note:
        yield escaped(clock.note)
        yield ""
    rows = []
    for what, from_scan in clock.elements:
        name, each = element(what)
        value = "see the equipment below" if each else escaped(export.setting(name)) if name else ""
        if not value and name == "mitigation" and from_scan == "partly":
            value = _mitigation(export)
            missing.append(f"{what}: beyond what the inventory knows")
        elif not value:
            missing.append(what)
        rows.append((escaped(what), escaped(f"a scan can tell: {from_scan}"), value or draft.BLANK))
    yield from table(("Element", "Known by", "Value"), rows)


def _mitigation(export: Export) -> str:
    """What the inventory knows of what became of the findings; nothing is said of a single run."""
    states: dict[str, int] = {}
    for item in said.main_items(export.report):
        if export.lives and item.device.confidence in _SURE:
            state = said.state_of(export, item)
            states[state] = states.get(state, 0) + 1
    if not states:
        return ""
    counted = ", ".join(f"{count:,} {state}" for state, count in sorted(states.items()))
    return escaped(f"By the inventory, findings by state: {counted}.") + f" {draft.BLANK}"


def _equipment(export: Export, missing: list[str]) -> Iterator[str]:
    """Each item: brand, model and description, as the clause asks; the rest is said to help."""
    yield "## The equipment"
    yield ""
    found = said.found_devices(export.report)
    sure = [device for device in found if device.confidence in _SURE]
    heads = (
        "Brand",
        "Model number",
        "Description",
        "Site",
        "Serial number",
        "MAC address",
        "Where",
        "First seen",
    )
    yield from table(heads, [_item(export, device) for device in sure])
    if not sure:
        yield f"None found with confidence. {escaped(export.report.headline)}."
        yield ""
    if left := len(found) - len(sure):
        yield f"Only possible, and not in the table: {left:,}. A person has to look before they are reported."
        yield ""
    if unnamed := sum(not device.model for device in sure):
        missing.append(f"the model number of {unnamed:,} items, which the devices do not tell")


def _item(export: Export, device: Device) -> tuple[str, ...]:
    first, _ = said.seen(export, device)
    where = "; ".join(filter(None, (", ".join(device.addresses), seat_words(device))))
    return (
        escaped(brand_and_maker(device), 300),
        escaped(device.model, 200) or draft.BLANK,
        escaped(said.title(Item("", device, None)), 300) + f" ({device.confidence.value})",
        escaped(said.site_of(export, device), 200),
        escaped(device.serial, 200),
        said.mac_address(device),
        escaped(where, 300),
        said.iso(first)[:10],
    )


FORMAT = ExportFormat(
    name="far-52-204-25",
    title="A draft of a federal contractor's report of covered equipment",
    ending=".md",
    render=render,
    standard="48 CFR 52.204-25(d)(2)",
    settings=(
        Setting("identified", "The day of identification or notification.", day=True),
        Setting("reported", "The day on which the first report was sent.", day=True),
        Setting("contract", "The contract number."),
        Setting("orders", "The order numbers."),
        Setting("supplier", "The name of the supplier."),
        Setting("uei", "The supplier's unique entity identifier."),
        Setting("cage", "The supplier's CAGE code."),
        Setting("mitigation", "What was done or is recommended."),
        Setting("efforts", "What was done to prevent use or submission."),
        Setting("prevention", "What will prevent it in future."),
    ),
)

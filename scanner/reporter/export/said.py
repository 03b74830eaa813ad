"""What every export says alike: which devices and findings, how grave, how sure, and what was not looked at.

Text that a device controls is cleaned here for every format that goes to other systems: no control
characters, no NUL, no marks that turn the direction of reading. Databases and log pipelines refuse or obey
these. The native JSON forms keep them, written as escapes.
"""

from __future__ import annotations

import ipaddress
import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any

from scanner.model.device import Confidence, Device
from scanner.model.finding import Finding
from scanner.model.report import Report
from scanner.reporter.csv_report import finding_key
from scanner.reporter.export.interface import Export
from scanner.reporter.json_report import KNOWLEDGE, STATES
from scanner.reporter.order import is_found, ordered
from scanner.reporter.text import clean, shorten
from scanner.reporter.wording import (
    MAKER,
    answered_words,
    by_strength,
    ended_words,
    evidence_words,
    incomplete_reasons,
    leading,
)

PRODUCT = "hiksweep"
_MAC = re.compile("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}")
NAMESPACE = uuid.UUID("33c6802a-7a5e-4b4f-9176-f67f6d78a33d")
"""Our own namespace of names made by digest (RFC 9562, version 5); never one that a standard reserves."""
REASONS = 20
"""Reasons of incomplete coverage that one record of an export holds; the count of the others is said."""
LONG = 4000
"""Characters of one text field at most."""


class Gravity(IntEnum):
    """How much a finding asks of its reader; formats map it to their own scale."""

    INFORMATION = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3


_GRAVITY = {
    "remove_required": Gravity.HIGH,
    "stop_using": Gravity.HIGH,
    "do_not_buy": Gravity.MEDIUM,
    "report_required": Gravity.MEDIUM,
    "review": Gravity.MEDIUM,
    "advised": Gravity.LOW,
}


@dataclass(frozen=True, slots=True)
class Item:
    """A device under one measure that reaches it or may."""

    key: str
    """The same in every run: see ``finding_key``."""
    device: Device
    finding: Finding | None
    """None: found, and no measure was asked about it, or none reaches it."""


def found_devices(report: Report) -> list[Device]:
    """The devices that count towards the headline, surest first."""
    return ordered(device for device in report.devices if is_found(device))


def listed_devices(export: Export) -> list[Device]:
    """The devices that an inventory lists: the found ones, or all of them."""
    return ordered(export.report.devices) if export.show_all else found_devices(export.report)


def items(report: Report) -> Iterator[Item]:
    """Every found device under every measure that reaches it or may; one line without, where none does."""
    for device in found_devices(report):
        reaching = [one for one in device.mandates if one.applies != "no"]
        for one in reaching:
            yield Item(finding_key(device.id, one.id), device, one)
        if not reaching:
            yield Item(finding_key(device.id, None), device, None)


def main_items(report: Report) -> Iterator[Item]:
    """Every found device once, under the strictest measure that reaches it or may."""
    for device in found_devices(report):
        first = leading(device)
        yield Item(finding_key(device.id, first.id if first else None), device, first)


def gravity(finding: Finding | None) -> Gravity:
    """By what the measure asks, and not by a guess at risk; what only may apply is never more than medium."""
    if finding is None or finding.decision is None:
        return Gravity.INFORMATION
    grave = _GRAVITY.get(finding.decision, Gravity.INFORMATION)
    return grave if finding.applies == "yes" else min(grave, Gravity.MEDIUM)


def text(value: str | None, limit: int = LONG) -> str:
    """One line of visible text that no reader obeys, of bounded length."""
    return shorten(clean(value).strip(), limit)


def title(item: Item) -> str:
    """What was found, in a line."""
    device = item.device
    brand = text(device.presented_brand) or text(device.maker_name) or MAKER
    what = text(device.software) or text(device.model)
    kind = device.device_class.value if device.device_class else "device"
    place = f" at {text(device.addresses[0])}" if device.addresses else ""
    measure = f" under {text(item.finding.citation)}" if item.finding else ""
    return shorten(" ".join(filter(None, (brand, what, kind))) + place + measure, 250)


def why(device: Device) -> list[str]:
    """The evidence in words, the strongest first."""
    return [text(evidence_words(one)) for one in by_strength(device.evidence)]


def measure_title(export: Export, finding: Finding) -> str:
    """The measure's own name, where the data knows it."""
    measure = export.library.measures.get(finding.id)
    return text(measure.short.en if measure else finding.citation)


def site_of(export: Export, device: Device) -> str:
    """Whose device it is, as far as is known."""
    life = export.lives.get(device.id)
    return text(life.site if life else export.site)


def state_of(export: Export, item: Item) -> str:
    """``open``, ``waived`` and so on; a single run knows no more than that it is open."""
    life = export.lives.get(item.device.id)
    if life is None or item.finding is None:
        return "open"
    return life.states.get(item.finding.id, "open")


def moment(stamp: str) -> datetime:
    """A time of a report; a text that is none (of an old or damaged journal) is the epoch, never a guess."""
    try:
        found = datetime.fromisoformat(stamp)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def milliseconds(stamp: str) -> int:
    """Milliseconds since 1970."""
    return round(moment(stamp).timestamp() * 1000)


def iso(stamp: str) -> str:
    """``YYYY-MM-DDThh:mm:ss.mmmZ``."""
    return moment(stamp).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def seen(export: Export, device: Device) -> tuple[str, str]:
    """When it was seen first and last; of a single run the run's own time."""
    life = export.lives.get(device.id)
    return (life.first_at, life.last_at) if life else (export.report.run.started, export.at)


def reasons(report: Report) -> list[str]:
    """Why the coverage is not complete, bounded; empty when it is."""
    found = [text(one) for one in incomplete_reasons(report)]
    if ended := ended_words(report):
        found.insert(0, ended)
    more = [f"and {len(found) - REASONS} more"] if len(found) > REASONS else []
    return found[:REASONS] + more


def complete(report: Report) -> bool:
    """Whether a reader may take silence here for what the coverage says it is."""
    return report.coverage.complete and not report.run.interrupted


def coverage_sentence(report: Report) -> str:
    """The headline, what answered and what did not, and why it is not complete."""
    parts = [f"{report.headline}.", answered_words(report)]
    if left := reasons(report):
        parts.append(f"Not complete: {'; '.join(left)}.")
    return text(" ".join(parts))


def coverage_data(report: Report) -> dict[str, Any]:
    """The same as data."""
    coverage = report.coverage
    return {
        "complete": complete(report),
        "verdict": report.verdict.value,
        "headline": report.headline,
        "addresses": coverage.addresses,
        **{state.value: coverage.by_state.get(state, 0) for state in STATES},
        "not_complete_because": reasons(report),
    }


def versions(report: Report) -> dict[str, str]:
    """The program and each body of knowledge."""
    run = report.run
    found = {PRODUCT: text(run.version)}
    for name in KNOWLEDGE:
        if name in run.knowledge:
            found[name] = f"{text(run.knowledge[name].version)} ({text(run.knowledge[name].date)})"
    return found


def name_of(*parts: str) -> uuid.UUID:
    """A name that is the same for the same parts, whoever makes it."""
    return uuid.uuid5(NAMESPACE, "\x1f".join(parts).encode("utf-8", "replace").decode("utf-8"))


def without_empty(fields: Mapping[str, Any]) -> dict[str, Any]:
    """What has a value."""
    return {name: value for name, value in fields.items() if value not in (None, "", [], {}, ())}


CONFIDENCE = {
    Confidence.CONFIRMED: 3,
    Confidence.PROBABLE: 2,
    Confidence.POSSIBLE: 1,
    Confidence.NONE: 0,
}
"""How sure the maker is, as a step; by rule and not by score."""


def ip_addresses(device: Device) -> list[str]:
    """Its addresses that are IP addresses, in canonical spelling and without a zone."""
    found = []
    for address in device.addresses:
        try:
            parsed = ipaddress.ip_address(address.partition("%")[0])
        except ValueError:
            continue
        found.append(str(parsed))
    return list(dict.fromkeys(found))


def mac_address(device: Device) -> str:
    """Its MAC address as ``aa:bb:cc:dd:ee:ff``; empty where it has none that is one."""
    return device.mac.lower() if device.mac and _MAC.fullmatch(device.mac) else ""

"""Splunk: events for the HTTP Event Collector.

One JSON object an event, one after another: the collector takes no JSON array (docs.splunk.com, "Format
events for HTTP Event Collector"). Each event stays below ``EVENT`` bytes, since one that is too large or
malformed makes the collector refuse all that came with it; the sender cuts the events into batches
(``feeds/``). The collector may take an event twice: ``finding_key`` and ``run`` are indexed fields to dedup
by.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scanner.model.device import Device
from scanner.reporter.encode import to_json
from scanner.reporter.export import said
from scanner.reporter.export.interface import Export, ExportFormat, Setting
from scanner.reporter.export.said import Item
from scanner.reporter.wording import maker_words

EVENT = 10_000
"""Bytes of one event at most: Splunk cuts a longer line (``TRUNCATE`` in props.conf)."""
_SHORT = 300
_PROOFS = 5


def render(export: Export) -> bytes:
    """Each event on a line."""
    return "".join(f"{one}\n" for one in lines(export)).encode()


def lines(export: Export) -> Iterator[str]:
    """Each event as text of bounded length: the coverage, the devices, the findings."""
    yield _line(export, "coverage", "", _coverage(export), {})
    for device in said.listed_devices(export):
        yield _line(export, "device", _place(device), _device(export, device), {"device": device.id})
    for item in said.items(export.report):
        fields = {"device": item.device.id, "finding_key": item.key}
        yield _line(export, "finding", _place(item.device), _finding(export, item), fields)


def _line(export: Export, what: str, host: str, event: dict[str, Any], fields: dict[str, str]) -> str:
    """One event with its metadata; what makes it too long is left out, and that is said in it."""
    run = export.report.run
    known = {"run": said.text(run.id), "coverage_complete": str(said.complete(export.report)).lower()}
    whole = said.without_empty(
        {
            "time": said.milliseconds(export.at) / 1000,
            "host": host or said.text(run.sensor.host),
            "source": said.PRODUCT,
            "sourcetype": f"{said.PRODUCT}:{what}",
            "index": said.text(export.setting("index")),
            "event": {**event, **known, "version": said.text(run.version)},
            "fields": {**fields, **known},
        }
    )
    line = to_json(whole)
    for name in ("evidence", "not_complete_because", "action", "reason"):
        if len(line.encode()) <= EVENT:
            break
        whole["event"].pop(name, None)
        whole["event"]["left_out"] = [*whole["event"].get("left_out", []), name]
        line = to_json(whole)
    return line


def _place(device: Device) -> str:
    addresses = said.ip_addresses(device)
    return addresses[0] if addresses else device.id


def _coverage(export: Export) -> dict[str, Any]:
    report = export.report
    data = said.coverage_data(report)
    left = [said.text(one, _SHORT) for one in data.pop("not_complete_because")]
    return said.without_empty(
        {
            **{name: value for name, value in data.items() if name != "complete"},
            "not_complete_because": left,
            "started": said.iso(report.run.started),
            "targets": [said.text(one, _SHORT) for one in report.run.targets[: said.REASONS]],
            "knowledge": said.versions(report),
        }
    )


def _device(export: Export, device: Device) -> dict[str, Any]:
    first, last = said.seen(export, device)
    life = export.lives.get(device.id)
    return said.without_empty(
        {
            "device": device.id,
            "addresses": said.ip_addresses(device),
            "mac": said.mac_address(device),
            "maker": said.text(maker_words(device), _SHORT),
            "confidence": device.confidence.value,
            "brand": said.text(device.presented_brand, _SHORT),
            "class": device.device_class.value if device.device_class else "",
            "model": said.text(device.model, _SHORT),
            "serial": said.text(device.serial, _SHORT),
            "firmware": said.text(device.firmware, _SHORT),
            "evidence": [said.text(one, _SHORT) for one in said.why(device)[:_PROOFS]],
            "site": said.text(said.site_of(export, device), _SHORT),
            "first_seen": said.iso(first),
            "last_seen": said.iso(last),
            "presence": life.presence if life else "",
        }
    )


def _finding(export: Export, item: Item) -> dict[str, Any]:
    finding = item.finding
    about = (
        {}
        if finding is None
        else {
            "measure": finding.id,
            "citation": said.text(finding.citation, _SHORT),
            "applies": said.text(finding.applies, _SHORT),
            "decision": finding.decision or "none",
            "action": said.text(finding.action.en, 2000),
            "reason": said.text(finding.reason.en, 1000),
            "published_date": finding.deadline.value if finding.deadline else "",
            "mandates_as_of": finding.as_of,
        }
    )
    return said.without_empty(
        {
            **_device(export, item.device),
            **about,
            "finding_key": item.key,
            "severity": said.gravity(finding).name.lower(),
            "state": said.state_of(export, item),
            "title": said.title(item),
        }
    )


FORMAT = ExportFormat(
    name="splunk",
    title="Events for Splunk's HTTP Event Collector, one after another",
    ending=".hec.json",
    render=render,
    standard="HEC JSON events",
    settings=(Setting("index", "The index; without it the token's own."),),
)

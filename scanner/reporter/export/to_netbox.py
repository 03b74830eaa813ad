"""NetBox: devices for its import of CSV.

Columns are those of NetBox 4's DeviceImportForm (netbox/dcim/forms/bulk_import.py); role, manufacturer,
device type, status and site have to be there and are matched by name. A device is named by its id, which
lasts over moves: names by address or site make doubles. Nothing is ever removed: what is missing becomes
``offline``. NetBox renders ``comments`` as Markdown, so they are escaped. A list without a device is no CSV
that NetBox takes, on purpose: its only line says what was looked at.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from scanner.model.device import Device
from scanner.reporter.cell import cell
from scanner.reporter.export import said
from scanner.reporter.export.interface import Export, ExportFormat, Setting
from scanner.reporter.export.markup import escaped
from scanner.reporter.export.said import Item
from scanner.reporter.wording import maker_words

COLUMNS = (
    "name",
    "role",
    "manufacturer",
    "device_type",
    "serial",
    "status",
    "site",
    "description",
    "comments",
)
_LEVELS = {"confirmed": 3, "probable": 2, "possible": 1}
_OFFLINE = frozenset({"missing", "removed-unverified", "stale"})
UNKNOWN = "unknown"


def render(export: Export) -> bytes:
    """A header and a row a device; without a device one line that says what was looked at."""
    devices = chosen(export)
    if not devices:
        line = f"# {said.coverage_sentence(export.report)} No device to import.\n"
        return line.encode("utf-8", "replace")
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for device in devices:
        fields = device_fields(export, device)
        writer.writerow({name: cell(fields[name], raw=export.raw) for name in COLUMNS})
    return text.getvalue().encode("utf-8", "replace")


def chosen(export: Export) -> list[Device]:
    """The devices that are sure enough."""
    least = _LEVELS[export.setting("least") or "probable"]
    return [one for one in said.found_devices(export.report) if said.CONFIDENCE[one.confidence] >= least]


def device_fields(export: Export, device: Device) -> Mapping[str, str]:
    """A device in NetBox's words; lengths are those of its columns."""
    life = export.lives.get(device.id)
    return {
        "name": device.id,
        "role": export.setting("role") or "Surveillance",
        "manufacturer": said.text(maker_words(device), 100),
        "device_type": said.text(device.model, 100) or UNKNOWN,
        "serial": said.text(device.serial, 50),
        "status": "offline" if life and life.presence in _OFFLINE else "active",
        "site": export.setting("site") or said.text(said.site_of(export, device), 100) or UNKNOWN,
        "description": said.text(said.title(Item("", device, None)), 200),
        "comments": escaped(_comments(export, device)),
    }


def _comments(export: Export, device: Device) -> str:
    """What NetBox has no column for: addresses, evidence, measures, and the coverage of the run."""
    measures = [
        f"{said.measure_title(export, one)}: {said.text(one.applies)}, {one.decision or 'information'}"
        for one in device.mandates
        if one.applies != "no"
    ]
    parts = (
        f"confidence {device.confidence.value}",
        f"addresses {', '.join(said.ip_addresses(device))}",
        f"MAC {said.mac_address(device)}" if said.mac_address(device) else "",
        f"brand {said.text(device.presented_brand, 200)}" if device.presented_brand else "",
        f"firmware {said.text(device.firmware, 200)}" if device.firmware else "",
        *measures,
        f"run {said.text(export.report.run.id)}: {export.report.headline}",
        f"hiksweep {said.text(export.report.run.version)}",
    )
    return "; ".join(filter(None, parts))


FORMAT = ExportFormat(
    name="netbox",
    title="Devices for NetBox's import of CSV",
    ending=".netbox.csv",
    render=render,
    standard="NetBox 4 device import",
    settings=(
        Setting("role", "The device role, which has to be there.", "Surveillance"),
        Setting("site", "The site, where the inventory's own name is not NetBox's."),
        Setting("least", "The least confidence of a device.", "probable", tuple(_LEVELS)),
    ),
)

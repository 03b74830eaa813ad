"""What an import would change in NetBox, by reading it: a diff, and nothing is ever written or removed.

Through pynetbox, on our own session, whose gate lets only reads to the configured origin pass: what the
library asks cannot leave it. Devices are looked for by name (our id) and by serial number, so that one that
NetBox knows by another name is not imported a second time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from scanner.feeds.interface import Sent, Target
from scanner.model.errors import Refused, UsageError
from scanner.reporter.export import Export
from scanner.reporter.export.to_netbox import chosen, device_fields
from scanner.reporter.text import clean, shorten
from scanner.transports.origin import Origin

_COMPARED = ("serial", "status", "site", "role", "manufacturer", "device_type", "description")
_AT_ONCE = 50
"""Names in one question: its URL stays short."""


def send(export: Export, target: Target) -> Sent:
    """Compare.

    Raises:
        UsageError: NetBox cannot be reached, refuses us, or leads elsewhere; or something was to be changed.
    """
    if target.apply:
        raise UsageError("netbox: only compared, never written; import the CSV in NetBox itself")
    wanted = [device_fields(export, device) for device in chosen(export)]
    known = _known(target, wanted)
    lines = list(_differences(wanted, known))
    counts = Counter(line.split(" ", 1)[0] for line in lines)
    same = len(wanted) - len(lines)
    told = ", ".join(f"{count:,} {word}" for word, count in sorted(counts.items()))
    lines.append(
        f"{len(wanted):,} devices: {told + ', ' if told else ''}{same:,} the same; nothing was written"
    )
    return Sent(tuple(lines), whole=True)


def _known(target: Target, wanted: Sequence[Mapping[str, str]]) -> list[Mapping[str, str]]:
    """The devices of NetBox that bear one of the names or serial numbers."""
    import pynetbox

    origin = Origin(target.url, _credentials(target.token), authority=target.authority)
    api = pynetbox.api(origin.url)
    api.http_session = origin.session()
    found: dict[int, Mapping[str, str]] = {}
    questions = {
        "name": [one["name"] for one in wanted],
        "serial": [one["serial"] for one in wanted if one["serial"]],
    }
    try:
        for field, values in questions.items():
            for start in range(0, len(values), _AT_ONCE):
                for record in api.dcim.devices.filter(**{field: values[start : start + _AT_ONCE]}):
                    found[record.id] = _fields(record)
    except Refused as error:
        raise UsageError(str(error)) from None
    except (pynetbox.RequestError, pynetbox.ContentError, OSError, ValueError) as error:
        raise UsageError(f"{origin.url}: {shorten(clean(str(error)), 300)}") from None
    return list(found.values())


def _credentials(token: str) -> dict[str, str]:
    """NetBox's newer tokens begin with ``nbt_`` and are bearers; older ones have a scheme of their own."""
    return {"Authorization": f"{'Bearer' if token.startswith('nbt_') else 'Token'} {token}"} if token else {}


def _fields(record: Any) -> Mapping[str, str]:
    """A device of NetBox in the words of the CSV."""
    kind = getattr(record, "device_type", None)
    maker = getattr(kind, "manufacturer", None)
    status = getattr(record, "status", None)
    return {
        "name": _text(record.name),
        "serial": _text(getattr(record, "serial", "")),
        "status": _text(getattr(status, "value", status)),
        "site": _text(getattr(record.site, "name", "")),
        "role": _text(getattr(record.role, "name", "")),
        "manufacturer": _text(getattr(maker, "name", "")),
        "device_type": _text(getattr(kind, "model", "")),
        "description": _text(getattr(record, "description", "")),
    }


def _text(value: object) -> str:
    return clean(str(value)) if value is not None else ""


def _differences(wanted: Iterable[Mapping[str, str]], known: Iterable[Mapping[str, str]]) -> Iterator[str]:
    """A line for each device that is not there as it should be."""
    by_name = {one["name"]: one for one in known}
    by_serial = {one["serial"]: one for one in known if one["serial"]}
    for fields in wanted:
        there = by_name.get(fields["name"])
        if there is None:
            other = by_serial.get(fields["serial"]) if fields["serial"] else None
            if other is not None:
                yield f"elsewhere {fields['name']}: {other['name']} has its serial number; not to import"
                continue
            yield f"create {fields['name']}: {fields['description']}"
            continue
        changes = [
            f"{name} {there[name] or 'none'} -> {fields[name] or 'none'}"
            for name in _COMPARED
            if there[name] != fields[name]
        ]
        if changes:
            yield f"change {fields['name']}: {'; '.join(changes)}"

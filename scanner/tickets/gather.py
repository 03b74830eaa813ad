"""What the inventory says of each device that tickets may be about."""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from scanner.inventory import standing
from scanner.inventory.engine import Reading
from scanner.inventory.lists import DeviceRow, FindingRow, list_findings
from scanner.inventory.sites import networks
from scanner.inventory.words import FindingState, Presence
from scanner.tickets.words import Change, Item, Obligation

_SAID = ("model", "serial", "firmware", "mac", "presented_brand", "device_class", "software", "seen_at")


def items_of(connection: Reading, today: date, site: str | None = None) -> list[Item]:
    """Every device that has findings, in whatever state.

    Args:
        connection: to a store whose views are up to date.
        today: a waiver whose last day is over has ended.
        site: of this site only; without it the rehearsal is left out.
    """
    rows: defaultdict[str, list[FindingRow]] = defaultdict(list)
    for row in list_findings(connection, today, site=site):
        rows[row.device.id].append(row)
    changes = {name: Change(*told) for name, told in standing.last_changes(connection).items()}
    names, sites = standing.lasting_names(connection), standing.sites_of(connection)
    begun = standing.begun(connection)
    prefixes = _Prefixes(connection)
    return [
        _item(found, changes, names.get(device, []), sites.get(device, []), begun, prefixes)
        for device, found in rows.items()
    ]


def _item(
    found: list[FindingRow],
    changes: Mapping[str, Change],
    names: list[str],
    sites: list[str],
    begun: Mapping[str, str],
    prefixes: _Prefixes,
) -> Item:
    row = found[0].device
    return Item(
        device=row.id,
        site=row.site,
        sites=tuple(dict.fromkeys((row.site, *sites))),
        names=tuple(names),
        addresses=row.addresses,
        networks=tuple(prefixes.of(row)),
        presence=Presence(row.presence),
        level=row.fields.get("confidence", ""),
        last_run=row.last_run,
        last_at=begun.get(row.last_run, row.last_at),
        about=tuple((name, row.fields[name]) for name in _SAID if row.fields.get(name)),
        obligations=tuple(_obligation(one, changes) for one in found),
        change=changes.get(row.id),
    )


def _obligation(row: FindingRow, changes: Mapping[str, Change]) -> Obligation:
    change = changes.get(row.id)
    state = FindingState(row.state)
    if change is not None and change.after == FindingState.WAIVED and state is FindingState.OPEN:
        # Its last day is over, though no run came since to say so.
        change = Change(str(state), "waiver-ended", change.cause, row.since, "the day of the waiver is over")
    return Obligation(row.id, row.measure, state, row.until or "", change)


class _Prefixes:
    """The networks of sites of which somebody said something."""

    def __init__(self, connection: Reading) -> None:
        self._known: defaultdict[str, list[Any]] = defaultdict(list)
        for one in networks(connection):
            self._known[one.site].append(ipaddress.ip_network(one.prefix))
        for known in self._known.values():
            known.sort(key=lambda prefix: -prefix.prefixlen)

    def of(self, row: DeviceRow) -> Iterator[str]:
        """Those that hold a device's addresses, the smallest first."""
        known = self._known.get(row.site)
        addresses = [ipaddress.ip_address(text) for text in row.addresses] if known else []
        for prefix in known or ():
            if any(address.version == prefix.version and address in prefix for address in addresses):
                yield str(prefix)

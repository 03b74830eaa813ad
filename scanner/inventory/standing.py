"""Where each device and finding stands: its last change, its lasting names, the sites that it was in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import select

from scanner.inventory.engine import Reading
from scanner.inventory.schema import address_interval, alias, run, transition

_LASTING = ("serial:", "endpoint:", "tls:", "mac:")


class LastChange(NamedTuple):
    """The last change of state of a device or finding."""

    after: str
    trigger: str
    cause: str
    """The run or decision that made it."""
    at: str
    needs: str


def last_changes(connection: Reading) -> dict[str, LastChange]:
    """The last change of each device and finding."""
    columns = (transition.c.subject, transition.c.after, transition.c.trigger, transition.c.run)
    query = select(*columns, transition.c.decision, transition.c.at, transition.c.needs)
    return {
        row.subject: LastChange(row.after, row.trigger, row.run or row.decision, row.at, row.needs)
        for row in connection.execute(query.order_by(transition.c.place))
    }


def lasting_names(connection: Reading) -> dict[str, list[str]]:
    """What names each device for good, the most lasting first: ``serial:…``, ``mac:…``."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    query = select(alias.c.device, alias.c.alias).order_by(alias.c.since, alias.c.alias)
    for row in connection.execute(query):
        if row.alias.startswith(_LASTING):
            found[row.device].append(row.alias)
    for names in found.values():
        names.sort(key=lambda name: next(n for n, rung in enumerate(_LASTING) if name.startswith(rung)))
    return dict(found)


def sites_of(connection: Reading) -> dict[str, list[str]]:
    """Every site that each device was in, the latest first."""
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    columns = (address_interval.c.device, address_interval.c.site)
    query = select(*columns).order_by(address_interval.c.last_at.desc(), address_interval.c.site)
    for row in connection.execute(query):
        found[row.device][row.site] = None
    return {device: list(sites) for device, sites in found.items()}


def begun(connection: Reading) -> dict[str, str]:
    """When each run began."""
    return {row.id: row.started for row in connection.execute(select(run.c.id, run.c.started))}


def called(connection: Reading, names: Collection[str]) -> dict[str, str]:
    """The devices that bear these names today, by name."""
    query = select(alias.c.alias, alias.c.device).where(alias.c.alias.in_(names))
    return {row.alias: row.device for row in connection.execute(query)} if names else {}

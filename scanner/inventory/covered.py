"""What was covered when: each network's last run that covered it whole, and its last two runs."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, and_, select

from scanner.inventory.decisions import time_of, time_text
from scanner.inventory.findings import over
from scanner.inventory.hosts import neighbourhood
from scanner.inventory.schema import network_run
from scanner.inventory.sites import REHEARSAL, networks


@dataclass(frozen=True, slots=True)
class Covered:
    """When a network was covered whole last."""

    site: str
    prefix: str
    at: str | None
    """None: never, so far as the store knows."""
    run: str
    methods: tuple[str, ...]
    days: int | None
    """Whole days from then to the day that was asked for."""
    owner: str = ""


def coverage(connection: Connection, as_of: date, site: str | None = None) -> list[Covered]:
    """When each network was covered whole last, on the evidence of a day and those before it.

    Args:
        connection: to the store.
        as_of: later runs are left out.
        site: of this site only; without it the rehearsal is left out.
    """
    end = time_text(over(as_of))
    last: dict[tuple[str, str], Covered] = {}
    known = {(one.site, one.prefix): one.owner for one in networks(connection, site)}
    of_site = network_run.c.site != REHEARSAL if site is None else network_run.c.site == site
    whole = and_(network_run.c.at < end, of_site)
    for row in connection.execute(select(network_run).where(whole).order_by(network_run.c.at)):
        key = (row.site, row.prefix)
        methods = () if row.interrupted else tuple(sorted(json.loads(row.covered)))
        if methods:
            days = (as_of - time_of(row.at).date()).days
            last[key] = Covered(*key, row.at, row.run, methods, days, known.get(key, ""))
        else:
            last.setdefault(key, Covered(*key, None, "", (), None, known.get(key, "")))
    for key, owner in known.items():
        last.setdefault(key, Covered(*key, None, "", (), None, owner))
    return [last[key] for key in sorted(last)]


def within(covered: Collection[Covered], days: int) -> int:
    """How many networks were covered whole in the last so many days."""
    return sum(one.days is not None and one.days <= days for one in covered)


def last_runs(connection: Connection, site: str | None = None) -> list[str]:
    """The runs that were a network's last or last but one, the rehearsal's only where it is named."""
    of_site = network_run.c.site != REHEARSAL if site is None else network_run.c.site == site
    query = select(network_run.c.site, network_run.c.prefix, network_run.c.run)
    by_network: dict[tuple[str, str], list[str]] = {}
    for row in connection.execute(query.where(of_site).order_by(network_run.c.at, network_run.c.run)):
        runs = by_network.setdefault((row.site, neighbourhood(row.prefix)), [])
        if row.run not in runs:
            runs.append(row.run)
        del runs[:-2]
    return sorted({name for runs in by_network.values() for name in runs})

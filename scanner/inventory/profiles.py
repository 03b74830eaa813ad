"""Devices of which nobody said whose mandate applies: measures are information there, and open no finding."""

from __future__ import annotations

import json
from collections.abc import Iterable

from sqlalchemy import Connection, exists, func, select

from scanner.inventory.concluding import OWN, terms_of
from scanner.inventory.schema import device, finding, run
from scanner.inventory.sites import REHEARSAL
from scanner.inventory.words import Presence

_OVER = (Presence.REMOVED_VERIFIED, Presence.RETRACTED)


def without_profile(connection: Connection, runs: Iterable[str]) -> frozenset[str]:
    """Which of these runs judged by no profile, so that every measure stands for information only.

    Args:
        connection: to the store.
        runs: their ids; a profile that a person gave a run afterwards counts.
    """
    terms = terms_of(connection)
    wanted = frozenset(runs)
    found = set()
    for row in connection.execute(select(run.c.id, run.c.header)):
        if row.id in wanted:
            given = terms.get(row.id, OWN).profiles
            if not (json.loads(row.header).get("profiles") if given is None else given):
                found.add(row.id)
    return frozenset(found)


def unjudged(connection: Connection, site: str | None = None) -> int:
    """How many devices no run judged by a profile yet.

    Args:
        connection: to the store.
        site: of this site only; without it the rehearsal is left out.
    """
    of_site = device.c.site != REHEARSAL if site is None else device.c.site == site
    query = select(device.c.last_run, func.count().label("devices")).where(
        of_site, device.c.presence.not_in(_OVER), ~exists().where(finding.c.device == device.c.id)
    )
    counts = {row.last_run: row.devices for row in connection.execute(query.group_by(device.c.last_run))}
    return sum(counts[name] for name in without_profile(connection, counts)) if counts else 0

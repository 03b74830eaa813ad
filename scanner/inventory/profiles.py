"""Findings of which nobody said whose mandate applies: the measures may reach them, and none is decided."""

from __future__ import annotations

import json
from collections.abc import Iterable

from sqlalchemy import Connection, select

from scanner.inventory.concluding import OWN, terms_of
from scanner.inventory.schema import run


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

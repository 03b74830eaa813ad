"""Runs by the reference that they bear: which was the last, and how far it came."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from scanner.inventory.decisions import time_of
from scanner.inventory.engine import Store
from scanner.inventory.schema import run


@dataclass(frozen=True, slots=True)
class Recorded:
    """A run as the store knows it."""

    run: str
    started: datetime
    ended: bool
    """It has a last record."""
    interrupted: bool
    reason: str
    """Why it ended early; empty if it came to its end."""


def last_recorded(store: Store, references: Iterable[str]) -> Mapping[str, Recorded]:
    """The last run of each reference; one that no run bears is not among them.

    Raises:
        StoreUnusable: the store cannot be read.
    """
    found: dict[str, Recorded] = {}
    with store.reading() as connection:
        for reference in references:
            # The header is JSON of our own writing: its keys are sorted, and a blank follows each colon.
            said = f'"reference": {json.dumps(reference)}'
            query = select(run.c.id, run.c.started, run.c.finished, run.c.interrupted, run.c.reason)
            query = query.where(run.c.header.contains(said, autoescape=True))
            row = connection.execute(query.order_by(run.c.started.desc(), run.c.id.desc()).limit(1)).first()
            if row is not None:
                ended = row.finished is not None
                told = (row.id, time_of(row.started), ended, bool(row.interrupted), row.reason)
                found[reference] = Recorded(*told)
    return found

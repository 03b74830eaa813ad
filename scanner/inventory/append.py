"""A decision of this moment, written into views that are up to date, without telling everything again.

What it changes is what a rebuild would give: the same rules advance the same lives, of which only those that
the decision can touch are taken up from the views. Whatever reaches further back needs the whole story.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, insert, or_, select, update

from scanner.inventory.decisions import time_of, time_text
from scanner.inventory.engine import Store
from scanner.inventory.findings import FindingLife
from scanner.inventory.life import Lives
from scanner.inventory.presence import DeviceLife
from scanner.inventory.run_views import behind
from scanner.inventory.schema import decision, device, event, finding, run, transition
from scanner.inventory.views import event_row, finding_row, transition_row
from scanner.inventory.words import Decision, FindingState

SIMPLE = ("waive", "note", "ticket", "verify-removed", "retire")
"""Kinds of decisions that change what is, and nothing that was."""


def append(store: Store, said: Decision) -> bool:
    """Write what a decision changes into the views; False: everything has to be told again.

    Args:
        store: which holds the decision.
        said: it, on a device or finding by the id of today.

    Raises:
        StoreUnusable: the store cannot be written.
    """
    if said.kind not in SIMPLE:
        return False
    with store.writing() as connection:
        if behind(connection) or not _is_last(connection, said):
            return False
        lives = Lives()
        for life in _devices(connection, said):
            lives.devices[life.subject] = life
        for one in _findings(connection, [*lives.devices, said.subject.partition("/")[0]]):
            lives.findings.put(one)
        lives.advance(said)
        _write(connection, lives)
    return True


def _is_last(connection: Connection, said: Decision) -> bool:
    """Whether nothing that the store holds is later, or of the same second."""
    at = time_text(said.at)
    newer = select(run.c.id).where(run.c.started >= at).limit(1)
    other = select(decision.c.id).where(decision.c.at >= at, decision.c.id != said.id).limit(1)
    return connection.execute(newer).first() is None and connection.execute(other).first() is None


def _devices(connection: Connection, said: Decision) -> Iterator[DeviceLife]:
    """The devices that a decision may be about: the one that it names, or those of the site that it names."""
    if said.kind == "retire":
        query = select(device).where(device.c.site == said.subject.rpartition(" ")[0])
    else:
        query = select(device).where(device.c.id == said.subject)
    for row in connection.execute(query):
        yield DeviceLife(
            row.id,
            row.site,
            time_of(row.first_at),
            time_of(row.last_at),
            row.presence,
            time_of(row.since),
            row.last_run,
            tuple(json.loads(row.addresses)),
        )


def _findings(connection: Connection, devices: list[str]) -> Iterator[FindingLife]:
    """The findings of these devices, and whatever is waived: a waiver may have ended meanwhile."""
    wanted = set(devices)
    query = select(finding)
    if len(wanted) < 100:
        query = query.where(or_(finding.c.state == FindingState.WAIVED, finding.c.device.in_(wanted)))
    for row in connection.execute(query.order_by(finding.c.id)):
        if row.device in wanted or row.state == FindingState.WAIVED:
            kept: dict[str, Any] = json.loads(row.data)
            yield FindingLife(
                row.device,
                row.measure,
                row.state,
                time_of(row.since),
                time_of(kept["opened"]) if kept["opened"] else None,
                date.fromisoformat(row.until) if row.until else None,
                kept["waiver"],
            )


def _write(connection: Connection, lives: Lives) -> None:
    """Write what has changed."""
    changed = {one.subject for one in lives.transitions}
    for one in lives.findings.all():
        if one.subject in changed:
            row = finding_row(one)
            connection.execute(update(finding).where(finding.c.id == row.pop("id")).values(row))
    for life in lives.devices.values():
        if life.subject in changed:
            values = {"presence": str(life.state), "since": time_text(life.since)}
            connection.execute(update(device).where(device.c.id == life.subject).values(values))
    for table, rows in (
        (transition, [transition_row(place, one) for place, one in enumerate(lives.transitions)]),
        (event, [event_row(place, one) for place, one in enumerate(lives.events)]),
    ):
        last = connection.execute(select(func.max(table.c.place))).scalar()
        first = 0 if last is None else last + 1
        if rows:
            connection.execute(insert(table), [row | {"place": first + row["place"]} for row in rows])

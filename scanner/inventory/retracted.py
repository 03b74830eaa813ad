"""What reclassifications changed, told beside the views.

The views are told by what is known today, as if it had always been known; whoever was in them before would be
gone without a word. So each change that a reclassification made is a line of its own, and what is none of the
maker's by what is known today stays listed as retracted, with what was told of it before.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, delete, func, insert, select

from scanner.inventory.decisions import time_of, time_text
from scanner.inventory.engine import Store
from scanner.inventory.schema import (
    address_interval,
    alias,
    decision,
    device,
    event,
    finding,
    reclassified,
    transition,
)
from scanner.inventory.tables import add_all, insert_new, to_text
from scanner.inventory.transitions import FINDINGS, PRESENCE, Patience, Trigger, row
from scanner.inventory.words import EventKind, FindingState, Presence

BY = "reclassified"
"""In the data of a finding: the decision that retracted it."""
RESTORED = "a person has the old evidence judged by what is known today: it stands where runs have put it"


@dataclass(frozen=True, slots=True)
class Kept:
    """A change of one device, as it is kept."""

    decision: str
    at: str
    device: str
    """Its id before; empty: it was none."""
    became: str
    """Its id afterwards; empty: it is none."""
    data: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Its id, the earlier one if there are two."""
        return self.device or self.became


def changes(connection: Connection) -> list[Kept]:
    """Everything that reclassifications changed, in the order of their time."""
    query = select(reclassified, decision.c.at).join(decision, decision.c.id == reclassified.c.decision)
    rows = connection.execute(query.order_by(decision.c.at, reclassified.c.decision, reclassified.c.place))
    return [
        Kept(one.decision, time_text(time_of(one.at)), one.device, one.became, json.loads(one.data))
        for one in rows
    ]


def take_out(connection: Connection) -> None:
    """Leave nothing in the views but what runs and decisions tell."""
    if not connection.execute(select(func.count()).select_from(reclassified)).scalar():
        return
    gone = select(device.c.id).where(device.c.presence == Presence.RETRACTED)
    for table in (alias, address_interval, finding):
        connection.execute(delete(table).where(table.c.device.in_(gone)))
    connection.execute(delete(device).where(device.c.presence == Presence.RETRACTED))
    connection.execute(delete(finding).where(finding.c.data.contains(f'"{BY}"')))
    for table in (transition, event):
        connection.execute(delete(table).where(table.c.place < 0))


def put_in(store: Store, connection: Connection) -> None:
    """Tell beside the views what reclassifications changed."""
    told = changes(connection)
    if told:
        _Beside(store, connection, told).write()


class _Beside:
    """What is written beside the views.

    Args:
        store: the store.
        connection: to it, in a transaction that writes.
        told: everything that reclassifications changed.
    """

    def __init__(self, store: Store, connection: Connection, told: list[Kept]) -> None:
        self._store, self._connection, self._told = store, connection, told
        self._sites = {row_.id: row_.site for row_ in connection.execute(select(device.c.id, device.c.site))}
        self._next = {one.device: one.became for one in told if one.device and one.became}
        self._aliases: dict[tuple[str, str], str] = {}
        self._transitions: list[dict[str, Any]] = []

    def _today(self, name: str) -> str:
        """The id that a device has by now."""
        seen = {name}
        while name not in self._sites and (follower := self._next.get(name)) and follower not in seen:
            seen.add(follower)
            name = follower
        return name

    def write(self) -> None:
        """Write lines, whoever is retracted, and earlier ids as aliases."""
        for one in {one.name: one for one in self._told}.values():
            if not one.became and self._today(one.device) not in self._sites:
                self._retract(one)
        self._retract_findings()
        events = []
        for one in self._told:
            subject = self._today(one.name)
            self._transitions += _transitions(one, subject)
            events.append(_event(one, subject))
            for old in (one.device, one.became):
                self._aliases.setdefault((old, self._today(old)), one.at)
        self._write_lines(transition, self._transitions)
        self._write_lines(event, events)
        rows = [
            {"alias": name, "device": bearer, "since": at}
            for (name, bearer), at in self._aliases.items()
            if name and bearer in self._sites
        ]
        add_all(self._connection, insert_new(self._store, alias), rows)

    def _write_lines(self, table: Table, lines: list[dict[str, Any]]) -> None:
        """Below all that runs and decisions told: their places are counted."""
        ordered = sorted(lines, key=lambda line: str(line["at"]))
        rows = [line | {"place": place - len(ordered)} for place, line in enumerate(ordered)]
        add_all(self._connection, insert(table), rows)

    def _retract(self, one: Kept) -> None:
        """A device that is none of the maker's by what is known today."""
        shown = {
            **one.data["row"],
            "id": one.device,
            "number": -1 - len(self._sites),
            "presence": str(Presence.RETRACTED),
            "since": one.at,
        }
        self._insert(device, shown)
        self._sites[one.device] = shown["site"]
        add_all(self._connection, insert(address_interval), one.data["intervals"])
        self._aliases |= {(name, one.device): since for name, since in one.data["aliases"]}
        self._transitions += (line for line in one.data["told"] if line["subject"] == one.device)

    def _insert(self, table: Table, values: Mapping[str, Any]) -> None:
        names = {column.name for column in table.c}
        self._connection.execute(insert(table), [{key: values[key] for key in values if key in names}])

    def _retract_findings(self) -> None:
        """Findings of which runs and decisions, as they are judged today, tell nothing."""
        lost: dict[str, tuple[Kept, str, str]] = {}
        for one in self._told:
            bearer = self._today(one.name)
            for measure, before, after in one.data["findings"]:
                name = f"{bearer}/{measure}"
                lost.pop(name, None)
                if before and after in ("", FindingState.RETRACTED) and bearer in self._sites:
                    lost[name] = one, bearer, measure
        known = self._known({bearer for _, bearer, _ in lost.values()})
        for name, (one, bearer, measure) in lost.items():
            if name in known:
                continue
            subject = f"{one.device}/{measure}"
            told = [line for line in one.data["told"] if line["subject"] == subject]
            self._transitions += ({**line, "subject": name} for line in told)
            kept = {"waiver": "", "opened": one.data["opened"].get(measure, ""), BY: one.decision}
            row_ = {"id": name, "device": bearer, "site": self._sites[bearer], "measure": measure}
            row_ |= {"state": str(FindingState.RETRACTED), "since": one.at, "data": to_text(kept)}
            self._insert(finding, row_)

    def _known(self, devices: Iterable[str]) -> set[str]:
        wanted = sorted(devices)
        found: set[str] = set()
        for place in range(0, len(wanted), 500):
            query = select(finding.c.id).where(finding.c.device.in_(wanted[place : place + 500]))
            found |= set(self._connection.execute(query).scalars())
        return found


def _transitions(one: Kept, subject: str) -> Iterator[dict[str, Any]]:
    """The changes of state that a reclassification made of what had one before."""
    before, after = one.data["presence"]
    retracted = str(Presence.RETRACTED)
    if before and (not after or retracted in (before, after)):
        yield _line(one, subject, before, after or retracted, Trigger.RECLASSIFIED)
    for measure, was, is_ in one.data["findings"]:
        if was and was != (is_ or FindingState.RETRACTED):
            lost = is_ in ("", FindingState.RETRACTED)
            trigger = Trigger.NOT_REACHED if lost else Trigger.FOUND_AGAIN
            yield _line(one, f"{subject}/{measure}", was, is_ or str(FindingState.RETRACTED), trigger)


def _line(one: Kept, subject: str, before: str, after: str, trigger: Trigger) -> dict[str, Any]:
    found = row(PRESENCE if trigger is Trigger.RECLASSIFIED else FINDINGS, before, trigger)
    lost = after in (Presence.RETRACTED, FindingState.RETRACTED)
    return {
        "subject": subject,
        "before": before,
        "after": after,
        "trigger": str(trigger),
        "needs": found.said(Patience()) if found is not None and lost else RESTORED,
        "run": "",
        "decision": one.decision,
        "at": one.at,
        "evidence": to_text([one.decision, *one.data["runs"]]),
    }


def _event(one: Kept, subject: str) -> dict[str, Any]:
    return {
        "kind": str(EventKind.RECLASSIFIED),
        "subject": subject,
        "at": one.at,
        "run": "",
        "decision": one.decision,
        "detail": one.data["said"],
    }

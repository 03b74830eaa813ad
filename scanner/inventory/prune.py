"""Old records are let go where nothing rests on them; what a run amounts to stays, and so do all states.

Of a run that is older than a day stay: what it amounts to and covered, every record of the run as a whole,
and every record at an address of a device that is still somebody's business, if a state of the device or of
a finding of it rests on that run. What it amounts to is not worked out again: views are told from there.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select

from scanner.inventory.decisions import time_text
from scanner.inventory.engine import Store
from scanner.inventory.ingest import add_to_chain
from scanner.inventory.reading import digest_in
from scanner.inventory.schema import (
    address_interval,
    alias,
    body,
    derived,
    device,
    finding,
    pruned,
    record,
    run,
    transition,
)
from scanner.inventory.words import FindingState, Presence
from scanner.model.errors import StoreUnusable, UsageError

_DAYS = {"d": 1, "w": 7, "y": 365}
_KEEP = re.compile(r"([0-9]{1,5})([dwy])")
LEAST = 30
"""Days that are always kept: a device is called removed after so many."""
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Share:
    """What is let go of one run."""

    run: str
    started: str
    records: int
    """To be removed."""
    left: int
    bytes: int
    """Of the records to be removed, without their bodies."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What pruning would let go."""

    before: datetime
    runs: tuple[Share, ...]
    skipped: int
    """Older runs that have no end yet, or of which more was taken than the views show."""
    bodies: int
    body_bytes: int

    @property
    def records(self) -> int:
        """All that are to be removed."""
        return sum(one.records for one in self.runs)

    @property
    def bytes(self) -> int:
        """Of all records and bodies to be removed."""
        return self.body_bytes + sum(one.bytes for one in self.runs)


def before(keep: str, now: datetime) -> datetime:
    """The moment before which records may go.

    Args:
        keep: for how long they are kept: days, weeks or years, as ``90d``, ``52w``, ``2y``.
        now: the moment.

    Raises:
        UsageError: it is no such time, or too short or too long a one.
    """
    found = _KEEP.fullmatch(keep.strip())
    if found is None:
        raise UsageError(f"--keep {keep}: write days, weeks or years, as 90d, 52w or 2y")
    days = int(found[1]) * _DAYS[found[2]]
    if days < LEAST:
        raise UsageError(f"--keep {keep}: at least {LEAST}d; states rest on sweeps of so many days")
    try:
        return now - timedelta(days=days)
    except OverflowError:
        raise UsageError(f"--keep {keep}: no calendar reaches so far back") from None


def plan(connection: Connection, moment: datetime) -> Plan:
    """What may go of the runs before a moment. The views have to be up to date.

    Args:
        connection: to the store.
        moment: as `before` gives it.
    """
    evidence = _Evidence(connection)
    shares, gone, skipped = [], set[str](), 0
    older = select(run).where(run.c.started < time_text(moment)).order_by(run.c.started, run.c.id)
    lines = {row.run: row.lines for row in connection.execute(select(derived.c.run, derived.c.lines))}
    for one in connection.execute(older).all():
        if one.finished is None or lines.get(one.id) != one.lines:
            skipped += 1
            continue
        share = _share(connection, one.id, one.started, evidence.of(one.id), gone)
        if share.records:
            shares.append(share)
    bodies, size = _unused(connection, gone, {one.run for one in shares}, evidence) if shares else ([], 0)
    return Plan(moment, tuple(shares), skipped, len(bodies), size)


class _Evidence:
    """At which addresses records of a run are evidence."""

    def __init__(self, connection: Connection) -> None:
        self._of_run: dict[str, set[str]] = {}
        self._places: dict[str, set[str]] = {}
        kept = _concerns(connection)
        self._runs(connection, kept)
        for row in connection.execute(select(address_interval.c.device, address_interval.c.address)):
            if row.device in kept:
                self._places.setdefault(row.device, set()).add(row.address)
        macs = select(alias.c.device, alias.c.alias).where(alias.c.alias.startswith("mac:"))
        for row in connection.execute(macs):
            if row.device in kept:
                self._places.setdefault(row.device, set()).add(row.alias.partition(":")[2])

    def _runs(self, connection: Connection, kept: set[str]) -> None:
        """The runs that a state rests on, by device."""
        rests = (
            select(device.c.id, device.c.first_run.label("run")),
            select(device.c.id, device.c.last_run.label("run")),
        )
        for query in rests:
            for owner, name in connection.execute(query):
                if owner in kept:
                    self._of_run.setdefault(name, set()).add(owner)
        changes = select(transition.c.subject, transition.c.run, transition.c.evidence)
        for row in connection.execute(changes.execution_options(yield_per=_AT_ONCE)):
            owner = row.subject.partition("/")[0]
            if owner in kept:
                for name in (row.run, *_names(row.evidence)):
                    self._of_run.setdefault(name, set()).add(owner)

    def of(self, name: str) -> set[str]:
        """The addresses of a run at which something is evidence."""
        return {place for owner in self._of_run.get(name, ()) for place in self._places.get(owner, ())}


def _names(evidence: str) -> list[str]:
    return [str(one) for one in json.loads(evidence)]


def _concerns(connection: Connection) -> set[str]:
    """Devices of which some finding is not retracted, and those without findings that are the maker's."""
    retracted = {str(FindingState.RETRACTED)}
    states: dict[str, set[str]] = {}
    for owner, state in connection.execute(select(finding.c.device, finding.c.state)):
        states.setdefault(owner, set()).add(state)
    query = select(device.c.id, device.c.presence)
    return {
        name
        for name, presence in connection.execute(query)
        if presence != Presence.RETRACTED and states.get(name) != retracted
    }


def _share(connection: Connection, name: str, started: str, kept: set[str], gone: set[str]) -> Share:
    """What goes of a run; notes the digests of the bodies that this points to."""
    removed = left = size = 0
    for _, address, data in _records(connection, name):
        if address and address not in kept:
            removed += 1
            size += len(data)
            if digest := digest_in(data):
                gone.add(digest)
        else:
            left += 1
    return Share(name, started, removed, left, size)


def _records(connection: Connection, name: str) -> Iterator[tuple[int, str, str]]:
    query = select(record.c.seq, record.c.address, record.c.data).where(record.c.run == name)
    rows = connection.execute(query.order_by(record.c.seq).execution_options(yield_per=_AT_ONCE))
    for row in rows:
        yield row.seq, row.address, row.data


def _unused(
    connection: Connection, gone: set[str], runs: set[str], evidence: _Evidence
) -> tuple[list[str], int]:
    """The bodies to which nothing points any more, and their size as they are kept."""
    left = set(gone)
    for name in connection.execute(select(run.c.id)).scalars().all():
        kept = evidence.of(name) if name in runs else None
        for _, address, data in _records(connection, name):
            if kept is None or not address or address in kept:
                left.discard(digest_in(data))
    size = 0
    unused = sorted(left)
    for place in range(0, len(unused), _AT_ONCE):
        part = body.c.digest.in_(unused[place : place + _AT_ONCE])
        size += connection.execute(select(func.sum(func.length(body.c.data))).where(part)).scalar() or 0
    return unused, size


def prune(store: Store, found: Plan, at: datetime) -> None:
    """Let go what a plan says, a run at a time: whoever is interrupted goes on where it was.

    Args:
        store: the store.
        found: the plan.
        at: now.

    Raises:
        StoreUnusable: the store cannot be written.
    """
    with store.reading() as connection:
        evidence = _Evidence(connection)
    for share in found.runs:
        with store.writing() as connection:
            _let_go(connection, share.run, evidence.of(share.run), at)
    with store.writing() as connection:
        _drop_bodies(connection)
    shrink(store)


def _let_go(connection: Connection, name: str, kept: set[str], at: datetime) -> None:
    chain, count, removed = "", 0, []
    for seq, address, data in _records(connection, name):
        if address and address not in kept:
            removed.append(seq)
        else:
            chain, count = add_to_chain(chain, data), count + 1
    for place in range(0, len(removed), _AT_ONCE):
        part = record.c.seq.in_(removed[place : place + _AT_ONCE])
        connection.execute(delete(record).where(record.c.run == name, part))
    mark = connection.execute(select(derived.c.mark).where(derived.c.run == name)).scalar_one()
    row = {"run": name, "at": time_text(at), "records": count, "chain": chain, "mark": mark}
    connection.execute(delete(pruned).where(pruned.c.run == name))
    connection.execute(insert(pruned), [row])


def _drop_bodies(connection: Connection) -> None:
    """Take away every body to which no record points."""
    used: set[str] = set()
    for name in connection.execute(select(run.c.id)).scalars().all():
        used.update(digest_in(data) for _, _, data in _records(connection, name))
    known = connection.execute(select(body.c.digest)).scalars().all()
    unused = [digest for digest in known if digest not in used]
    for place in range(0, len(unused), _AT_ONCE):
        connection.execute(delete(body).where(body.c.digest.in_(unused[place : place + _AT_ONCE])))


def shrink(store: Store) -> None:
    """Give the room back that is not needed any more.

    Raises:
        StoreUnusable: others use the store, or the disk is full.
    """
    if not store.sqlite:
        return  # the database does that by itself
    plain = sqlite3.connect(store.name, timeout=5.0, isolation_level=None)
    try:
        plain.execute("VACUUM")
        plain.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        raise StoreUnusable(f"{store.name}: pruned, but the room was not given back ({error})") from None
    finally:
        plain.close()


def is_before_edge(connection: Connection, name: str) -> bool:
    """Whether a run began before the newest of which records were pruned."""
    query = select(func.max(run.c.started)).join(pruned, pruned.c.run == run.c.id)
    edge = connection.execute(query).scalar()
    mine = connection.execute(select(run.c.started).where(run.c.id == name)).scalar()
    return edge is not None and mine is not None and mine < edge

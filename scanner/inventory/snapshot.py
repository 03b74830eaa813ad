"""What the inventory says as one report: of a run that it keeps, or of everything as of a day."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import ColumnElement, Connection, and_, select

from scanner.inventory.covered import Covered, coverage
from scanner.inventory.decisions import time_text
from scanner.inventory.findings import over
from scanner.inventory.reading import result_of
from scanner.inventory.schema import address_interval, alias, device, network_run, run, transition
from scanner.inventory.sites import REHEARSAL
from scanner.knowledge import Knowledge
from scanner.mandates import Facts
from scanner.model.coverage import Gap
from scanner.model.device import Device
from scanner.model.errors import UsageError
from scanner.model.finding import Text
from scanner.model.identity import Rung
from scanner.model.report import Report
from scanner.run.result import RunResult, build_report

GONE = frozenset({"removed-verified", "retracted"})
"""What is left out: its removal is verified, or it never was one."""
DUE = 30
"""Days after which a network that was covered whole is due again."""


@dataclass(frozen=True, slots=True)
class Lived:
    """A device over time, as it stood on the day."""

    site: str
    presence: str
    since: str
    first_at: str
    last_at: str
    run: str
    """A run up to that day that saw it, the last that is known."""
    states: Mapping[str, str] = field(default_factory=dict)
    """By measure."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A report, and what the inventory knows beside it."""

    report: Report
    site: str
    networks: tuple[Covered, ...]
    lives: Mapping[str, Lived]
    """By the id that the device has in the report."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the report is judged by."""

    knowledge: Knowledge
    profiles: Sequence[str] | None = None
    """None: those of the runs."""
    facts: Facts | None = None
    """None: those of the runs."""


def last_run(connection: Connection, site: str | None = None) -> str:
    """The run that began last; one of the rehearsal only if it is asked for or there is no other.

    Raises:
        UsageError: the inventory has no run.
    """
    query = select(run.c.id).where(run.c.lines > 0).order_by(run.c.started.desc(), run.c.id.desc()).limit(1)
    wanted = [run.c.site == site] if site is not None else [run.c.site != REHEARSAL, run.c.site == REHEARSAL]
    for condition in wanted:
        if (found := connection.execute(query.where(condition)).scalar()) is not None:
            return str(found)
    where = f" of the site {site}" if site is not None else ""
    raise UsageError(f"the inventory has no run{where} yet; 'hiksweep scan' makes one")


def of_run(connection: Connection, name: str, asked: Asked) -> Snapshot:
    """One run, with what the inventory knew of its devices and networks on the day of the run.

    Raises:
        UsageError: an unknown profile, or facts that do not fit.
    """
    result = result_of(connection, name, asked.knowledge)
    report = build_report([result], asked.knowledge, asked.profiles, asked.facts)
    site = str(connection.execute(select(run.c.site).where(run.c.id == name)).scalar_one())
    day = date.fromisoformat(result.started.started[:10])
    lives, owners = _lives(connection, day, site), _owners(connection)
    known = {one.id: lives[owner] for one in report.devices if (owner := _owner(one, owners, lives))}
    return Snapshot(report, site, tuple(coverage(connection, day, site)), known)


def as_of(connection: Connection, day: date, asked: Asked, site: str | None = None) -> Snapshot:
    """Every device that the inventory knew on a day and whose removal was not verified by then.

    The report is made of each network's last run up to that day, and of the last run that saw each device
    which these did not see. A network that was not covered whole in the ``DUE`` days before it is a gap.

    Raises:
        UsageError: no run had begun by that day, an unknown profile, or facts that do not fit.
    """
    networks, lives, owners = (
        coverage(connection, day, site),
        _lives(connection, day, site),
        _owners(connection),
    )
    names = _runs_of_networks(connection, day, site)
    recent = {name: result_of(connection, name, asked.knowledge) for name in names}
    late = _runs_of_the_unseen(recent, owners, lives) - set(recent)
    older = {name: result_of(connection, name, asked.knowledge) for name in sorted(late)}
    if not recent and not older:
        raise UsageError(f"the inventory has no run up to {day}; 'hiksweep coverage' tells what it has")
    report = build_report([*recent.values(), *older.values()], asked.knowledge, asked.profiles, asked.facts)
    counted = build_report(list((recent or older).values()), asked.knowledge, (), None).coverage
    counted = replace(counted, gaps=(*counted.gaps, *_due(networks, day)))
    known: dict[str, Lived] = {}
    devices = tuple(_by_their_owners(report, owners, lives, known))
    removed = sum(one.presence == "removed-verified" for one in lives.values())
    notes = [Text(f"Devices whose removal is verified are left out: {removed:,}.")] if removed else []
    if retired := [one.prefix for one in networks if one.retired]:
        told = f"Declared out of service by a person, and not covered since: {', '.join(retired)}."
        notes.append(Text(f"{told} What was found there is declared removed, not verified."))
    named = replace(report.run, id=f"as-of-{day}" + (f"-{site}" if site else ""))
    whole = replace(report, run=named, devices=devices, coverage=counted, notes=(*report.notes, *notes))
    return Snapshot(whole, site or "", tuple(networks), known)


def _due(networks: Sequence[Covered], day: date) -> Iterator[Gap]:
    """Networks that the last weeks say too little about."""
    for one in networks:
        if not one.retired and (one.days is None or one.days > DUE):
            ago = (
                f"covered whole {one.days} days before {day}" if one.at else f"not covered whole up to {day}"
            )
            yield Gap(one.prefix, "sweep", "due", ago, affects_verdict=True)


def _by_their_owners(
    report: Report, owners: Mapping[str, list[str]], lives: Mapping[str, Lived], known: dict[str, Lived]
) -> Iterator[Device]:
    """The devices by the inventory's own ids, each once, without those whose removal is verified."""
    for one in report.devices:
        candidates = _candidates(one, owners, lives)
        if not candidates:
            yield one
            continue
        # Two sites may use the same address: each device there gets an id of its own.
        owner = next((name for name in candidates if name not in known), None)
        if owner is not None and lives[owner].presence not in GONE:
            known[owner] = lives[owner]
            yield replace(one, id=owner)


def _owners(connection: Connection) -> dict[str, list[str]]:
    """Which devices were ever called by a name; of those without one, who was at an address."""
    found: dict[str, list[str]] = {}
    for row in connection.execute(select(alias.c.alias, alias.c.device)):
        found.setdefault(row.alias, []).append(row.device)
    nameless = select(device.c.id, device.c.addresses).where(device.c.names == "[]").order_by(device.c.id)
    for row in connection.execute(nameless):
        for address in json.loads(row.addresses):
            found.setdefault(address, []).append(row.id)
    return found


def _candidates(one: Device, owners: Mapping[str, list[str]], lives: Mapping[str, Lived]) -> list[str]:
    """The inventory's own ids of a device of a run; of one without a lasting name those at its address."""
    found = [name for name in (one.id, *owners.get(one.id, ())) if name in lives]
    if not found and (one.identity is None or one.identity.rung is Rung.ADDRESS):
        found = [name for address in one.addresses for name in owners.get(address, ()) if name in lives]
    return found


def _owner(one: Device, owners: Mapping[str, list[str]], lives: Mapping[str, Lived]) -> str | None:
    """The inventory's own id of a device of a run."""
    return next(iter(_candidates(one, owners, lives)), None)


def _runs_of_the_unseen(
    results: Mapping[str, RunResult], owners: Mapping[str, list[str]], lives: Mapping[str, Lived]
) -> set[str]:
    """The runs that saw what these runs did not see and what is not known to be removed."""
    seen = {_owner(one, owners, lives) for result in results.values() for one in result.devices()}
    return {
        one.run for name, one in lives.items() if name not in seen and one.run and one.presence not in GONE
    }


def _of_site(column: ColumnElement[str], site: str | None) -> ColumnElement[bool]:
    return column != REHEARSAL if site is None else column == site


def _runs_of_networks(connection: Connection, day: date, site: str | None) -> list[str]:
    """The last run of each prefix up to a day."""
    query = select(network_run.c.site, network_run.c.prefix, network_run.c.run)
    query = query.where(and_(_of_site(network_run.c.site, site), network_run.c.at < time_text(over(day))))
    last = {
        (row.site, row.prefix): row.run
        for row in connection.execute(query.order_by(network_run.c.at, network_run.c.run))
    }
    return sorted(set(last.values()))


def _lives(connection: Connection, day: date, site: str | None) -> dict[str, Lived]:
    """Each device that had been seen by a day, with its states as they were then."""
    end = time_text(over(day))
    states: dict[str, tuple[str, str]] = {}
    moves = select(transition.c.subject, transition.c.after, transition.c.at).where(transition.c.at < end)
    for row in connection.execute(moves.order_by(transition.c.place)):
        states[row.subject] = (row.after, row.at)
    measures: dict[str, dict[str, str]] = {}
    for subject, (state, _) in states.items():
        owner, _, measure = subject.partition("/")
        if measure:
            measures.setdefault(owner, {})[measure] = state
    last = _last_seen(connection, end)
    found = {}
    query = select(device).where(_of_site(device.c.site, site), device.c.first_at < end)
    for row in connection.execute(query):
        presence, since = states.get(row.id, (row.presence, row.since))
        at, seen_in = last.get(row.id, (row.first_at, row.first_run))
        if row.last_at < end:
            at, seen_in = row.last_at, row.last_run
        known = measures.get(row.id, {})
        found[row.id] = Lived(row.site, presence, since, row.first_at, at, seen_in, known)
    return found


def _last_seen(connection: Connection, end: str) -> dict[str, tuple[str, str]]:
    """When each device that was seen later too was seen before a moment, so far as its addresses tell."""
    query = select(address_interval).where(address_interval.c.first_at < end)
    found: dict[str, tuple[str, str]] = {}
    for row in connection.execute(query.order_by(address_interval.c.first_at)):
        mine = (row.last_at, row.last_run) if row.last_at < end else (row.first_at, row.first_run)
        found[row.device] = max(mine, found.get(row.device, mine))
    return found

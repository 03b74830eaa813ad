"""What the inventory says: devices, findings, one device's history, and what was covered when."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, literal, or_, select, tuple_

from scanner.inventory.decisions import decisions, time_text
from scanner.inventory.devices import PREFIX, own_id
from scanner.inventory.findings import over
from scanner.inventory.hints import Hint, may_be
from scanner.inventory.schema import (
    address_interval,
    alias,
    decided,
    device,
    event,
    finding,
    run,
    transition,
)
from scanner.inventory.sites import REHEARSAL
from scanner.inventory.tables import to_text
from scanner.inventory.words import Decision, FindingState, Presence
from scanner.model.errors import UsageError

_ANCHORS = ("seen", "with_seen", "sights")
"""How a decision names devices by runs, for programs."""
_NEVER_TOLD = 5
"""Matches named when a text fits several devices."""


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list."""

    limit: int | None = None
    after: str = ""
    """The id of the last line of the part before."""


EVERYTHING = Page()


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A device of the inventory as it was last seen."""

    id: str
    site: str
    presence: str
    since: str
    first_at: str
    last_at: str
    last_run: str
    addresses: tuple[str, ...]
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding, with its device."""

    id: str
    measure: str
    state: str
    since: str
    until: str | None
    """The last day of its waiver."""
    device: DeviceRow


@dataclass(frozen=True, slots=True)
class Interval:
    """An address that a device had."""

    site: str
    address: str
    first_at: str
    last_at: str


@dataclass(frozen=True, slots=True)
class Told:
    """One line of a history."""

    at: str
    subject: str
    what: str
    """``PRESENCE → PRESENCE`` of a transition, else the kind of an event or decision."""
    why: str
    by: str
    """The run, or who decided."""


@dataclass(frozen=True, slots=True)
class History:
    """Everything that is known of one device over time."""

    device: DeviceRow
    aliases: tuple[str, ...]
    intervals: tuple[Interval, ...]
    findings: tuple[FindingRow, ...]
    told: tuple[Told, ...]
    may_be: Hint | None = None
    """An earlier device that it may be, where no name of it survived."""


def list_devices(
    connection: Connection,
    *,
    site: str | None = None,
    presence: Collection[str] = (),
    ids: Collection[str] = (),
    page: Page = EVERYTHING,
) -> list[DeviceRow]:
    """The devices of the inventory, by site and id; the rehearsal and what is retracted only where named.

    Raises:
        UsageError: the page begins after a device that is not there.
    """
    query = select(device).where(_of_site(site))
    if presence:
        query = query.where(device.c.presence.in_(presence))
    elif not ids:
        query = query.where(device.c.presence != Presence.RETRACTED)
    if ids:
        query = query.where(device.c.id.in_(ids))
    if page.after:
        last = select(device.c.site, device.c.id).where(device.c.id == page.after)
        query = query.where(
            tuple_(device.c.site, device.c.id) > tuple_(*_place(connection, last, page.after))
        )
    query = query.order_by(device.c.site, device.c.id).limit(page.limit)
    return [_device(row) for row in connection.execute(query)]


def _place(connection: Connection, query: Select[Any], name: str) -> Sequence[Any]:
    row = connection.execute(query).one_or_none()
    if row is None:
        raise UsageError(f"--after {name}: the inventory knows no such line")
    return [literal(value) for value in row]


def _of_site(site: str | None) -> ColumnElement[bool]:
    return device.c.site != REHEARSAL if site is None else device.c.site == site


def _device(row: Any) -> DeviceRow:
    return DeviceRow(
        id=row.id,
        site=row.site,
        presence=row.presence,
        since=row.since,
        first_at=row.first_at,
        last_at=row.last_at,
        last_run=row.last_run,
        addresses=tuple(json.loads(row.addresses)),
        fields=json.loads(row.fields),
    )


def list_findings(
    connection: Connection,
    today: date,
    *,
    site: str | None = None,
    states: Collection[str] = (),
    measure: str | None = None,
    of: str | None = None,
    page: Page = EVERYTHING,
) -> list[FindingRow]:
    """The findings of the inventory.

    Args:
        connection: to the store.
        today: a waiver whose last day is over has ended, though no run came since to say so.
        site: of this site only; without it the rehearsal is left out.
        states: in these states only.
        measure: of this measure only.
        of: of this device only.
        page: a part of the list.

    Raises:
        UsageError: the page begins after a finding that is not there.
    """
    columns = (
        finding.c.id.label("finding"),
        finding.c.measure,
        finding.c.state,
        finding.c.since.label("state_since"),
        finding.c.until,
        *device.c,
    )
    query = select(*columns).join(device, device.c.id == finding.c.device)
    if of is not None:
        query = query.where(finding.c.device == of)
    else:
        query = query.where(finding.c.site != REHEARSAL if site is None else finding.c.site == site)
    if measure is not None:
        query = query.where(finding.c.measure == measure)
    if states:
        ended = and_(finding.c.state == str(FindingState.WAIVED), finding.c.until < today.isoformat())
        query = query.where(case((ended, str(FindingState.OPEN)), else_=finding.c.state).in_(states))
    if page.after:
        last = select(finding.c.site, finding.c.id).where(finding.c.id == page.after)
        place = _place(connection, last, page.after)
        query = query.where(tuple_(finding.c.site, finding.c.id) > tuple_(*place))
    query = query.order_by(finding.c.site, finding.c.id).limit(page.limit)
    return [_finding(row, today) for row in connection.execute(query)]


def _finding(row: Any, today: date) -> FindingRow:
    state, since, until = row.state, row.state_since, row.until
    if state == FindingState.WAIVED and until and date.fromisoformat(until[:10]) < today:
        state, since, until = FindingState.OPEN, time_text(over(date.fromisoformat(until[:10]))), None
    return FindingRow(row.finding, row.measure, str(state), since, until, _device(row))


def find_device(connection: Connection, what: str, mac: str | None = None) -> str:
    """The id of the device that a user means: an id or alias or its beginning, an address, a serial or a MAC.

    Args:
        connection: to the store.
        what: as the user wrote it.
        mac: the MAC address that it is, canonical; None: it is none.

    Raises:
        UsageError: there is none, or several.
    """
    found = sorted(_candidates(connection, what.strip(), mac))
    if not found:
        raise UsageError(f"{what}: the inventory knows no such device; 'hiksweep devices' lists them")
    if len(found) > 1:
        named = ", ".join(found[:_NEVER_TOLD]) + (", ..." if len(found) > _NEVER_TOLD else "")
        raise UsageError(f"{what}: fits {len(found)} devices ({named}); name one by its id")
    return found[0]


def _candidates(connection: Connection, what: str, mac: str | None) -> set[str]:
    if not what:
        return set()
    exact = select(device.c.id).where(device.c.id == what)
    called = select(alias.c.device).where(alias.c.alias == what)
    there = select(device.c.id).where(device.c.addresses.contains(to_text(what), autoescape=True))
    once = select(address_interval.c.device).where(address_interval.c.address == what)
    for query in (exact, called, there, once):
        if found := set(connection.execute(query).scalars()):
            return found
    prefix = select(device.c.id).where(device.c.id.startswith(what, autoescape=True))
    beginning = select(alias.c.device).where(alias.c.alias.startswith(what, autoescape=True))
    found = set(connection.execute(prefix).scalars()) | set(connection.execute(beginning).scalars())
    return found or _by_former_id(connection, what) or _by_field(connection, mac or what)


def _by_former_id(connection: Connection, what: str) -> set[str]:
    """Who had this id, or would have had it: one is made of the best name that was known first."""
    if not what.startswith(PREFIX):
        return set()
    return {
        row.device
        for row in connection.execute(select(alias.c.alias, alias.c.device))
        if what in (own_id(f"{realm} {row.alias}") for realm in ("", REHEARSAL))
    }


def _by_field(connection: Connection, what: str) -> set[str]:
    query = select(device.c.id, device.c.fields)
    return {
        row.id
        for row in connection.execute(query)
        if what.casefold() in (str(value).casefold() for value in json.loads(row.fields).values())
    }


def history(connection: Connection, name: str, today: date) -> History:
    """Everything that is known of a device, in the order of time.

    Args:
        connection: to the store.
        name: its id.
        today: as for `list_findings`.
    """
    row = connection.execute(select(device).where(device.c.id == name)).one()
    findings = tuple(list_findings(connection, today, of=name))
    subject = transition.c.subject.in_([name, *(one.id for one in findings)])
    called = select(alias.c.alias).where(alias.c.device == name).order_by(alias.c.since, alias.c.alias)
    aliases = tuple(connection.execute(called).scalars())
    told = [
        Told(time_text(one.at), one.subject, one.kind, _said(one), one.by)
        for one in _decisions_on(connection, name, {name, *aliases})
    ]
    told += [
        Told(one.at, one.subject, f"{one.before or '—'} → {one.after}", one.needs, one.run or one.decision)
        for one in connection.execute(select(transition).where(subject).order_by(transition.c.place))
    ]
    events = select(event).where(event.c.subject == name).order_by(event.c.place)
    told += [
        Told(one.at, name, one.kind, one.detail, one.run or one.decision)
        for one in connection.execute(events)
    ]
    spans = select(address_interval).where(address_interval.c.device == name)
    return History(
        device=_device(row),
        aliases=aliases,
        intervals=tuple(
            Interval(one.site, one.address, one.first_at, one.last_at)
            for one in connection.execute(
                spans.order_by(address_interval.c.first_at, address_interval.c.address)
            )
        ),
        findings=findings,
        told=tuple(sorted(told, key=lambda one: one.at)),
        may_be=may_be(connection, (name,)).get(name),
    )


def _decisions_on(connection: Connection, name: str, names: Collection[str]) -> Iterator[Decision]:
    """What persons decided of a device, whatever its id was then."""
    mine = or_(decided.c.subject == name, decided.c.subject.startswith(f"{name}/", autoescape=True))
    on = set(connection.execute(select(decided.c.decision).where(mine)).scalars())
    for one in decisions(connection):
        said_of = {one.subject.partition("/")[0], str(one.data.get("with", "")), *one.data.get("names", ())}
        if one.id in on or one.subject in on or not said_of.isdisjoint(names):
            on.add(one.id)
            yield one


def _said(decision: Decision) -> str:
    said = {key: value for key, value in decision.data.items() if value and key not in _ANCHORS}
    return "; ".join(f"{key}: {value}" for key, value in said.items())


def anchor(connection: Connection, name: str) -> list[str]:
    """A run that saw a device, and what the run called it: this names it whatever its id is later on.

    The id comes from the first name by which a device was known, and a journal that arrives late may know an
    earlier one.
    """
    found = connection.execute(select(device.c.called).where(device.c.id == name)).scalar()
    return list(map(str, json.loads(found))) if found else []


def day_of(text: str, today: datetime) -> date:
    """A day as a user writes it.

    Raises:
        UsageError: it is no day, or has not come yet.
    """
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text}: not a day; write it as YYYY-MM-DD") from None
    if found > today.date() + timedelta(days=1):
        raise UsageError(f"{text} has not come yet")
    return found


def open_questions(connection: Connection) -> Iterator[tuple[str, str, str]]:
    """Networks that fell silent, for a person to say why: site and prefix, since when, what was heard."""
    asked: dict[str, tuple[str, str, str]] = {}
    kinds = ("question", "answered")
    for row in connection.execute(select(event).where(event.c.kind.in_(kinds)).order_by(event.c.place)):
        if row.kind == "question":
            asked[row.subject] = (row.subject, row.at, row.detail)
        else:
            asked.pop(row.subject, None)
    yield from asked.values()


def run_id(connection: Connection, what: str) -> str:
    """The run that a user means, by its id or the beginning of it.

    Raises:
        UsageError: there is none, or several.
    """
    query = select(run.c.id).where(run.c.id.startswith(what, autoescape=True)).order_by(run.c.id)
    found = list(connection.execute(query.limit(_NEVER_TOLD + 1)).scalars())
    if what in found or len(found) == 1:
        return what if what in found else found[0]
    if not found:
        raise UsageError(f"{what}: the store has no such run")
    raise UsageError(f"{what}: fits several runs ({', '.join(found[:_NEVER_TOLD])}); write more of its id")

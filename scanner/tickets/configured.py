"""The desk that hiksweep.toml describes."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from scanner.config.location import place_of
from scanner.config.settings import Configuration
from scanner.config.tickets import Tickets
from scanner.inventory.engine import Store
from scanner.inventory.outbox import Outbox
from scanner.knowledge import Knowledge
from scanner.model.errors import UsageError
from scanner.tickets.apply import Outcome, utc_now
from scanner.tickets.desk import Desk, Wishes
from scanner.tickets.plan import Plan
from scanner.tickets.policy import Again, TicketPolicy
from scanner.tickets.remembered import Remembered
from scanner.tickets.trackers import SENDERS, adapter, post
from scanner.tickets.trackers.interface import Place, Tracker
from scanner.tickets.trackers.sending import Way
from scanner.tickets.words import Act, Grouping
from scanner.transports.tracker_http import TrackerHttp


def name_of(table: Tickets) -> str:
    """The tracker's name in the outbox: its kind and where it is."""
    return f"{table.tracker} {table.url} {table.project or ''}".strip()


def policy_of(table: Tickets) -> TicketPolicy:
    """What the configuration wants done."""
    return TicketPolicy(
        grouping=Grouping(str(table.grouping)),
        levels=frozenset(map(str, table.levels)),
        close_retracted=table.close_retracted,
        closed_by_person=Again(str(table.still_there)),
        most_creates=table.most_creates,
        most_closes=table.most_closes,
        auto=frozenset(Act(str(one)) for one in table.auto),
    )


def desk_of(
    found: Configuration,
    store: Store,
    knowledge: Knowledge,
    *,
    now: Callable[[], datetime] = utc_now,
    sleep: Callable[[float], None] = time.sleep,
) -> Desk:
    """The desk of a configuration; nothing is asked yet.

    Args:
        found: the configuration.
        store: of the inventory.
        knowledge: as loaded.
        now: the clock.
        sleep: waits, in seconds.

    Raises:
        UsageError: it names no tracker, or the secret cannot be read.
    """
    table = found.settings.tickets
    for name in ("tracker", "url"):
        if getattr(table, name) is None:
            raise UsageError(f"{found.path}: [tickets] needs {name}; 'hiksweep config example' shows how")
    tracker = _tracker_of(table, found.folder, Outbox(store, f"{name_of(table)} told"), now, sleep)
    templates = _path(table.templates, found.folder)
    wishes = Wishes(
        {site: str(language) for site, language in table.languages.items()},
        templates,
        table.report or "",
    )
    return Desk(
        store,
        tracker,
        name_of(table),
        knowledge,
        policy_of(table),
        wishes,
        now=now,
        sleep=sleep,
    )


def _tracker_of(
    table: Tickets,
    folder: Path,
    ledger: Outbox,
    now: Callable[[], datetime],
    sleep: Callable[[float], None],
) -> Tracker:
    """The tracker of a configuration; the ledger is for one that cannot be asked."""
    secret = table.secret.read(folder) if table.secret is not None else ""
    authority = _path(table.authority, folder)
    place = Place(
        user=table.user or "",
        project=table.project or "",
        kind=table.kind or "",
        field=table.field or "",
        closed=table.closed,
        reopened=table.reopened or "",
        public=table.public,
        sender=table.sender or "",
    )
    kind, url, user = str(table.tracker), str(table.url), table.user or ""
    if kind in SENDERS:
        return Remembered(post(kind).sender(Way(url, place, user, secret, authority)), ledger, now)
    module = adapter(kind)
    http = TrackerHttp(url, module.authorise(user, secret), authority=authority, sleep=sleep)
    return module.tracker(http, place)


def write_by_itself(found: Configuration, store: Store, knowledge: Knowledge) -> list[Outcome]:
    """Do what the configuration lets a schedule do by itself; nothing where it says nothing.

    Raises:
        UsageError: it is more at once than may be done without a person, or something is wrong.
        ServiceFault: the tracker cannot be read.
        Locked: another program writes tickets now.
        StoreUnusable: the store cannot be used.
    """
    table = found.settings.tickets
    if table.tracker is None or not table.auto:
        return []
    desk, policy = desk_of(found, store, knowledge), policy_of(table)
    with desk.alone():
        steps = tuple(step for step in desk.plan().writes if step.act in policy.auto)
        if why := Plan(steps).needs_word(policy):
            raise UsageError(f"{why}; look at 'hiksweep tickets plan'")
        return list(desk.apply(steps))


def _path(given: str | None, folder: Path) -> Path | None:
    return None if given is None else Path(place_of(given, folder))

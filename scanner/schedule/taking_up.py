"""Whether a network's last run is gone on with, wherever it was begun, or a new one begins."""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta
from pathlib import Path

from scanner.inventory.engine import Store
from scanner.inventory.restore import holds, write_journal
from scanner.model.errors import StoreUnusable, UsageError
from scanner.run.plan import Plan
from scanner.run.resume import Unfinished, unfinished
from scanner.schedule.due import LastRun

TOO_OLD = timedelta(days=31)
"""A run is dated by its beginning: what is seen so much later belongs to another."""
ASIDE = ".left"
"""Added to the name of a journal of a run with which another machine went on from an earlier line."""


def to_go_on_with(
    last: LastRun | None, plan: Plan, store: Store | None, folder: Path, now: datetime
) -> Unfinished | None:
    """The unfinished run of a network that is gone on with; None = a new one begins.

    Args:
        last: its last run.
        plan: of a new run; what an earlier one may send is what this one may, or it is left.
        store: tells what other machines did, also where no journal is here; None = there is none.
        folder: the data folder.
        now: the moment.

    Raises:
        Locked: somebody is at it.
    """
    if last is None or last.finished or not last.run or now - last.started > TOO_OLD:
        return None
    path = folder / "journals" / f"{last.run}.jsonl"
    if store is not None:
        with contextlib.suppress(StoreUnusable):
            _bring(store, last.run, path)
    try:
        found = unfinished(path) if path.exists() else None
    except UsageError:
        return None
    return found if found is not None and _is_the_same(found, plan) else None


def _bring(store: Store, run: str, path: Path) -> None:
    """Have the journal hold what the store does."""
    if not holds(store, run):
        return
    try:
        write_journal(store, run, path)
    except UsageError:
        # Another machine went on with it, while this one was still writing what nobody took.
        path.rename(path.with_name(path.name + ASIDE))
        write_journal(store, run, path)


def _is_the_same(found: Unfinished, plan: Plan) -> bool:
    """Whether what it would still send is what a run of today may."""
    asked, request = found.started_record.asked, plan.request
    return (
        found.scope.walked == plan.scope.walked
        and found.scope.unwalked == plan.scope.unwalked
        and found.scope.excluded == plan.scope.excluded
        and tuple(asked.get("ports", ())) == request.ports
        and asked.get("rate") == request.rate
        and asked.get("multicast") == request.multicast
        and tuple(asked.get("routers", ())) == request.routers
    )

"""Views brought up to date with the records, or dropped and made anew.

What came last is told on from where the last refresh left off; what came late is told from the newest
checkpoint before it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from scanner.inventory import retracted
from scanner.inventory.cells import Cells
from scanner.inventory.checkpoints import Checkpoint, alone, before, checkpoints
from scanner.inventory.concluding import conclude_all
from scanner.inventory.decisions import decisions, time_of, time_text
from scanner.inventory.derive import Derived, unpacked
from scanner.inventory.devices import NOBODY, barred_names
from scanner.inventory.engine import Store
from scanner.inventory.garbage import uncollected
from scanner.inventory.schema import alias, appearance, decided, derived, device, run
from scanner.inventory.story import Chapter, Decided, Ground, ReachesBack, Story
from scanner.inventory.telling import StoredRun
from scanner.inventory.views import unpacked_numbers
from scanner.inventory.writing import Spool, write
from scanner.knowledge import Knowledge
from scanner.model.errors import StoreUnusable

_TRIES = 5
DEVICES_IN_MEMORY = 200_000
"""Devices of runs that are kept between two passes: about 200 MB."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What bringing the views up to date came to."""

    runs: int
    derived: int
    """Runs that were worked out anew."""
    devices: int
    told: int = 0
    """Runs that were told; the others stand as they were told before."""
    kept: int = 0
    """Runs that stay as other knowledge than today's had concluded them."""


def refresh(store: Store, knowledge: Knowledge, *, anew: bool = False) -> Rebuilt:
    """Bring the views up to date.

    Args:
        store: the store.
        knowledge: what is known today.
        anew: drop them first, and work out every run again that what is known today had concluded; otherwise
            only runs of which more is known than before. What was pruned stays as it was worked out then.

    Raises:
        StoreUnusable: it cannot be read or written, or others write in it all the time.
    """
    concluded = conclude_all(store, knowledge, anew=anew)
    told = tell(store, anew=anew)
    with store.reading() as connection:
        runs = connection.execute(select(func.count()).select_from(derived)).scalar_one()
        devices = connection.execute(select(func.count()).select_from(device)).scalar_one()
    return Rebuilt(runs, concluded.fresh, devices, told, concluded.kept)


def tell(store: Store, *, anew: bool = False) -> int:
    """Tell what the views do not show yet; returns how many runs had to be told for that.

    Args:
        store: the store.
        anew: tell everything from the beginning.

    Raises:
        StoreUnusable: it cannot be read or written, or others write in it all the time.
    """
    with uncollected():
        return _tell(store, anew=anew)


def _tell(store: Store, *, anew: bool) -> int:
    for _ in range(_TRIES):
        with store.reading() as connection:
            past = _Past(connection)
            since = past.unknown_since()
            if since is False and not anew:
                return 0
            spool = Spool()
            story, base, runs = past.story(None if anew or since is False else since, spool)
        with store.writing() as connection:
            alone(store, connection)
            if _Past(connection).mark != past.mark:
                continue  # somebody took a run or decided something meanwhile
            newest = past.checkpoints[0] if past.checkpoints else None
            retracted.take_out(connection)
            write(store, connection, story, base, newest, [run.id for run in runs.heads], spool)
            retracted.put_in(store, connection)
        return len(runs.heads)
    raise StoreUnusable(f"{store.name}: others write in it all the time; try again")


@dataclass(frozen=True, slots=True)
class _Head:
    """A run that was worked out."""

    started: str
    id: str
    site: str
    mark: str
    shared: frozenset[str]

    @property
    def at(self) -> datetime:
        return time_of(self.started)


class _Past:
    """What a store holds, and what of it the views show."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        query = select(run.c.started, run.c.id, run.c.site, derived.c.mark, derived.c.shared)
        rows = connection.execute(query.join(derived, derived.c.run == run.c.id))
        self.heads = sorted(
            (
                _Head(row.started, row.id, row.site, row.mark, frozenset(json.loads(row.shared)))
                for row in rows
            ),
            key=lambda one: (one.at, one.id),
        )
        self.decisions = decisions(connection)
        self.checkpoints = checkpoints(connection)
        self.told = {
            row.run: row.mark for row in connection.execute(select(appearance.c.run, appearance.c.mark))
        }
        self.decided = {
            row.decision: Decided(row.subject, _pair(row.united), row.number)
            for row in connection.execute(select(decided))
        }

    @property
    def mark(self) -> object:
        """What differs when anything came, or was told, meanwhile."""
        places = [(one.place, one.at) for one in self.checkpoints]
        return [(one.id, one.mark) for one in self.heads], [one.id for one in self.decisions], places

    def unknown_since(self) -> datetime | bool | None:
        """From when on something is not told yet; None: from the beginning, False: nothing."""
        known = {one.id for one in self.heads}
        if any(name not in known for name in self.told):
            return None
        if not self.checkpoints and (self.heads or self.decisions):
            return None
        made = {one.id for one in self.decisions}
        if any(name not in made for name in self.decided):
            return None
        times = [one.at for one in self.heads if self.told.get(one.id) != one.mark]
        times += [one.at for one in self.decisions if one.id not in self.decided]
        return min(times) if times else False

    def story(self, since: datetime | bool | None, spool: Spool) -> tuple[Story, Checkpoint | None, _Runs]:
        """The whole, told from the newest checkpoint from which that can be done."""
        barred = barred_names(self.heads, self.decisions)
        at = since if isinstance(since, datetime) else None
        while True:
            base = before(self.checkpoints, at)
            runs = _Runs(self._connection, [one for one in self.heads if _follows(one.at, base)])
            marks = {one.id: one.mark for one in runs.heads}
            spool.clear()

            def chapter(told: Chapter, marks: dict[str, str] = marks) -> None:
                spool.add(told, marks[told.run])

            try:
                return Story(runs, self.decisions, self._ground(base), barred, chapter), base, runs
            except ReachesBack as reason:
                if base is None:
                    raise
                at = base.at if reason.at is None else min(base.at, reason.at)
                if reason.at is None:
                    at = None

    def _ground(self, base: Checkpoint | None) -> Ground:
        if base is None:
            return Ground()
        until = time_text(base.at)

        def named(name: str) -> Sequence[str]:
            query = select(alias.c.device).where(alias.c.alias == name, alias.c.since <= until)
            return self._connection.execute(query).scalars().all()

        return Ground(
            cells=Cells(self._connection, base.place),
            at=base.at,
            foresight=base.foresight,
            barred=self.checkpoints[0].barred,
            decided=self.decided,
            named=named,
            called=self._called,
        )

    def _called(self, name: str, called: str) -> int | None:
        """The device that an earlier run called so."""
        query = select(appearance.c.numbers, derived.c.data).join(derived, derived.c.run == appearance.c.run)
        row = self._connection.execute(query.where(appearance.c.run == name)).one_or_none()
        if row is None:
            return None
        pairs = zip(unpacked_numbers(row.numbers), unpacked(row.data).found, strict=True)
        known = [number for number, one in pairs if one.called == called and number != NOBODY]
        return known[-1] if known else None


def _follows(at: datetime, base: Checkpoint | None) -> bool:
    return base is None or time_text(at) > time_text(base.at)


def _pair(text: str) -> tuple[int, int] | None:
    first, _, second = text.partition(" ")
    return (int(first), int(second)) if second else None


class _Runs:
    """Some runs of a store in the order of their own time.

    Each pass goes through them one at a time; what fits into memory is read once.
    """

    def __init__(self, connection: Connection, heads: Sequence[_Head]) -> None:
        self._connection = connection
        self.heads = heads
        self._kept: dict[str, Derived] = {}
        self._room = DEVICES_IN_MEMORY

    def __iter__(self) -> Iterator[StoredRun]:
        for head in self.heads:
            yield StoredRun(head.id, head.site, head.started, self._derived(head.id))

    def _derived(self, name: str) -> Derived:
        known = self._kept.get(name)
        if known is None:
            query = select(derived.c.data).where(derived.c.run == name)
            known = unpacked(self._connection.execute(query).scalar_one())
            self._room -= len(known.found)
            if self._room >= 0:
                self._kept[name] = known
        return known

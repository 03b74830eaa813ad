"""Views brought up to date with the records, or dropped and made anew."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, delete, func, insert, select

from scanner.inventory.decisions import decisions
from scanner.inventory.derive import Derived, derive, packed, unpacked
from scanner.inventory.engine import Store
from scanner.inventory.reading import result_of
from scanner.inventory.schema import VIEWS, decision, derived, run
from scanner.inventory.tables import to_text
from scanner.inventory.views import StoredRun, Story, rows_of
from scanner.knowledge import Knowledge
from scanner.model.errors import StoreUnusable

_AT_ONCE = 2000
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


def knowledge_mark(knowledge: Knowledge) -> str:
    """A digest of what is known, by which it shows that a run was worked out with something else."""
    versions = {name: asdict(version) for name, version in knowledge.versions.items()}
    return hashlib.sha256(to_text(versions).encode()).hexdigest()[:16]


def refresh(store: Store, knowledge: Knowledge, *, anew: bool = False) -> Rebuilt:
    """Bring the views up to date.

    Args:
        store: the store.
        knowledge: what is known today.
        anew: drop them first and work out every run by what is known today; otherwise only runs of which more
            is known than before are worked out.

    Raises:
        StoreUnusable: it cannot be read or written, or others write in it all the time.
    """
    fresh = _derive_all(store, knowledge, anew=anew)
    for _ in range(_TRIES):
        with store.reading() as connection:
            mark = _mark(connection)
            runs = _Runs(connection)
            story = Story(runs, decisions(connection))
            count = len(runs.heads)
        rows = rows_of(story)
        with store.writing() as connection:
            if _mark(connection) != mark:
                continue  # somebody took a run or decided something meanwhile
            for table in VIEWS:
                if table is derived:
                    continue
                connection.execute(delete(table))
                found = rows[table.name]
                for place in range(0, len(found), _AT_ONCE):
                    connection.execute(insert(table), found[place : place + _AT_ONCE])
        return Rebuilt(count, fresh, len(rows["device"]))
    raise StoreUnusable(f"{store.name}: others write in it all the time; try again")


def _derive_all(store: Store, knowledge: Knowledge, *, anew: bool) -> int:
    """Work out the runs that were not, or of which less was known then; returns how many these were."""
    mark = knowledge_mark(knowledge)
    with store.reading() as connection:
        known = {row.run: row.lines for row in connection.execute(select(derived.c.run, derived.c.lines))}
        lines = {row.id: row.lines for row in connection.execute(select(run.c.id, run.c.lines))}
    stale = sorted(name for name, count in lines.items() if count and (anew or known.get(name) != count))
    for name in stale:
        with store.reading() as connection:
            count = connection.execute(select(run.c.lines).where(run.c.id == name)).scalar_one()
            data = packed(derive(result_of(connection, name, knowledge), knowledge))
        row = {"run": name, "lines": count, "knowledge": mark, "data": data}
        with store.writing() as connection:
            connection.execute(delete(derived).where(derived.c.run == name))
            connection.execute(insert(derived), [row])
    return len(stale)


def _mark(connection: Connection) -> tuple[object, ...]:
    """Something that differs when a run or a decision came."""
    of_runs = select(func.count(), func.sum(derived.c.lines)).select_from(derived)
    of_decisions = select(func.count()).select_from(decision)
    return (*connection.execute(of_runs).one(), connection.execute(of_decisions).scalar())


class _Runs:
    """The runs of a store in the order of their own time.

    Each pass goes through them one at a time; what fits into memory is read once.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        query = select(run.c.started, run.c.id, run.c.site).join(derived, derived.c.run == run.c.id)
        self.heads = sorted(tuple(row) for row in connection.execute(query))
        self._kept: dict[str, Derived] = {}
        self._room = DEVICES_IN_MEMORY

    def __iter__(self) -> Iterator[StoredRun]:
        for started, name, site in self.heads:
            yield StoredRun(name, site, started, self._derived(name))

    def _derived(self, name: str) -> Derived:
        known = self._kept.get(name)
        if known is None:
            query = select(derived.c.data).where(derived.c.run == name)
            known = unpacked(self._connection.execute(query).scalar_one())
            self._room -= len(known.found)
            if self._room >= 0:
                self._kept[name] = known
        return known

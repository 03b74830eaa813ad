"""Old evidence judged by what is known today: what that would change, and the change itself.

What would change is found out in a store of its own beside the real one, by the same rules. The change is
kept as a decision with a line for each device, so that a rebuild tells the same again.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from scanner.inventory.compare import Change, compared
from scanner.inventory.concluding import KIND, OWN, Terms, concluded_row, terms_of
from scanner.inventory.decisions import new_decision
from scanner.inventory.engine import Store, place
from scanner.inventory.rebuild import tell
from scanner.inventory.schema import decision, derived, pruned, reclassified, run
from scanner.inventory.tables import add_all, to_text
from scanner.inventory.words import Decision
from scanner.knowledge import Knowledge
from scanner.model.errors import StoreUnusable

ALL = "all"
"""The subject of a decision over every run."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What would change."""

    subject: str
    """The run, or `ALL`."""
    runs: tuple[str, ...]
    """The runs whose evidence was judged, in the order of their time."""
    pruned: int
    """Runs whose evidence was pruned, so that they stay as they are."""
    otherwise: tuple[str, ...]
    """Those of them that are concluded otherwise than before."""
    changes: tuple[Change, ...]
    terms: Terms | None
    """What the runs are judged by from now on, where that was said."""
    basis: object = field(repr=False, compare=False)
    rows: tuple[Mapping[str, Any], ...] = field(repr=False, compare=False)


def plan(
    store: Store,
    knowledge: Knowledge,
    name: str | None = None,
    terms: Terms | None = None,
    note: Callable[[int, int], None] = lambda _done, _all: None,
) -> Plan:
    """Find out what today's knowledge would change. Nothing is changed.

    Args:
        store: with views that are up to date.
        knowledge: what is known today.
        name: of the run whose evidence is judged again; None: of all.
        terms: what the runs are to be judged by; None: by what each is judged by now.
        note: is told how many of the runs are done.

    Raises:
        StoreUnusable: the store cannot be read.
        UsageError: a run is for a profile that is not known any more, or facts do not fit.
    """
    with store.reading() as connection:
        basis, kept = _basis(connection), set(connection.execute(select(pruned.c.run)).scalars())
        query = select(run.c.id).join(derived, derived.c.run == run.c.id).order_by(run.c.started, run.c.id)
        wanted = [one for one in connection.execute(query).scalars() if name in (None, one)]
        runs = [one for one in wanted if one not in kept]
        own = terms_of(connection)
        rows, otherwise = [], []
        known = {row.run: row.mark for row in connection.execute(select(derived.c.run, derived.c.mark))}
        for done, one in enumerate(runs):
            row = concluded_row(connection, one, knowledge, own.get(one, OWN) if terms is None else terms)
            rows.append(row)
            if row["mark"] != known[one]:
                otherwise.append(one)
            note(done + 1, len(runs))
        changes = _foreseen(connection, rows, otherwise) if otherwise else ()
    return Plan(
        subject=name or ALL,
        runs=tuple(runs),
        pruned=len(wanted) - len(runs),
        otherwise=tuple(otherwise),
        changes=changes,
        terms=terms,
        basis=basis,
        rows=tuple(rows),
    )


def _basis(connection: Connection) -> object:
    """What differs when anything came meanwhile."""
    marks = connection.execute(
        select(derived.c.run, derived.c.mark, derived.c.knowledge).order_by(derived.c.run)
    )
    return [tuple(row) for row in marks], sorted(connection.execute(select(decision.c.id)).scalars())


def _foreseen(
    connection: Connection, rows: Sequence[Mapping[str, Any]], otherwise: Sequence[str]
) -> tuple[Change, ...]:
    """What would change in the inventory with these conclusions, found out in another store."""
    with tempfile.TemporaryDirectory(prefix="hiksweep-") as folder:
        shadow = Store(place(str(Path(folder) / "foreseen.sqlite"), Path(folder)))
        try:
            shadow.make()
            changed = {row["run"]: row for row in rows}
            with shadow.writing() as target:
                for table in (run, decision):
                    add_all(target, insert(table), map(dict, connection.execute(select(table)).mappings()))
                add_all(target, insert(derived), _conclusions(connection, changed))
            tell(shadow, anew=True)
            with shadow.reading() as foreseen:
                return tuple(compared(connection, foreseen, otherwise))
        finally:
            shadow.close()


def _conclusions(
    connection: Connection, changed: Mapping[str, Mapping[str, Any]]
) -> Iterator[Mapping[str, Any]]:
    for name in connection.execute(select(derived.c.run)).scalars().all():
        if name in changed:
            yield changed[name]
        else:
            yield dict(connection.execute(select(derived).where(derived.c.run == name)).mappings().one())


def carry_out(
    store: Store, found: Plan, at: datetime, by: str, reason: str, knowledge: Knowledge
) -> Decision:
    """Do what was shown; returns the decision that is kept of it.

    Args:
        store: the store.
        found: what was shown.
        at: when.
        by: who decides it.
        reason: why; may be empty.
        knowledge: what is known today.

    Raises:
        StoreUnusable: the store cannot be written, or something came meanwhile.
    """
    data: dict[str, Any] = {
        "knowledge": {name: asdict(version) for name, version in knowledge.versions.items()},
        "digest": knowledge.digest,
        "runs": list(found.runs),
        "reason": reason,
    }
    if found.terms is not None:
        data["terms"] = asdict(found.terms)
    said, row = new_decision(at, by, KIND, found.subject, data)
    with store.writing() as connection:
        if _basis(connection) != found.basis:
            raise StoreUnusable(f"{store.name}: something came meanwhile; nothing was changed, look again")
        connection.execute(insert(decision), [row])
        for one in found.rows:
            connection.execute(delete(derived).where(derived.c.run == one["run"]))
            connection.execute(insert(derived), [dict(one)])
        rows = (
            {
                "decision": said.id,
                "place": place_,
                "device": one.device,
                "became": one.became,
                "data": to_text(one.kept()),
            }
            for place_, one in enumerate(found.changes)
        )
        add_all(connection, insert(reclassified), rows)
    tell(store)
    return said

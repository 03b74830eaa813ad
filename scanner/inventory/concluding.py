"""What is concluded from a run, and by what: the knowledge of that day, and terms that a person set since.

A conclusion stays until somebody has it drawn anew (`scanner.inventory.reclassify`): a program that knows
more than the one before changes by itself nothing that was concluded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import yaml
from sqlalchemy import Connection, delete, insert, select

from scanner import __version__
from scanner.inventory.decisions import decisions
from scanner.inventory.derive import Derived, Found, derive, derived_row, unpacked
from scanner.inventory.engine import Store
from scanner.inventory.reading import result_of
from scanner.inventory.schema import derived, pruned, run
from scanner.inventory.tables import to_text
from scanner.journal import RunStarted
from scanner.knowledge import Knowledge
from scanner.mandates import read_facts

KIND = "reclassify"
"""The kind of the decision that has conclusions drawn anew."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a run is judged by besides what is known, where a person corrected what it says itself."""

    profiles: tuple[str, ...] | None = None
    """None: those of the run."""
    facts: str | None = None
    """Facts of the site as YAML text; None: those of the run."""
    more: tuple[str, ...] = ()
    """Single facts for every device, as ``key=value``, on top of these."""

    def applied(self, started: RunStarted) -> RunStarted:
        """The first record of a run as it would be by these terms.

        Raises:
            UsageError: facts that do not fit.
        """
        facts = started.facts if self.facts is None else self.facts
        if self.more:
            told = read_facts(facts, started.id)
            for one in self.more:
                told = told.with_fact(one)
            facts = yaml.safe_dump(told.as_data(), sort_keys=True, allow_unicode=True)
        profiles = started.profiles if self.profiles is None else self.profiles
        return replace(started, facts=facts, profiles=profiles)


OWN = Terms()
"""Those that a run says itself."""


def mark_of(knowledge: Knowledge, terms: Terms) -> str:
    """A digest over all that a conclusion rests on besides the records of its run."""
    parts = [knowledge.digest, __version__, asdict(terms)]
    return hashlib.sha256(to_text(parts).encode()).hexdigest()[:16]


def terms_of(connection: Connection) -> dict[str, Terms]:
    """The terms of each run for which a person has set some; of two the later count."""
    found: dict[str, Terms] = {}
    for said in decisions(connection, KIND):
        if (given := said.data.get("terms")) is not None:
            found |= dict.fromkeys(said.data.get("runs", ()), terms_from(given))
    return found


def terms_from(data: Mapping[str, Any]) -> Terms:
    """The terms that a decision keeps."""
    profiles = data.get("profiles")
    more = tuple(data.get("more", ()))
    return Terms(None if profiles is None else tuple(profiles), data.get("facts"), more)


@dataclass(frozen=True, slots=True)
class Concluded:
    """What bringing the conclusions up to date came to."""

    fresh: int
    """Runs that were worked out."""
    kept: int
    """Runs that stay as they were concluded by other knowledge than today's."""


def conclude_all(store: Store, knowledge: Knowledge, *, anew: bool = False) -> Concluded:
    """Work out the runs of which more is known than before.

    Args:
        store: the store.
        knowledge: what is known today.
        anew: work out every other run too, as long as that gives what it gave: nothing is reclassified.

    Raises:
        StoreUnusable: the store cannot be read or written.
    """
    with store.reading() as connection:
        rows = connection.execute(select(derived.c.run, derived.c.lines, derived.c.knowledge)).all()
        lines = {row.id: row.lines for row in connection.execute(select(run.c.id, run.c.lines))}
        fixed = set(connection.execute(select(pruned.c.run)).scalars())
        terms = terms_of(connection)
    known = {row.run: row.lines for row in rows}
    other = {row.run for row in rows if row.knowledge != mark_of(knowledge, terms.get(row.run, OWN))} - fixed
    grown = {name for name, count in lines.items() if count and known.get(name) != count} - fixed
    stale = sorted(grown | (known.keys() - other - fixed if anew else set()))
    for name in stale:
        with store.reading() as connection:
            row = concluded_row(connection, name, knowledge, terms.get(name, OWN))
        with store.writing() as connection:
            connection.execute(delete(derived).where(derived.c.run == name))
            connection.execute(insert(derived), [row])
    return Concluded(len(stale), len(other - grown))


def concluded_row(connection: Connection, name: str, knowledge: Knowledge, terms: Terms) -> dict[str, Any]:
    """A run as it is concluded today, as the store keeps it."""
    count = connection.execute(select(run.c.lines).where(run.c.id == name)).scalar_one()
    old = connection.execute(select(derived.c.data).where(derived.c.run == name)).scalar()
    found = conclude(connection, name, knowledge, terms, None if old is None else unpacked(old))
    return derived_row(name, count, mark_of(knowledge, terms), found)


def conclude(
    connection: Connection, name: str, knowledge: Knowledge, terms: Terms, before: Derived | None = None
) -> Derived:
    """Work out what a run amounts to.

    Args:
        connection: to the store.
        name: the run.
        knowledge: what is known today.
        terms: what it is judged by.
        before: what was concluded from it before; what it called its devices then, it calls them still.

    Raises:
        StoreUnusable: the store has no such run.
        UsageError: a profile that is not known, or facts that do not fit.
    """
    result = result_of(connection, name, knowledge)
    result.started = terms.applied(result.started)
    fresh = derive(result, knowledge)
    return fresh if before is None else replace(fresh, found=tuple(_called_as(before.found, fresh.found)))


def _called_as(before: Sequence[Found], now: Sequence[Found]) -> Iterator[Found]:
    """What was found, each by the id that the run gave it before, wherever that is plain."""
    by_name = _by(before, lambda one: tuple(map(str, one.names)))
    by_address = _by(before, lambda one: one.addresses)
    kept, own = {one.called for one in before}, {one.called for one in now}
    given: set[str] = set()
    for one in now:
        called = one.called
        if called not in kept:
            there = {old for key in map(str, one.names) if (old := by_name.get(key))}
            there = there or {old for key in one.addresses if (old := by_address.get(key))}
            free = there - given - own
            called = free.pop() if len(free) == 1 else called
        given.add(called)
        yield one if called == one.called else replace(one, called=called)


def _by(found: Sequence[Found], keys: Callable[[Found], tuple[str, ...]]) -> Mapping[str, str]:
    return {key: one.called for one in found for key in keys(one)}

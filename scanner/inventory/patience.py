"""How long the rules of presence wait, as the records have it: what was said last by its own time holds.

A number that stood in a file alone would make the same records mean something else after an edit. So the
inventory keeps what was said as a decision: it holds for the runs after it and changes no earlier state.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from scanner.inventory.decisions import decide, decisions
from scanner.inventory.engine import Store
from scanner.inventory.transitions import Patience
from scanner.inventory.words import Decision

PATIENCE = "patience"
"""The kind of a decision that says how long to wait."""
SUBJECT = "inventory"
"""What it is about: every site."""
SAID = ("against", "of", "missing_days", "removed_days", "stale_days")
"""The numbers that an organisation may set; a waiver's longest time is none of them."""
MOST = {"against": 100, "of": 100, "missing_days": 3650, "removed_days": 3650, "stale_days": 3650}
"""The largest of each; the least is 1."""


def patience_of(data: Mapping[str, object]) -> Patience | str:
    """What a decision says, or why it says nothing. A number that it leaves out is the default."""
    usual, said = Patience(), dict[str, int]()
    for name in SAID:
        value = data.get(name, getattr(usual, name))
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MOST[name]:
            return f"{name} is no number from 1 to {MOST[name]}"
        said[name] = value
    if said["against"] > said["of"]:
        return f"{said['against']} sweeps of {said['of']} are never reached"
    return replace(usual, **said)


def patience_at(said: Iterable[Decision], at: datetime | None) -> Patience:
    """What held right after a moment.

    Args:
        said: decisions, in the order of their own time.
        at: the moment; None: before all of them.
    """
    held = Patience()
    for one in said:
        if at is None or one.at > at:
            break
        if one.kind == PATIENCE and isinstance(told := patience_of(one.data), Patience):
            held = told
    return held


def patience(connection: Connection) -> Patience:
    """What was said last."""
    told = decisions(connection, PATIENCE)
    return patience_at(told, told[-1].at) if told else Patience()


def set_patience(store: Store, at: datetime, by: str, said: Patience) -> None:
    """Say how long to wait from now on.

    Raises:
        StoreUnusable: the store cannot be written.
    """
    decide(store, at, by, PATIENCE, SUBJECT, {name: getattr(said, name) for name in SAID})

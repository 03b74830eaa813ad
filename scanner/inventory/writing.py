"""A told story is written into the views: what it changed, and no more."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, delete, insert

from scanner.inventory import checkpoints
from scanner.inventory.checkpoints import Checkpoint
from scanner.inventory.decisions import time_text
from scanner.inventory.engine import Store
from scanner.inventory.schema import (
    VIEWS,
    address_interval,
    alias,
    appearance,
    decided,
    derived,
    device,
    event,
    finding,
    network_run,
    transition,
)
from scanner.inventory.story import Chapter, Story
from scanner.inventory.tables import add_all, insert_new, put_all
from scanner.inventory.views import (
    device_rows,
    event_row,
    finding_rows,
    interval_row,
    network_rows,
    open_interval_rows,
    packed_numbers,
    transition_row,
)

_AT_ONCE = 500


class Spool:
    """What is to be written of each run, kept small until it is."""

    def __init__(self) -> None:
        self._appearances: list[dict[str, Any]] = []
        self._networks: list[bytes] = []

    def clear(self) -> None:
        """Nothing is to be written after all."""
        self.__init__()  # type: ignore[misc]

    def add(self, told: Chapter, mark: str) -> None:
        """Take a run that was told."""
        numbers = packed_numbers(told.numbers)
        self._appearances.append({"run": told.run, "mark": mark, "numbers": numbers})
        self._networks.append(zlib.compress(json.dumps(list(network_rows(told))).encode("ascii"), 1))

    @property
    def appearances(self) -> Sequence[dict[str, Any]]:
        """A row for each run."""
        return self._appearances

    def networks(self) -> Iterator[dict[str, Any]]:
        """A row for each network of each run."""
        for data in self._networks:
            yield from json.loads(zlib.decompress(data))


def write(
    store: Store,
    connection: Connection,
    story: Story,
    base: Checkpoint | None,
    newest: Checkpoint | None,
    runs: Sequence[str],
    spool: Spool,
) -> None:
    """Bring the views from where they stand to where a story ends.

    Args:
        store: the store.
        connection: to it, in a transaction that writes.
        story: that was told from ``base`` on.
        base: the checkpoint; None: from the beginning.
        newest: the one that the views stand at.
        runs: that were told.
        spool: what is kept of each of them.
    """
    story.ground.cells.read_by(connection)
    on = base is not None and base == newest
    if base is None:
        _drop(connection)
    elif not on:
        _go_back(connection, base, runs)
    elif runs:
        _leave_out(connection, runs)
    add_all(connection, insert(appearance), spool.appearances)
    add_all(connection, insert(network_run), spool.networks())
    named = ({"alias": one, "device": name, "since": at} for (one, name), at in story.aliases().items())
    add_all(connection, insert_new(store, alias), named)
    numbers = story.touched if on else set(story.shelves.all_numbers())
    put_all(store, connection, device, device_rows(story.shelves, numbers))
    put_all(store, connection, finding, finding_rows(story.shelves, numbers))
    put_all(store, connection, address_interval, map(interval_row, story.closed))
    put_all(store, connection, address_interval, open_interval_rows(story.shelves, numbers))
    first = (base.transitions, base.events) if base else (0, 0)
    changes = enumerate(story.transitions, first[0])
    add_all(connection, insert(transition), (transition_row(*one) for one in changes))
    add_all(connection, insert(event), (event_row(*one) for one in enumerate(story.events, first[1])))
    rows = [
        {"decision": name, "subject": one.subject, "united": _text(one.united), "number": one.number}
        for name, one in story.decided.items()
        if base is None or story.ground.decided.get(name) != one
    ]
    put_all(store, connection, decided, rows)
    cells = story.ground.cells
    checkpoints.fill(store, connection, cells.changed())
    checkpoints.keep(connection, base, story.marks, cells.former, story.barred or frozenset())


def _text(pair: tuple[int, int] | None) -> str:
    return f"{pair[0]} {pair[1]}" if pair else ""


def _drop(connection: Connection) -> None:
    checkpoints.forget(connection)
    for table in (*VIEWS, decided):
        if table is not derived:
            connection.execute(delete(table))


def _go_back(connection: Connection, base: Checkpoint, runs: Sequence[str]) -> None:
    """Views of lists are written anew; what was told up to the checkpoint stays."""
    checkpoints.restore(connection, base)
    _leave_out(connection, runs)
    for place in range(0, len(runs), _AT_ONCE):
        part = runs[place : place + _AT_ONCE]
        connection.execute(delete(address_interval).where(address_interval.c.last_run.in_(part)))
    connection.execute(delete(alias).where(alias.c.since > time_text(base.at)))
    connection.execute(delete(transition).where(transition.c.place >= base.transitions))
    connection.execute(delete(event).where(event.c.place >= base.events))
    connection.execute(delete(device))
    connection.execute(delete(finding))


def _leave_out(connection: Connection, runs: Sequence[str]) -> None:
    """Nothing of these runs is in the views of single runs."""
    for place in range(0, len(runs), _AT_ONCE):
        part = runs[place : place + _AT_ONCE]
        connection.execute(delete(appearance).where(appearance.c.run.in_(part)))
        connection.execute(delete(network_run).where(network_run.c.run.in_(part)))

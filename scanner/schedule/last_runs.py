"""When each network was swept last, by the reference that scheduled runs bear: journals and store say it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scanner.inventory.engine import Store
from scanner.inventory.leases import LOST
from scanner.inventory.scheduled import last_recorded
from scanner.schedule.due import LastRun
from scanner.schedule.request import REFERENCE

STOPPED = "the daemon was stopped"
CHANGED = "its configuration changed"
PAUSED = "it was paused"
_LEFT = (LOST, STOPPED, CHANGED, PAUSED)
"""Reasons of a stop after which a sweep may go on at once, wherever its window is open."""
_FIRST_LINE = 4 * 1024 * 1024
_TAIL = 64 * 1024


def last_runs(folder: Path, wanted: Iterable[str]) -> Mapping[str, LastRun]:
    """The last run of each network by its id; a network that never ran is not among them.

    Args:
        folder: where the journals lie.
        wanted: ids of networks. Reading ends when each has its run: a folder of years costs no more.
    """
    missing, found = set(wanted), dict[str, LastRun]()
    for path in _newest_first(folder):
        if not missing:
            break
        named, run = _read(path)
        if named in missing and run is not None:
            found[named] = run
            missing.discard(named)
    return found


def recorded_runs(store: Store, wanted: Iterable[str]) -> Mapping[str, LastRun]:
    """The same as `last_runs`, of every machine that uses a store.

    Raises:
        StoreUnusable: the store cannot be read.
    """
    found = last_recorded(store, [REFERENCE + network for network in wanted])
    return {
        name.removeprefix(REFERENCE): LastRun(
            one.started,
            finished=one.ended and not one.interrupted and not one.reason,
            left=not one.ended or _is_left(one.reason),
            run=one.run,
        )
        for name, one in found.items()
    }


def latest(one: Mapping[str, LastRun], other: Mapping[str, LastRun]) -> Mapping[str, LastRun]:
    """Of two accounts the later run of each network, and of one run all that is known of it."""
    found = dict(one)
    for network, run in other.items():
        known = found.get(network)
        if known is None or run.started > known.started:
            found[network] = run
        elif known.run == run.run:
            found[network] = replace(
                known, finished=known.finished or run.finished, left=known.left and run.left
            )
    return found


def _is_left(reason: str) -> bool:
    return reason.startswith(_LEFT)


def _newest_first(folder: Path) -> Iterator[Path]:
    """Journals, the newest first: a run's name begins with its time."""
    try:
        yield from sorted(folder.glob("*.jsonl"), key=lambda path: path.name, reverse=True)
    except OSError:
        return


def _read(path: Path) -> tuple[str, LastRun | None]:
    try:
        with path.open("rb") as file:
            first = _record(file.readline(_FIRST_LINE))
            reference = first.get("reference")
            if first.get("kind") != "run" or not str(reference).startswith(REFERENCE):
                return "", None
            size = file.seek(0, 2)
            file.seek(max(0, size - _TAIL))
            last = _record(file.read().rstrip(b"\n").rpartition(b"\n")[2])
        started = datetime.fromisoformat(str(first.get("started")))
    except (OSError, ValueError):
        return "", None
    ended = last.get("kind") == "finish"
    finished = ended and not last.get("interrupted") and not last.get("reason")
    left = not ended or _is_left(str(last.get("reason", "")))
    if started.tzinfo is None:
        started = started.replace(tzinfo=UTC)
    run = LastRun(started, finished, left=left, run=str(first.get("id", "")))
    return str(reference).removeprefix(REFERENCE), run


def _record(line: bytes) -> dict[str, Any]:
    """A record as plain data; empty for what is none, such as a line that a crash cut."""
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}

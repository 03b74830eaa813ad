"""When each network was swept last: the journals say it, by the reference that scheduled runs bear."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scanner.schedule.due import LastRun
from scanner.schedule.request import REFERENCE

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
    finished = last.get("kind") == "finish" and not last.get("interrupted") and not last.get("reason")
    if started.tzinfo is None:
        started = started.replace(tzinfo=UTC)
    return str(reference).removeprefix(REFERENCE), LastRun(started, finished)


def _record(line: bytes) -> dict[str, Any]:
    """A record as plain data; empty for what is none, such as a line that a crash cut."""
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}

"""A first look at a journal: whose it is, whether it is finished, and how far it had come."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scanner.journal import LINE_LIMIT, ImportedFile, Record, RunEnded, RunStarted, Swept, record_of
from scanner.model.errors import UsageError, unreadable

_TOLD = (b'{"kind":"swept"', b'{"kind":"finish"', b'{"kind":"resumed"', b'{"kind":"file"')


@dataclass(frozen=True, slots=True)
class Peek:
    """What can be told of a journal without reading what was seen."""

    started: RunStarted
    end: RunEnded | None
    """The last record, if it is one."""
    steps: int
    """Steps of the sweep that are finished."""
    records: int
    files: frozenset[str]
    """Files of other tools that were read to the end."""

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do."""
        return self.end is not None and not self.end.interrupted and not self.end.reason


def peek(path: Path) -> Peek | None:
    """Look at a journal that may be cut at any byte; None for what is no journal.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            started = _read(file.readline(LINE_LIMIT))
            if not isinstance(started, RunStarted):
                return None
            end, steps, records, files = None, 0, 1, set()
            while line := file.readline(LINE_LIMIT):
                records += 1
                if not line.startswith(_TOLD):
                    continue
                found = _read(line)
                if isinstance(found, Swept):
                    steps = max(steps, found.steps)
                elif isinstance(found, ImportedFile):
                    files |= {found.name} if not found.problem else set()
                elif found is not None:
                    end = found if isinstance(found, RunEnded) else None
    except OSError as error:
        raise UsageError(unreadable(path, error)) from None
    return Peek(started, end, steps, records, frozenset(files))


def _read(line: bytes) -> Record | None:
    try:
        return record_of(line, {})
    except (ValueError, KeyError, TypeError, RecursionError):
        return None

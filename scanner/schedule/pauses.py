"""Networks that a person has paused, in a file of the data folder: it changes more often than the rest."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from scanner.model.errors import UsageError, unreadable

NAME = "paused.json"


@dataclass(frozen=True, slots=True)
class Pause:
    """One network is not swept by the schedule."""

    since: str
    """When it was said, ISO 8601 in UTC."""
    until: str | None = None
    """When it ends by itself; None = when a person ends it."""
    reason: str = ""

    def holds(self, now: datetime) -> bool:
        """Whether it holds at a moment."""
        return self.until is None or now < datetime.fromisoformat(self.until)


def read_pauses(folder: Path, now: datetime) -> Mapping[str, Pause]:
    """The pauses that hold at a moment, by network.

    Args:
        folder: the data folder.
        now: the moment, in UTC.

    Raises:
        UsageError: the file cannot be read. It is not taken for empty: somebody may have wanted silence.
    """
    path = folder / NAME
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        found = {str(network): Pause(**entry) for network, entry in data.items()}
        return {network: pause for network, pause in found.items() if pause.holds(now)}
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise UsageError(unreadable(path, error)) from None
    except (ValueError, TypeError, AttributeError):
        raise UsageError(f"{path}: not a list of pauses; look at it, or remove it") from None


def write_pauses(folder: Path, pauses: Mapping[str, Pause]) -> None:
    """Put these pauses in place of those before; the file appears whole or not at all.

    Raises:
        OSError: it cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps({network: asdict(pause) for network, pause in sorted(pauses.items())}, indent=2)
    descriptor, name = tempfile.mkstemp(dir=folder, prefix=f".{NAME}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(folder / NAME)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def parse_until(text: str, zone: tzinfo) -> datetime:
    """A day, or a day and a time, as a moment in UTC; a day alone is its beginning.

    Args:
        text: ``2026-12-01`` or ``2026-12-01 08:00``.
        zone: in which it is meant, if it names none.

    Raises:
        UsageError: it is neither.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text}: not a day; write 2026-12-01 or '2026-12-01 08:00'") from None
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)

"""The contract of a feed: it hands an export to a system and says what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from scanner.reporter.export import Export


@dataclass(frozen=True, slots=True)
class Target:
    """The system that an export goes to."""

    url: str
    token: str = field(default="", repr=False)
    """A credential, as the system wants it; in no message, log or error."""
    authority: Path | None = None
    """A file of certificates to trust in place of the well-known ones."""
    apply: bool = False
    """Change something there; else only ask what would change, where the system can tell."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of it."""

    lines: tuple[str, ...]
    """For the reader."""
    whole: bool
    """Nothing was refused."""


class Feed(Protocol):
    """What every feed's module offers."""

    def __call__(self, export: Export, target: Target) -> Sent:
        """Hand it over.

        Raises:
            UsageError: the system cannot be reached or refuses us.
        """
        ...

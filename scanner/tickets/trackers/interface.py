"""What a tracker has to be able to do for us; each is one file of this folder.

An adapter translates and nothing else: when something is written, and whether it is written again, is decided
by the outbox. So it sends each write once, reads back what it wrote, and never believes a status code alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from scanner.model.errors import Doubtful, ServiceFault
from scanner.tickets.markup import Markup
from scanner.tickets.words import Ticket


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a tracker our tickets are, as it is configured; each tracker says what it uses."""

    user: str = ""
    project: str = ""
    """A queue, project, repository or table."""
    kind: str = ""
    """The kind of ticket that is made."""
    field: str = ""
    """The field that holds our words."""
    closed: tuple[str, ...] = ()
    """States that mean closed, the one that we set first."""
    reopened: str = ""
    """The state of what is open again."""
    sender: str = ""
    """Our own address, where tickets are mail."""
    public: bool = False
    """It is meant that strangers can read these tickets."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A ticket to be made."""

    title: str
    body: str
    """In the tracker's markup; our block with the memo stands at its end."""
    memo: str
    """Keys, version and marks as words: for a field of its own, where the tracker has one."""
    keys: tuple[str, ...]
    """The most lasting first."""
    due: str = ""
    """A day that is sure, as YYYY-MM-DD; empty for none."""
    relates: str = ""
    """An older ticket about the same."""


class Tracker(Protocol):
    """Someone else's list of tickets.

    Every method may raise `ServiceFault` (certainly not done), `Throttled` (not done, wait) and, where it
    writes, `Doubtful` (nobody knows).
    """

    name: str
    """In documents and plans."""
    markup: Markup
    lag: float
    """Seconds that a search may lag behind a create; 0 = what is written is found at once."""

    def who(self) -> str:
        """Check, before anything else, that we are who we think and may do what we need; returns who we are.

        Raises:
            UsageError: not so; one line that says what to do.
        """

    def tickets(self) -> Iterator[Ticket]:
        """Every ticket of ours, open and closed, by pages; without what its comments say."""

    def find(self, keys: Sequence[str]) -> list[Ticket]:
        """The tickets that carry one of these keys, open and closed."""

    def read(self, ticket: str) -> Ticket | None:
        """One ticket with the marks of its comments; what a merged one became; None: it was deleted."""

    def create(self, draft: Draft) -> str:
        """Make a ticket, once; returns its id."""

    def update(self, ticket: Ticket, draft: Draft) -> None:
        """Put a new block in place of ours, and a new memo. What persons wrote stays."""

    def comment(self, ticket: Ticket, text: str, memo: str) -> None:
        """Add a comment, which carries its own mark in its text."""

    # An empty text adds no comment: it is there already.

    def close(self, ticket: Ticket, text: str, memo: str) -> bool:
        """Close with a comment; False: no way of this workflow leads there, only the comment was added."""

    def reopen(self, ticket: Ticket, text: str, memo: str) -> bool:
        """Open again with a comment; False: no way leads back, and nothing was done."""

    def duplicate(self, ticket: Ticket, of: Ticket, text: str, memo: str) -> bool:
        """Close as a duplicate with a link to the one that stays; its memo has no keys. As `close`."""


@contextmanager
def after_a_write() -> Iterator[None]:
    """What cannot be read back was perhaps done: only a write's own refusal is certain."""
    try:
        yield
    except ServiceFault as error:
        raise Doubtful(str(error)) from None


def union(*found: Iterable[Ticket]) -> list[Ticket]:
    """Each ticket once, the oldest first."""
    once = {one.id: one for some in found for one in some}
    return sorted(once.values(), key=lambda one: one.number)

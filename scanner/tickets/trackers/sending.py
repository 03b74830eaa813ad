"""What is told and cannot be asked: a message, where it goes, and who sends it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from scanner.tickets.markup import Markup
from scanner.tickets.trackers.interface import Place
from scanner.tickets.words import Act


@dataclass(frozen=True, slots=True)
class Message:
    """What is told of one ticket."""

    id: str
    """The same whenever it is sent again: letters, digits, hyphens and dots."""
    first: str
    """The id of the message that began the ticket; its own, if it is that one."""
    act: Act
    ticket: str
    """The ticket's name: the most lasting of its keys as it was made."""
    title: str
    text: str
    memo: str
    """Keys, version and marks as words."""
    due: str = ""
    """A day as YYYY-MM-DD; empty for none."""
    other: str = ""
    """The ticket that stays where this one is a duplicate, or an older one about the same."""
    at: datetime | None = None
    """When it is sent."""


@dataclass(frozen=True, slots=True)
class Way:
    """Where messages go, as it is configured."""

    url: str
    place: Place
    user: str = ""
    secret: str = field(default="", repr=False)
    authority: Path | None = None
    """A file of certificates to trust in place of the well-known ones."""


class Sender(Protocol):
    """Who sends messages; each is one file of the folder of trackers."""

    name: str
    markup: Markup

    def who(self) -> str:
        """See that a message can be sent, as far as that can be seen without sending one; who we are.

        Raises:
            UsageError: not so; one line that says what to do.
            ServiceFault: nobody is there.
        """

    def send(self, message: Message) -> None:
        """Send a message, once.

        Raises:
            ServiceFault: it was not taken; `Throttled`: later it may be.
            Doubtful: nobody knows.
        """

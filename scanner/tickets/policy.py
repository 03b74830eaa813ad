"""What an organisation wants done with its tickets."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from scanner.tickets.words import Act, Grouping


class Again(StrEnum):
    """What is done when a person closed a ticket and the device is still there."""

    REOPEN = "reopen"
    COMMENT = "comment"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class TicketPolicy:
    """The rules of a plan."""

    grouping: Grouping = Grouping.DEVICE
    levels: frozenset[str] = frozenset({"confirmed", "probable"})
    """Devices of these levels get tickets."""
    close_retracted: bool = False
    """Close what turned out to be none of the maker's; else the comment says so and a person closes."""
    closed_by_person: Again = Again.REOPEN
    most_creates: int = 50
    """More than these at once want a person's word."""
    most_closes: int = 10
    auto: frozenset[Act] = frozenset()
    """What a schedule may do by itself."""

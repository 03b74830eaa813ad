"""The words of tickets: what the inventory wants said, what a tracker holds, what is to be done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from scanner.inventory.words import FindingState, Presence
from scanner.tickets.memo import keys_in, marks_in, version_in


class Grouping(StrEnum):
    """What one ticket is about."""

    DEVICE = "device"
    FINDING = "finding"
    SITE = "site"
    NETWORK = "network"


class Act(StrEnum):
    """What is done about a ticket, in the order in which it is done."""

    CREATE = "create"
    UPDATE = "update"
    COMMENT = "comment"
    REOPEN = "reopen"
    CLOSE = "close"
    DUPLICATE = "duplicate"
    """It is closed, and says which one stays."""
    MAYBE = "maybe"
    """It fits by an address alone; a person has to link it."""
    LISTED = "listed"
    """It is a person's turn, and the reason says why."""
    NOTHING = "nothing"


WRITES = (Act.CREATE, Act.UPDATE, Act.COMMENT, Act.REOPEN, Act.CLOSE, Act.DUPLICATE)
"""What changes something in the tracker."""


@dataclass(frozen=True, slots=True)
class Key:
    """A name of a ticket that every store computes alike, and that the ticket carries."""

    text: str
    sure: bool
    """False: made of an address, which another device may have tomorrow."""

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Change:
    """The last change of state of a device or finding."""

    after: str
    trigger: str
    cause: str
    """The run or decision that made it."""
    at: str
    """ISO 8601, UTC."""
    needs: str
    """What had to be there for it, in words."""


@dataclass(frozen=True, slots=True)
class Obligation:
    """A device under a measure."""

    id: str
    measure: str
    state: FindingState
    until: str = ""
    """The last day of its waiver."""
    change: Change | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """A device, its findings, and all that may name it."""

    device: str
    """The store's own id; it never leaves this machine."""
    site: str
    sites: tuple[str, ...]
    """Every site that it was ever in, the present one first."""
    names: tuple[str, ...]
    """What names it for good: ``serial:…``, ``mac:…``."""
    addresses: tuple[str, ...]
    networks: tuple[str, ...]
    """The prefixes of its site that hold them."""
    presence: Presence
    level: str
    """``confirmed``, ``probable`` or ``possible``."""
    last_run: str
    last_at: str
    """When that run began."""
    about: tuple[tuple[str, str], ...]
    """What is known of it: model, serial, mac, …"""
    obligations: tuple[Obligation, ...]
    change: Change | None = None
    """The last change of its presence."""

    @property
    def known(self) -> Mapping[str, str]:
        """What is known of it, by name; an empty text for what is not."""
        return defaultdict(str, self.about)

    @property
    def called(self) -> str:
        """How a person would call it: by its first address, else by what names it."""
        return (*self.addresses, *self.names, self.device)[0]


@dataclass(frozen=True, slots=True)
class Group:
    """What one ticket is about."""

    grouping: Grouping
    subject: str
    """The device, finding, site or network, as a person would call it."""
    keys: tuple[Key, ...]
    """The most lasting first."""
    items: tuple[Item, ...]

    @property
    def obligations(self) -> tuple[Obligation, ...]:
        """All findings that it is about."""
        return tuple(one for item in self.items for one in item.obligations)


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket as its tracker holds it, as far as we look."""

    id: str
    number: int
    """Its place among all: the lowest of several is the oldest."""
    title: str
    open: bool
    memo: str
    """Our words in it: keys, the version of our block, marks."""
    said: frozenset[str] = frozenset()
    """Marks of our comments, where they were read."""
    url: str = ""
    state: str = ""
    """In the tracker's own word."""
    etag: str = ""
    """The tracker's token for it as it was read."""
    keys: frozenset[str] = field(init=False)
    version: str = field(init=False)
    """What our own block in it was made of."""
    marks: frozenset[str] = field(init=False)
    """Of what we did to it, as the memo has them."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "keys", keys_in(self.memo))
        object.__setattr__(self, "version", version_in(self.memo))
        object.__setattr__(self, "marks", marks_in(self.memo))


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to be done, and why."""

    act: Act
    group: Group | None
    ticket: Ticket | None
    why: str
    mark: str = ""
    """Of the comment that is written; it is looked for before it is repeated."""
    note: str = ""
    """What the comment is about: a name of the templates."""
    change: Change | None = None
    other: str = ""
    """The ticket that it points to."""

    @property
    def id(self) -> str:
        """What tells it from every other step: the same in every plan that holds it."""
        name = self.group.keys[0].text if self.group else ""
        return " ".join(filter(None, (self.act, self.ticket.id if self.ticket else "", name, self.mark)))

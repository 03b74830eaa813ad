"""The table of transitions: from which state to which, by what, what it needs, and who decides.

This is data that the rules walk and the documents draw: a change that no row allows does not happen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

from scanner.inventory.words import FindingState, Presence


class Trigger(StrEnum):
    """What makes a change of state."""

    SEEN_FIRST = "seen-first"
    SEEN_AGAIN = "seen-again"
    REAPPEARED = "reappeared"
    SILENT = "silent"
    CONFIRMED = "confirmed"
    OUT_OF_REACH = "out-of-reach"
    LONG_MISSING = "long-missing"
    PORT_TAKEN = "port-taken"
    STATED = "stated"
    RECLASSIFIED = "reclassified"
    FOUND = "found"
    WAIVED = "waived"
    WAIVER_ENDED = "waiver-ended"
    REMOVED = "removed"
    RETIRED = "retired"
    NOT_REACHED = "not-reached"
    FOUND_AGAIN = "found-again"


class Decider(StrEnum):
    """Who makes a change of state."""

    RULE = "rule"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Patience:
    """The numbers of the rules, days as days of 24 hours."""

    against: int = 3
    """A device is missing when so many ..."""
    of: int = 3
    """... of the last so many sweeps that could count, count against it, ..."""
    missing_days: int = 7
    """... over at least so many days from the first of these sweeps to the last."""
    removed_days: int = 30
    """For so many days missing before it is called removed at all."""
    stale_days: int = 30
    waiver_days: int = 366
    """A waiver ends after at most so many."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    before: tuple[str, ...]
    """The states that it leads from; an empty text is the time before the first."""
    after: str
    trigger: Trigger
    needs: str
    """What has to be there, in words; numbers in braces are those of `Patience`."""
    decider: Decider

    def said(self, patience: Patience) -> str:
        """What it needs, with the numbers filled in."""
        return self.needs.format_map(asdict(patience))


_THERE = (Presence.NEW, Presence.PRESENT)
_AWAY = (Presence.MISSING, Presence.REMOVED_UNVERIFIED)
_BEFORE_ALL = ("",)

PRESENCE: tuple[Row, ...] = (
    Row(_BEFORE_ALL, Presence.NEW, Trigger.SEEN_FIRST, "a run saw it", Decider.RULE),
    Row((Presence.NEW,), Presence.PRESENT, Trigger.SEEN_AGAIN, "another run saw it", Decider.RULE),
    Row(
        (*_AWAY, Presence.REMOVED_VERIFIED, Presence.STALE),
        Presence.PRESENT,
        Trigger.REAPPEARED,
        "a run saw it",
        Decider.RULE,
    ),
    Row(
        _THERE,
        Presence.MISSING,
        Trigger.SILENT,
        "{against} of the last {of} sweeps that could count, over {missing_days} days or more, count "
        "against it",
        Decider.RULE,
    ),
    Row(
        _THERE,
        Presence.MISSING,
        Trigger.CONFIRMED,
        "the same, and a person says of its network that the hosts which fell silent together are gone",
        Decider.PERSON,
    ),
    Row(
        _THERE,
        Presence.STALE,
        Trigger.OUT_OF_REACH,
        "not seen for {stale_days} days, and no sweep can count: only methods that cover no address had "
        "found it, or its address is foreign to its wire",
        Decider.RULE,
    ),
    Row(
        (Presence.MISSING,),
        Presence.REMOVED_UNVERIFIED,
        Trigger.LONG_MISSING,
        "missing for {removed_days} days, and a sweep after them counts against it",
        Decider.RULE,
    ),
    Row(
        _AWAY,
        Presence.REMOVED_VERIFIED,
        Trigger.PORT_TAKEN,
        "a switch lists a MAC address at its port that was not there beside it, and its own at no port",
        Decider.RULE,
    ),
    Row(
        (*_AWAY, Presence.STALE),
        Presence.REMOVED_VERIFIED,
        Trigger.STATED,
        "a person says who took it away and when, and no run saw it after that day",
        Decider.PERSON,
    ),
    Row(
        (*_THERE, *_AWAY, Presence.REMOVED_VERIFIED, Presence.STALE),
        Presence.RETRACTED,
        Trigger.RECLASSIFIED,
        "a person has the old evidence judged by what is known today, which does not call it the maker's",
        Decider.PERSON,
    ),
)

FINDINGS: tuple[Row, ...] = (
    Row(
        _BEFORE_ALL,
        FindingState.OPEN,
        Trigger.FOUND,
        "a run saw a device that the measure reaches",
        Decider.RULE,
    ),
    Row(
        (FindingState.OPEN, FindingState.WAIVED),
        FindingState.WAIVED,
        Trigger.WAIVED,
        "a person, a reason, and a day at most {waiver_days} days ahead",
        Decider.PERSON,
    ),
    Row(
        (FindingState.WAIVED,),
        FindingState.OPEN,
        Trigger.WAIVER_ENDED,
        "the day of the waiver is over",
        Decider.RULE,
    ),
    Row(
        (FindingState.OPEN, FindingState.WAIVED, FindingState.DECLARED),
        FindingState.CLOSED,
        Trigger.REMOVED,
        "the removal of its device is verified",
        Decider.RULE,
    ),
    Row(
        (FindingState.OPEN, FindingState.WAIVED),
        FindingState.DECLARED,
        Trigger.RETIRED,
        "a person says that the network which its device was last seen in is out of service",
        Decider.PERSON,
    ),
    Row(
        (FindingState.OPEN, FindingState.WAIVED, FindingState.CLOSED, FindingState.DECLARED),
        FindingState.RETRACTED,
        Trigger.NOT_REACHED,
        "a run judged its device by the measure, which does not reach it: reclassified, a fact corrected, or "
        "the measure ended",
        Decider.RULE,
    ),
    Row(
        (FindingState.CLOSED, FindingState.DECLARED, FindingState.RETRACTED),
        FindingState.OPEN,
        Trigger.FOUND_AGAIN,
        "a run saw the device again, and the measure reaches it",
        Decider.RULE,
    ),
)

TABLES: Mapping[str, Sequence[Row]] = {"presence": PRESENCE, "finding": FINDINGS}


def row(table: Iterable[Row], before: str, trigger: Trigger) -> Row | None:
    """The line that a trigger takes from a state; None: it leads nowhere from there."""
    return next((one for one in table if one.trigger is trigger and before in one.before), None)

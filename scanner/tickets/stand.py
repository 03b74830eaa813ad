"""What becomes of a ticket's findings, taken together."""

from __future__ import annotations

from enum import StrEnum

from scanner.inventory.words import FindingState
from scanner.tickets.policy import TicketPolicy
from scanner.tickets.words import Change, Group, Item


class Stand(StrEnum):
    """What a group comes to."""

    OPEN = "open"
    WAIVED = "waived"
    DONE = "done"
    """Nothing is left to do: each removal is verified, or its network declared out of service."""
    RETRACTED = "retracted"
    """None of it ever was one."""
    EMPTY = "empty"


def stand_of(group: Group) -> Stand:
    """What the findings of a group come to: as long as one is open, the group is."""
    states = {one.state for one in group.obligations}
    if not states:
        return Stand.EMPTY
    if FindingState.OPEN in states:
        return Stand.OPEN
    if FindingState.WAIVED in states:
        return Stand.WAIVED
    return Stand.RETRACTED if states == {FindingState.RETRACTED} else Stand.DONE


def wanted(item: Item, policy: TicketPolicy) -> bool:
    """Whether a device gets a ticket that it does not have."""
    return item.level in policy.levels and any(one.state is FindingState.OPEN for one in item.obligations)


def last_change(group: Group, *states: str) -> Change | None:
    """The newest change of a group's findings into one of some states."""
    changes = [one.change for one in group.obligations if one.change and one.change.after in states]
    return max(changes, key=lambda one: (one.at, one.cause), default=None)


def opened_again(group: Group) -> Change | None:
    """The newest change by which a finding is open again: its device came back, or its waiver ended."""
    changes = [
        one.change
        for one in group.obligations
        if one.state is FindingState.OPEN
        and one.change
        and one.change.trigger in ("found-again", "waiver-ended")
    ]
    return max(changes, key=lambda one: (one.at, one.cause), default=None)


def version_parts(group: Group) -> list[object]:
    """What a ticket's own block says, but not when it was last seen: that changes with every run."""
    parts: list[object] = [group.grouping, sorted(key.text for key in group.keys if key.sure)]
    for item in group.items:
        parts += [item.site, item.addresses, item.level, item.about]
        parts += [(one.measure, one.state, one.until) for one in item.obligations]
    return parts

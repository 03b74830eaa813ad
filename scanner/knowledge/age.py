"""How old a table may be before a reader must be told."""

from __future__ import annotations

from datetime import date

BLOCKS_DAYS = 180
"""Days after which the table of MAC blocks is called old: the maker registers some new blocks a year."""


def age_in_days(of: str, on: str) -> int:
    """Days from one ISO date to another (times of day may follow); negative if the first is later."""
    return (date.fromisoformat(on[:10]) - date.fromisoformat(of[:10])).days


def old_blocks(of: str, on: str) -> str:
    """A sentence for a table of MAC blocks that is old on a day; empty for one that is not."""
    days = age_in_days(of, on)
    if days <= BLOCKS_DAYS:
        return ""
    return (
        f"the table of MAC blocks is of {of[:10]}, {days:,} days old: blocks registered since are not "
        "known; `hiksweep oui update --from FILE` brings a newer list"
    )

"""Which way through a workflow that nobody told us: by the states that it leads to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

DONE = "done"
OPEN = ("new", "indeterminate")
"""Categories of states, the same in every Jira."""
ENDS = ("Resolved", "Done", "Closed")
"""Which state of the category *done* is meant, where none is configured."""
RESOLUTIONS = ("Done", "Fixed", "Resolved")
"""What a removal that was verified is called."""


def pick(
    transitions: Iterable[Mapping[str, Any]], names: Sequence[str], categories: Sequence[str]
) -> Mapping[str, Any] | None:
    """The transition to the first of some states, else to the first of some categories; None: there is none.

    One whose screen wants more than a resolution is for a person to take.
    """
    ways = [one for one in transitions if _walkable(one)]
    for name in names:
        for way in ways:
            if same(_to(way).get("name"), (name,)):
                return way
    for category in categories:
        for way in ways:
            if (_to(way).get("statusCategory") or {}).get("key") == category:
                return way
    return None


def resolution(way: Mapping[str, Any], wanted: Sequence[str]) -> str:
    """The first resolution of those wanted that its screen offers, else its first; empty for none."""
    asked = (way.get("fields") or {}).get("resolution")
    if asked is None:
        return ""
    known = [str(one.get("name")) for one in asked.get("allowedValues") or ()]
    return next((one for one in wanted if same(one, known)), known[0] if known else "")


def same(name: object, among: Sequence[str]) -> bool:
    """Whether a name is one of some; Jira does not tell small letters from capitals in names."""
    return str(name).casefold() in {one.casefold() for one in among}


def _to(way: Mapping[str, Any]) -> Mapping[str, Any]:
    return way.get("to") or {}


def _walkable(way: Mapping[str, Any]) -> bool:
    wanted = (
        name
        for name, one in (way.get("fields") or {}).items()
        if one.get("required") and not one.get("hasDefaultValue")
    )
    return set(wanted) <= {"resolution"}

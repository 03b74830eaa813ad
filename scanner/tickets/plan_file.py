"""A plan as a file: what a person looked at, so that no more than that is done."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from scanner.model.errors import UsageError, unreadable
from scanner.tickets.plan import Plan
from scanner.tickets.words import WRITES, Step

SCHEMA = 1
SIZE_LIMIT = 64 << 20
"""Bytes of a plan; ten thousand tickets need ten MiB."""


def plan_data(plan: Plan, tracker: str) -> dict[str, Any]:
    """A plan for programs and for `read_ids`."""
    return {
        "schema": SCHEMA,
        "tracker": tracker,
        "counts": {str(act): count for act, count in plan.counts.items()},
        "steps": [step_data(step) for step in plan.steps],
    }


def step_data(step: Step) -> dict[str, Any]:
    """One step; no secret and no text of a ticket is in it."""
    return {
        "id": step.id,
        "act": str(step.act),
        "subject": step.group.subject if step.group else None,
        "findings": [one.id for one in step.group.obligations] if step.group else [],
        "ticket": step.ticket.id if step.ticket else None,
        "url": step.ticket.url or None if step.ticket else None,
        "why": step.why,
    }


def read_ids(path: Path, tracker: str) -> Mapping[str, Mapping[str, Any]]:
    """The writes of a plan in a file, by the ids of their steps.

    Raises:
        UsageError: it cannot be read, is no plan, or one for another tracker.
    """
    try:
        with path.open("rb") as file:
            data = json.loads(file.read(SIZE_LIMIT))
    except OSError as error:
        raise UsageError(unreadable(path, error)) from None
    except (ValueError, RecursionError):
        raise UsageError(
            f"{path}: not a plan; make one with 'hiksweep tickets plan --output {path}'"
        ) from None
    if not isinstance(data, dict) or data.get("schema") != SCHEMA or not isinstance(data.get("steps"), list):
        raise UsageError(f"{path}: not a plan; make one with 'hiksweep tickets plan --output {path}'")
    if data.get("tracker") != tracker:
        raise UsageError(f"{path}: a plan for another tracker")
    steps = [one for one in data["steps"] if isinstance(one, dict)]
    return {str(one.get("id")): one for one in steps if one.get("act") in WRITES}


def chosen(steps: Iterable[Step], wanted: Iterable[str]) -> tuple[Step, ...]:
    """The steps that a file names and that are still to be done."""
    names = frozenset(wanted)
    return tuple(step for step in steps if step.id in names)

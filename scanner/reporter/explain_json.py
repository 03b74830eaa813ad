"""The same explanation for a program: the contract of ``explain --format json``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scanner.model.ending import Ended
from scanner.model.explained import Explained
from scanner.reporter.device import device_fields
from scanner.reporter.encode import to_json
from scanner.reporter.exhibit import exhibit_fields
from scanner.reporter.explain import state_words
from scanner.reporter.json_report import gap_fields, ignored_fields


def render_explained_json(explained: Explained, by_hand: Sequence[str]) -> str:
    """One object, indented.

    Args:
        explained: what the run knows.
        by_hand: what a person can do to learn more.
    """
    return to_json(explained_fields(explained, by_hand), indent=2) + "\n"


def explained_fields(explained: Explained, by_hand: Sequence[str]) -> dict[str, Any]:
    """The explanation as plain data; every key is there."""
    device, ghost = explained.device, explained.ghost
    return {
        "asked_for": explained.asked_for,
        "run": explained.run,
        "journal": explained.journal,
        "scope": explained.scope,
        "device": device_fields(device) if device is not None else None,
        "states": [
            {
                "address": address,
                "state": state.value if state is not None else None,
                "meaning": state_words(state, explained),
            }
            for address, state in explained.states.items()
        ],
        "ignored": ignored_fields(ghost) if ghost is not None else None,
        "heard": dict(explained.heard),
        "observations": [exhibit_fields(exhibit) for exhibit in explained.exhibits.values()],
        "endings": [_ending_fields(ended) for ended in explained.endings],
        "notes": list(explained.notes),
        "gaps": [gap_fields(gap) for gap in explained.gaps],
        "by_hand": list(by_hand),
    }


def _ending_fields(ended: Ended) -> dict[str, Any]:
    """A question and how it ended."""
    return {
        "method": ended.method,
        "address": ended.address,
        "port": ended.port,
        "request": ended.request,
        "ending": ended.ending.value,
        "detail": ended.detail,
        "at": ended.at or None,
    }

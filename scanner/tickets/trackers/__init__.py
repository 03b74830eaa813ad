"""The trackers, one file each; a new one is its file, its test and its line in this list."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Protocol

from scanner.model.errors import UsageError
from scanner.tickets.trackers.interface import Place, Tracker
from scanner.transports.tracker_http import TrackerHttp

TRACKERS = (
    "roundup",
    "jira",
    "jira-cloud",
)  # fmt: skip
"""Every tracker by its name in the configuration, which is its module's."""


class Adapter(Protocol):
    """What a tracker's module holds."""

    @staticmethod
    def authorise(user: str, secret: str) -> Mapping[str, str]:
        """The headers that say who we are."""

    @staticmethod
    def tracker(http: TrackerHttp, place: Place) -> Tracker:
        """The tracker."""


def adapter(name: str) -> Adapter:
    """The module of a tracker.

    Raises:
        UsageError: there is none of this name.
    """
    if name not in TRACKERS:
        raise UsageError(f"no tracker is called {name}; known are {', '.join(TRACKERS)}")
    found: Adapter = importlib.import_module(f"{__name__}.{name.replace('-', '_')}")  # type: ignore[assignment]
    return found

"""The trackers, one file each; a new one is its file, its test and its line in this list."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Protocol

from scanner.model.errors import UsageError
from scanner.tickets.trackers.interface import Place, Tracker
from scanner.tickets.trackers.sending import Sender, Way
from scanner.transports.tracker_http import TrackerHttp

TRACKERS = (
    "roundup",
    "rt",
    "redmine",
    "jira",
    "jira-cloud",
    "servicenow",
    "github",
)  # fmt: skip
"""Every tracker by its name in the configuration, which is its module's."""
SENDERS = (
    "email",
    "webhook",
)  # fmt: skip
"""What is told and cannot be asked, in the same way: the store remembers for it."""


class Adapter(Protocol):
    """What a tracker's module holds."""

    @staticmethod
    def authorise(user: str, secret: str) -> Mapping[str, str]:
        """The headers that say who we are."""

    @staticmethod
    def tracker(http: TrackerHttp, place: Place) -> Tracker:
        """The tracker."""


class Post(Protocol):
    """What a sender's module holds."""

    @staticmethod
    def sender(way: Way) -> Sender:
        """The sender."""


def post(name: str) -> Post:
    """The module of a sender, which is one of ours."""
    found: Post = importlib.import_module(f"{__name__}.{name}")  # type: ignore[assignment]
    return found


def adapter(name: str) -> Adapter:
    """The module of a tracker.

    Raises:
        UsageError: there is none of this name.
    """
    if name not in TRACKERS:
        raise UsageError(f"no tracker is called {name}; known are {', '.join((*TRACKERS, *SENDERS))}")
    found: Adapter = importlib.import_module(f"{__name__}.{name.replace('-', '_')}")  # type: ignore[assignment]
    return found

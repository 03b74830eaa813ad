"""What hands an export to a system: one system a file, all of them listed here."""

from __future__ import annotations

import importlib

from scanner.feeds.interface import Feed, Sent, Target

__all__ = ["FEEDS", "Feed", "Sent", "Target", "feed_of"]

FEEDS = {
    "cef": "syslog",
    "leef": "syslog",
    "netbox": "netbox",
    "servicenow": "servicenow",
    "splunk": "splunk",
}
"""By format, the module of this folder that hands it over; the others are files alone."""


def feed_of(form: str) -> Feed:
    """What hands over a format. A module that fails to import ends the program: nothing is just absent."""
    found: Feed = importlib.import_module(f"scanner.feeds.{FEEDS[form]}").send
    return found

"""The contract of an export: what other people's systems read, and auditors.

An export turns what is known into bytes. Like a report format it reads no network, no clock and no file: what
it needs is in the ``Export`` or in its settings. What sends the bytes somewhere is in ``feeds/``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from scanner.knowledge.mandate_words import MandateLibrary
from scanner.model.errors import UsageError
from scanner.model.report import Report


@dataclass(frozen=True, slots=True)
class Network:
    """When a network was covered whole last, as the inventory knows it."""

    site: str
    prefix: str
    at: str | None
    """UTC time, ISO 8601; None = never, so far as is known."""
    run: str
    methods: tuple[str, ...]
    days: int | None
    """Whole days from then to the day that the export speaks of."""
    addresses: int = 0
    excluded: int = 0
    """How many of its addresses were left out on request."""
    retired: str = ""
    """When a person declared it out of service, with no cover since; empty: nobody did."""


@dataclass(frozen=True, slots=True)
class Life:
    """What the inventory knows of a device over time."""

    site: str
    presence: str
    """A word of the inventory, such as ``present`` or ``missing``."""
    since: str
    first_at: str
    last_at: str
    states: Mapping[str, str] = field(default_factory=dict)
    """By measure: ``open``, ``waived`` and so on."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Something that a format asks of the user and no scan knows."""

    name: str
    help: str
    default: str = ""
    choices: tuple[str, ...] = ()
    """Empty: any text."""
    day: bool = False
    """The value is a day, ``YYYY-MM-DD``."""


@dataclass(frozen=True, slots=True)
class Export:
    """All that an export may speak of."""

    report: Report
    library: MandateLibrary
    at: str
    """The moment of which it speaks, UTC, ISO 8601: the end of the run, or of the day that was asked for."""
    form: str = ""
    """The word of the format that it is for."""
    as_of: str | None = None
    """The day for which the inventory was asked; None: one run."""
    site: str = ""
    networks: tuple[Network, ...] = ()
    """What the inventory knows to have been covered; empty where only a journal was read."""
    lives: Mapping[str, Life] = field(default_factory=dict)
    """By id of the device; empty where only a journal was read."""
    settings: Mapping[str, str] = field(default_factory=dict)
    raw: bool = False
    """CSV for machines: no guard against spreadsheet formulas."""
    show_all: bool = False
    """Devices of other and of unknown makers too, in formats that list devices."""

    def setting(self, name: str) -> str:
        """The value of a setting that the format declares; empty where nothing was given."""
        return self.settings.get(name, "")


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """One format: its word, what it is, and how it is made."""

    name: str
    """The word on the command line."""
    title: str
    """What it is, in a line."""
    ending: str
    """Of the file's name, with its dot."""
    render: Callable[[Export], bytes]
    standard: str = ""
    """The document and version that it follows; empty for what is our own."""
    settings: tuple[Setting, ...] = ()
    binary: bool = False
    """Not fit for a terminal."""

    def checked(self, given: Mapping[str, str]) -> dict[str, str]:
        """All settings with their values.

        Raises:
            UsageError: one is not known, or its value does not fit.
        """
        known = {one.name: one for one in self.settings}
        for name, value in given.items():
            if name not in known:
                have = f"it knows {', '.join(known)}" if known else "it has none"
                raise UsageError(f"--set {name}: {self.name} has no such setting; {have}")
            _check(known[name], value)
        return {name: given.get(name, one.default) for name, one in known.items()}


def _check(setting: Setting, value: str) -> None:
    if setting.choices and value not in setting.choices:
        raise UsageError(f"--set {setting.name}={value}: one of {', '.join(setting.choices)} is needed")
    if setting.day and value:
        try:
            date.fromisoformat(value)
        except ValueError:
            raise UsageError(f"--set {setting.name}={value}: a day is needed, as YYYY-MM-DD") from None

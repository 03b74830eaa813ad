"""The words of the inventory: what a run saw of devices and networks, what persons decided, what changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from scanner.model.identity import Name
from scanner.model.sighting import Sighting


class Presence(StrEnum):
    """Whether a device is there, as far as covered silence and proof can say."""

    NEW = "new"
    PRESENT = "present"
    MISSING = "missing"
    REMOVED_UNVERIFIED = "removed-unverified"
    REMOVED_VERIFIED = "removed-verified"
    STALE = "stale"
    """It can never be covered, so that silence says nothing; listed until a person moves it on."""
    RETRACTED = "retracted"
    """It never was the maker's, by what is known today; nobody took it away."""


class FindingState(StrEnum):
    """What has become of a device under a measure."""

    OPEN = "open"
    WAIVED = "waived"
    CLOSED = "closed"
    """The removal of its device is verified."""
    DECLARED = "declared"
    """Its network is out of service by a person's word; counted apart from what was verified."""
    RETRACTED = "retracted"
    """It never was one: reclassified, a fact corrected, or a measure ended."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A device of the maker as one run saw it."""

    device: str
    """The inventory's own id, which it keeps while one of its names lasts."""
    names: tuple[Name, ...]
    """What may name it, the most lasting first."""
    addresses: tuple[str, ...]
    methods: frozenset[str]
    """The methods that heard it."""
    fields: Mapping[str, str]
    """What the run knew of it: model, serial, firmware, mac, confidence; ``seen_at`` as ``switch port``."""
    measures: frozenset[str] = frozenset()
    """The measures that reach it, for certain or perhaps."""
    heard: datetime | None = None
    """When, where a file alone tells of it that is older than the run; None: the run itself heard it."""


@dataclass(frozen=True, slots=True)
class NetworkView:
    """What a run covered of one prefix."""

    prefix: str
    covered: frozenset[str]
    """Methods that covered it whole."""
    answered: frozenset[str]
    """Addresses that answered anything."""
    others: frozenset[str]
    """Addresses where evidently another device answered, and none of the maker's."""
    interrupted: bool
    """The run ended before it was done here."""


@dataclass(frozen=True, slots=True)
class RunView:
    """What one run says of a site."""

    run: str
    site: str
    at: datetime
    """When it started; aware, in UTC. Everything is ordered by it, never by when the run arrived."""
    networks: tuple[NetworkView, ...]
    seen: tuple[Seen, ...]
    judged: frozenset[str] = frozenset()
    """The measures that its devices were judged by. One that is not among them ended nothing."""
    cleared: frozenset[str] = frozenset()
    """Devices of the inventory that answered and are, by what is known today, not the maker's."""
    sightings: tuple[Sighting, ...] = ()
    """What tables of switches said of MAC addresses and ports."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided."""

    id: str
    at: datetime
    """Aware, in UTC."""
    by: str
    kind: str
    """``waive``, ``note``, ``verify-removed``, ``merge``, ``split``, ``retire``, ``confirm``, ``ticket``,
    ``patience``."""
    subject: str
    """A device's id, a finding's id or ``SITE PREFIX``."""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Transition:
    """One change of state, with what made it."""

    subject: str
    """A device's or a finding's id."""
    before: str
    """Empty for the first state."""
    after: str
    trigger: str
    needs: str
    """What had to be there for it, in words."""
    run: str
    """The run that made it; empty where a decision did."""
    decision: str
    """The decision that made it; empty where a run did."""
    at: datetime
    evidence: tuple[str, ...] = ()
    """Names of runs, observations or decisions that prove it."""


class EventKind(StrEnum):
    """What happened, where no state changed by it alone."""

    MOVED = "moved"
    """It answers at other addresses than before."""
    REPLACED = "replaced"
    """Another device answers at its last address, and it answers nowhere. This proves no removal."""
    REAPPEARED = "reappeared"
    MERGED = "merged"
    SPLIT = "split"
    COVERAGE_REGRESSION = "coverage-regression"
    """A network that was covered whole before was covered less."""
    QUESTION = "question"
    """Fewer than half of the known hosts of a network answered: a person has to say what that was."""
    ANSWERED = "answered"
    """The question was answered, by a person or by the hosts."""
    RECLASSIFIED = "reclassified"
    """A person had the old evidence judged by what is known today, which says otherwise."""
    NO_EFFECT = "no-effect"
    """A decision did not fit what was known at its time, and changed nothing."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, with what shows it."""

    kind: EventKind
    subject: str
    """A device's id, a finding's id or ``SITE PREFIX``."""
    at: datetime
    run: str
    """Empty where a decision made it."""
    decision: str
    """Empty where a run made it."""
    detail: str

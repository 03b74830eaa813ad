"""The records of a run, in the order of a run: what a journal holds, one a line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeAlias, get_type_hints

from scanner.model.ending import Ended, Ending
from scanner.model.observation import Observation
from scanner.model.report import ImportedFile, RunError
from scanner.model.sighting import Sighting


@dataclass(frozen=True, slots=True)
class RunStarted:
    """The first record: everything that a report needs besides what was seen."""

    id: str
    version: str
    started: str
    targets: tuple[str, ...]
    walked: tuple[str, ...]
    excluded: tuple[str, ...]
    unwalked: tuple[str, ...]
    ports: tuple[int, ...]
    seed: int
    engine: str
    methods: tuple[str, ...]
    """Methods that ask each address."""
    connected: tuple[str, ...]
    """Prefixes of our own links: there a failed neighbour look-up counts as looked at."""
    profiles: tuple[str, ...]
    facts: str
    """The site's facts as YAML text, empty for none."""
    reference: str | None
    sensor: Mapping[str, Any]
    asked: Mapping[str, Any] = field(default_factory=dict)
    """How it was to be done, besides the above: what it takes to go on with it. Secrets are only named."""
    knowledge: str = ""
    """The digest over all that was known."""


@dataclass(frozen=True, slots=True)
class Swept:
    """All steps of the permutation below this one are finished."""

    steps: int


@dataclass(frozen=True, slots=True)
class Tried:
    """Of blocks that the sweep has under way, the ports that are over; a block's name is its first step.

    What accepted is told in records of its own; what refused, once an address.
    """

    first: Mapping[str, Any]
    """Ports whose first try is over, each with who was silent: a bit an address, the first lowest, in hex."""
    again: Mapping[str, Any]
    """Ports whose retry is over too."""


@dataclass(frozen=True, slots=True)
class Life:
    """A sign of life from inside a prefix that is no answer of the asked address itself."""

    address: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """A router or firewall on the way says that nothing gets through to an address."""

    address: str
    router: str


@dataclass(frozen=True, slots=True)
class Left:
    """An address, or the whole prefix of it, is left alone from now on."""

    address: str
    reason: str
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Looked:
    """The conversations with an address are finished."""

    address: str


@dataclass(frozen=True, slots=True)
class Looking:
    """The conversations with an address begin, about these ports."""

    address: str
    ports: tuple[int, ...]
    schemes: tuple[str, ...]
    """How each of them is spoken to."""


@dataclass(frozen=True, slots=True)
class Talked:
    """One conversation of those that began last with an address is finished."""

    method: str
    address: str


@dataclass(frozen=True, slots=True)
class Spent:
    """What hosts have had of their budgets so far; written for those of which it changed."""

    connections: Mapping[str, Any]
    requests: Mapping[str, Any]
    gets: Mapping[str, Any]
    """GETs of each port of a host, which is named as address and port."""
    seconds: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class GapFound:
    """Something that was not looked at."""

    targets: str
    method: str
    state: str
    reason: str
    affects_verdict: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A method that asks a group, or a set of addresses, was used."""

    method: str
    interface: str


@dataclass(frozen=True, slots=True)
class Proven:
    """What a file of another tool proves asked of an address, and how it ended."""

    address: str
    ending: Ending
    ports: tuple[int, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Named:
    """Addresses that files name, in a run that has no other scope; as a user would write them."""

    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stopping:
    """The run is being stopped: what was not asked from here on was left out for that reason alone."""

    reason: str


@dataclass(frozen=True, slots=True)
class RunEnded:
    """The last record, unless the run is resumed."""

    finished: str
    interrupted: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Resumed:
    """The run goes on: an end before this record was none, and what the stop left out is made up for."""

    at: str
    version: str
    knowledge: str
    """The digest over all that is known by now."""
    sensor: Mapping[str, Any]


Record: TypeAlias = (
    RunStarted
    | Observation
    | Ended
    | Swept
    | Life
    | Rejected
    | Left
    | Looked
    | Looking
    | Talked
    | Tried
    | Spent
    | GapFound
    | Asked
    | Sighting
    | Proven
    | Named
    | ImportedFile
    | RunError
    | Stopping
    | RunEnded
    | Resumed
)

KINDS: dict[str, type] = {
    "run": RunStarted,
    "ended": Ended,
    "swept": Swept,
    "life": Life,
    "rejected": Rejected,
    "left": Left,
    "looked": Looked,
    "looking": Looking,
    "talked": Talked,
    "tried": Tried,
    "spent": Spent,
    "gap": GapFound,
    "asked": Asked,
    "sighting": Sighting,
    "proven": Proven,
    "named": Named,
    "file": ImportedFile,
    "error": RunError,
    "stopping": Stopping,
    "finish": RunEnded,
    "resumed": Resumed,
}
NAMES = {kind: name for name, kind in KINDS.items()}
FIELDS: dict[type, dict[str, Any]] = {
    kind: {field.name: get_type_hints(kind)[field.name] for field in fields(kind)}
    for kind in (Observation, *KINDS.values())
}

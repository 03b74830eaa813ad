"""Goes on with a scan that was killed, stopped, or ended by its window, its limit or a full disk.

It appends to the same journal, asks only what the journal does not hold, and counts what each host has had in
all sittings together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from scanner.journal import RunStarted, is_written
from scanner.knowledge import Knowledge
from scanner.model.errors import UsageError
from scanner.policy.heard_ledger import LISTEN
from scanner.policy.tenure import Tenure
from scanner.run.credentials import Credentials
from scanner.run.foreign_file import open_inputs
from scanner.run.machine import Machine, look_up, this_machine
from scanner.run.peek import Peek, peek
from scanner.run.plan import Plan, make_plan
from scanner.run.request import ScanRequest, Secret
from scanner.run.result import NO_ENGINE
from scanner.run.scan import Scan
from scanner.scope import AddressRange, Scope, parse_target, subtract


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A scan that can be gone on with."""

    path: Path
    started_record: RunStarted
    steps: int
    """Addresses that were swept to the end."""
    records: int
    reason: str
    """Why its last sitting ended; empty for one that was killed."""
    files: Mapping[str, str]
    """Files of other tools that were not read to the end, with what they are read as."""

    @property
    def run(self) -> str:
        """Its name."""
        return self.started_record.id

    @property
    def reference(self) -> str | None:
        """The user's own name for it."""
        return self.started_record.reference

    @property
    def started(self) -> str:
        """When it began, in UTC."""
        return self.started_record.started

    @property
    def targets(self) -> tuple[str, ...]:
        """As the user wrote them."""
        return self.started_record.targets

    @property
    def walked(self) -> tuple[str, ...]:
        """The ranges that are walked."""
        return self.started_record.walked

    @property
    def scope(self) -> Scope:
        """What may be touched."""
        return _scope(self.started_record)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What it asked with that no journal holds: ``community``, ``credentials``."""
        asked = self.started_record.asked
        return tuple(name for name in ("community", "credentials") if asked.get(name))


def unfinished(path: Path) -> Unfinished | None:
    """What a journal, which may be cut at any byte, leaves to do; None for a run that is finished.

    Raises:
        UsageError: it cannot be read, is no journal, or is of a run that cannot be gone on with.
    """
    found = peek(path)
    if found is None:
        raise UsageError(f"{path}: not a journal of a scan, or one that was cut in its first record")
    if found.finished:
        return None
    _check(path, found)
    files = {
        name: form
        for name, form in dict(found.started.asked.get("files", {})).items()
        if Path(name).name not in found.files
    }
    reason = found.end.reason if found.end else ""
    return Unfinished(path, found.started, found.steps, found.records, reason, files)


def _check(path: Path, found: Peek) -> None:
    """Refuse what cannot be gone on with.

    Raises:
        UsageError: it cannot.
    """
    if found.started.engine in (NO_ENGINE, LISTEN):
        doing = "reads files" if found.started.engine == NO_ENGINE else "listens"
        raise UsageError(f"{path}: a run that {doing} is not gone on with; start it again")
    if not found.started.asked:
        raise UsageError(
            f"{path}: written by a hiksweep that did not note how it asked; 'hiksweep report' tells what it "
            "found, a new scan what is there"
        )


def _scope(started: RunStarted) -> Scope:
    return Scope(_ranges(started.walked), _ranges(started.excluded), _ranges(started.unwalked))


def _ranges(texts: Sequence[str]) -> tuple[AddressRange, ...]:
    return tuple(found for text in texts if isinstance(found := parse_target(text), AddressRange))


def resume_plan(
    found: Unfinished,
    machine: Machine,
    *,
    community: Secret | None = None,
    credentials: Credentials | None = None,
    time_limit: float | None = None,
) -> Plan:
    """The plan of a run as it was, on the machine that goes on with it.

    Args:
        found: the run.
        machine: where it goes on; interfaces that it named and that are not here are left out.
        community: the site's SNMP read community, which no journal holds.
        credentials: for the routers, which no journal holds either.
        time_limit: seconds for this sitting; None = those that the scan was given.

    Raises:
        UsageError: a secret that it asked with is missing, or its first record is damaged.
    """
    started, asked = found.started_record, found.started_record.asked
    if asked.get("community") and community is None:
        raise UsageError(
            f"{found.run} asked with an SNMP community, which no journal holds; give --snmp-community-file"
        )
    if asked.get("credentials") and credentials is None:
        raise UsageError(
            f"{found.run} reads routers with credentials, which no journal holds; give --snmp-credentials"
        )
    try:
        request = _request(found.path, started, machine, asked)
        routers = dict(asked["routers"])
    except (KeyError, TypeError, ValueError, AttributeError):
        raise UsageError(f"{found.path}: its first record is damaged; it cannot be gone on with") from None
    request = replace(
        request,
        community=community if asked.get("community") else None,
        credentials=credentials if asked.get("credentials") else None,
        time_limit=time_limit or request.time_limit,
    )
    return make_plan(
        request,
        machine,
        scope=found.scope,
        resolver=lambda name: [routers[name]] if name in routers else look_up(name),
    )


def _request(path: Path, started: RunStarted, machine: Machine, asked: Any) -> ScanRequest:
    here = {interface.name for interface in machine.interfaces if interface.up}
    return ScanRequest(
        targets=started.targets,
        exclude=tuple(asked["exclude"]),
        ports=tuple(asked["ports"]),
        rate=float(asked["rate"]),
        profiles=started.profiles,
        facts=started.facts,
        engine=started.engine,
        multicast=bool(asked["multicast"]),
        interfaces=tuple(name for name in asked["interfaces"] if name in here),
        routers=tuple(asked["routers"]),
        time_limit=None if asked["time_limit"] is None else float(asked["time_limit"]),
        reference=started.reference,
        yes=True,  # it was said when the scan began
        journal=path,
    )


def resume_scan(
    path: Path,
    knowledge: Knowledge,
    tenure: Tenure | None = None,
    *,
    machine: Machine | None = None,
    community: Secret | None = None,
    credentials: Credentials | None = None,
    time_limit: float | None = None,
) -> Scan:
    """A scan that goes on where its journal ends; its `events` are those of any scan.

    Args:
        path: the journal, which is written on.
        knowledge: as loaded; that it is another than before is recorded.
        tenure: how long it may send.
        machine: where it goes on; None = this one.
        community: see `resume_plan`, as for the others.
        credentials: for its routers.
        time_limit: seconds.

    Raises:
        UsageError: the run is finished, cannot be gone on with, or a file that it was to read is gone.
    """
    found = unfinished(path)
    if found is None:
        raise UsageError(f"{path}: the run is finished; 'hiksweep report {path}' tells what it found")
    plan = resume_plan(
        found,
        machine or this_machine(),
        community=community,
        credentials=credentials,
        time_limit=time_limit,
    )
    inputs = [one for name, form in found.files.items() for one in open_inputs([name], form)]
    return Scan(plan, knowledge, inputs, tenure, earlier=found.started_record)


def overlapping(folder: Path, scope: Scope, at_most: int = 5) -> list[Unfinished]:
    """Scans of some of these addresses that were never finished and that nobody is at, newest first.

    Args:
        folder: where journals lie.
        scope: the addresses.
        at_most: so many journals are looked at, the newest ones.
    """
    found = []
    for path in sorted(folder.glob("*.jsonl"), reverse=True)[:at_most]:
        try:
            left = unfinished(path)
        except UsageError:
            continue
        if left is not None and not is_written(path) and _touch(left.scope, scope):
            found.append(left)
    return found


def _touch(one: Scope, other: Scope) -> bool:
    theirs = (*other.walked, *other.unwalked)
    ours = (*one.walked, *one.unwalked)
    return subtract(ours, theirs) != subtract(ours, ())

"""From the records of a run to its report: the one way, for a scan that just ended and for an old journal."""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from scanner.journal import (
    Asked,
    GapFound,
    Left,
    Life,
    Looked,
    Named,
    Proven,
    Record,
    Rejected,
    Resumed,
    RunEnded,
    RunStarted,
    Stopping,
    Swept,
    is_mac,
    read_journal,
)
from scanner.knowledge import Knowledge
from scanner.knowledge.age import old_blocks
from scanner.mandates import Facts, disclaimer, judge, read_facts, report_notes
from scanner.matcher import Exhibits, Identifier, exhibits_of, join
from scanner.model.coverage import Gap
from scanner.model.device import Device
from scanner.model.ending import Ended, Ending
from scanner.model.errors import UsageError
from scanner.model.finding import Finding, Text
from scanner.model.observation import Observation
from scanner.model.report import Ignored, ImportedFile, Report, RunError
from scanner.model.sighting import Sighting
from scanner.policy.file_ledger import FileLedger
from scanner.policy.heard_ledger import LISTEN, HeardLedger
from scanner.policy.ledger import SWEEP, Ledger
from scanner.policy.marks import Marks
from scanner.probes import control
from scanner.run.sightings import Sightings
from scanner.run.summing import run_info, sum_coverage
from scanner.scope import AddressRange, Permutation, Scope, parse_target

_REAL = frozenset(("link lost", "refused here"))
"""States of gaps that a stop does not explain."""
NO_ENGINE = "import"
"""In the place of an engine: the run reads files and sends nothing."""
_TOLD = frozenset({Ending.COMPLETE, Ending.REFUSED, Ending.SILENT})
FAULTS_LISTED = 3
"""Addresses at which the same thing went wrong that are listed one by one."""
_WALKED_AT_MOST = 1 << 32
"""All of IPv4: more than any scan walks."""


class RunResult:
    """Takes the records of one run in order; `report` is its result as it stands."""

    def __init__(self, started: RunStarted, knowledge: Knowledge) -> None:
        self.started = started
        self.scope = Scope(
            walked=_ranges(started.walked),
            excluded=_ranges(started.excluded),
            unwalked=_ranges(started.unwalked),
        )
        if self.scope.size > _WALKED_AT_MOST:
            raise UsageError(
                f"{started.id}: no scan walks {self.scope.size:,} addresses; the journal is damaged"
            )
        self.permutation = Permutation.of(self.scope.size, started.seed)
        self._ledger = self._new_ledger()
        self._left_out: list[Record] = []
        """What a stop left out: it counts once nothing follows that makes up for it."""
        self._stopped = False
        self._knowledge = knowledge
        self.exhibits = Exhibits()
        self._identifier = Identifier(knowledge, self.exhibits, controlled=True)
        self._known_errors: set[RunError] = set()
        self._errors: list[RunError] = []
        self._faults: defaultdict[tuple[str, str], Marks] = defaultdict(Marks)
        self.sightings = Sightings()
        self.files: list[ImportedFile] = []
        self.finish: RunEnded | None = None

    def _new_ledger(self) -> Ledger:
        if self.started.engine == NO_ENGINE:
            return FileLedger(self.scope)
        if self.started.engine == LISTEN:
            return HeardLedger()
        connected = [ipaddress.ip_network(text) for text in self.started.connected]
        return Ledger(self.scope, self.permutation, self.started.methods, connected)

    @property
    def ledger(self) -> Ledger:
        """The account of the run as it stands."""
        left_out, self._left_out = self._left_out, []
        for record in left_out:
            self._add(record)
        return self._ledger

    def add(self, record: Record) -> None:
        """Take one record."""
        match record:
            case Stopping():
                self._stopped = True
            case Resumed():
                self._left_out.clear()
                self._stopped, self.finish = False, None
            case _ if self._stopped and _is_left_out(record):
                self._left_out.append(record)
            case _:
                self._add(record)

    def _add(self, record: Record) -> None:
        match record:
            case Observation():
                self._observed(record)
            case Ended():
                self._ledger.ended(record.method, record.address, record.ending)
                self._note_fault(record)
                self._note_control(record)
            case Swept() | Life() | Rejected() | Left() | Asked():
                self._add_of_the_sweep(record)
            case Looked():
                self._ledger.looked(record.address)
                self._identifier.looked(record.address)
            case GapFound():
                gap = Gap(record.targets, record.method, record.state, record.reason, record.affects_verdict)
                self._ledger.gap(gap)
            case Sighting() | Proven() | Named() | ImportedFile():
                self._add_of_a_file(record)
            case RunError() | RunEnded() | RunStarted():
                self._add_of_the_run(record)
            case _:
                pass  # how far it is, for whoever goes on with it

    def _add_of_the_sweep(self, record: Swept | Life | Rejected | Left | Asked) -> None:
        match record:
            case Swept():
                self._ledger.swept(record.steps)
            case Life():
                self._ledger.life(record.address)
            case Rejected():
                self._ledger.rejected(record.address, record.router)
            case Left():
                self._ledger.left(record.address, record.reason, prefix=record.prefix)
            case Asked():
                self._ledger.asked(record.method)

    def _observed(self, observation: Observation) -> None:
        if observation.source and not is_mac(observation.host):
            self._ledger.told(observation.method, observation.host, Ending.COMPLETE)
        elif not is_mac(observation.host):
            self._ledger.observed(observation.method, observation.host)
        self._identifier.add(observation)

    def _add_of_a_file(self, record: Sighting | Proven | Named | ImportedFile) -> None:
        match record:
            case Sighting():
                self.sightings.add(record)
            case Proven():
                if record.ending is not Ending.SILENT:
                    self._ledger.told(SWEEP, record.address, record.ending)
                self._ledger.proven.add(record.address, record.ports)
            case Named():
                if isinstance(self._ledger, FileLedger):
                    self._ledger.name(_ranges(record.addresses))
            case ImportedFile():
                self._add_file(record)

    def _add_file(self, file: ImportedFile) -> None:
        """Keep the account of a file, with what it leaves open."""
        self.files.append(file)
        if file.cannot_tell:
            # Once for all files of a format.
            self._ledger.gap(
                Gap(file.format, "import", "cannot tell", file.cannot_tell, affects_verdict=False)
            )
        reasons = [f"{file.broken:,} of {file.rows:,} rows could not be read"] if file.broken else []
        for reason in (*reasons, *filter(None, (file.problem,))):
            self._ledger.gap(Gap(file.name, file.format, "not read", reason, affects_verdict=True))

    def _add_of_the_run(self, record: RunStarted | RunError | RunEnded) -> None:
        match record:
            case RunError():
                self._error(record)
            case RunEnded():
                self.finish = record
            case RunStarted():
                self._error(RunError(record.id, "a second run in one journal; only the first is read"))

    def _note_fault(self, ended: Ended) -> None:
        where = f"{ended.address} {ended.method}" + (f" port {ended.port}" if ended.port else "")
        if ended.ending is Ending.FAULT:
            message = ended.detail or "a fault of ours"
            alike = self._faults[ended.method, message]
            alike.add(ended.address)
            if len(alike) <= FAULTS_LISTED:
                self._error(RunError(where, message))
        elif ended.ending is Ending.STOPPED_BY_US and ended.method != "tcp":
            asked = f"{ended.request}: " if ended.request else ""
            self._ledger.gap(
                Gap(
                    ended.address,
                    ended.method,
                    "stopped by us",
                    f"{asked}{ended.detail or 'not asked'}",
                    affects_verdict=False,
                )
            )

    def _note_control(self, ended: Ended) -> None:
        """Tell the matcher which ports accept connections, and whether one does that nobody opens."""
        if ended.method == SWEEP and ended.ending is Ending.COMPLETE:
            self._identifier.opened(ended.address, ended.port)
        elif ended.method == control.NAME and ended.ending in _TOLD:
            accepted = ended.ending is Ending.COMPLETE
            self._identifier.control(ended.address, ended.port, accepted=accepted)

    @property
    def errors(self) -> list[RunError]:
        """What went wrong on our side; what went wrong alike at many addresses is summed up."""
        more = [
            RunError(f"{len(alike) - FAULTS_LISTED:,} more addresses {method}", message)
            for (method, message), alike in self._faults.items()
            if len(alike) > FAULTS_LISTED
        ]
        return [*self._errors, *more]

    def _error(self, error: RunError) -> None:
        """Keep an error; whatever went wrong on our side makes the verdict incomplete."""
        if error not in self._known_errors:
            self._known_errors.add(error)
            self._errors.append(error)
            self._ledger.gap(Gap(error.where, "all", "fault", error.message, affects_verdict=True))

    def device(self, address: str) -> Device:
        """What one address amounts to so far."""
        if self._identifier.is_ghost(address):
            return Device(id="", addresses=(address,))
        return self._identifier.device(address)

    def ghosts(self) -> tuple[Ignored, ...]:
        """Addresses that answer everything, and so are no devices."""
        return self._identifier.ghosts()

    def devices(self) -> list[Device]:
        """What the observations add up to, joined where they are one thing."""
        if self._identifier.faults:
            what = f"{self._identifier.faults} observations could not be judged because of a fault of ours"
            self._error(RunError("matcher", what))
        ghosts = {ghost.address for ghost in self.ghosts()}
        return [_with_addresses_only(device) for device in join(self._identifier.devices(without=ghosts))]


def _is_left_out(record: Record) -> bool:
    """Whether a record of a run that is being stopped says no more than that."""
    if isinstance(record, Ended):
        return record.ending is Ending.STOPPED_BY_US
    return isinstance(record, GapFound) and record.state not in _REAL


def _with_addresses_only(device: Device) -> Device:
    """A device that is known by its MAC address has no address to show."""
    if any(map(is_mac, device.addresses)):
        return replace(device, addresses=tuple(name for name in device.addresses if not is_mac(name)))
    return device


def build_report(
    results: Sequence[RunResult], knowledge: Knowledge, profiles: Sequence[str] | None, facts: Facts | None
) -> Report:
    """One report of one or more runs.

    Args:
        results: at least one; of a run that is given twice the finished one counts, else the last.
        knowledge: as loaded.
        profiles: None = those of the runs.
        facts: None = those of the runs.

    Raises:
        UsageError: an unknown profile, or facts that do not fit.
    """
    results = _each_once(results)
    first = results[0]
    if profiles is None:
        profiles = tuple(dict.fromkeys(name for result in results for name in result.started.profiles))
    library = knowledge.mandates
    for name in profiles:
        library.profile(name)
    if facts is None:
        facts = read_facts(first.started.facts, first.started.id)
    finished = [result.finish.finished for result in results if result.finish is not None]
    on = date.fromisoformat(first.started.started[:10])
    devices = join([device for result in results for device in result.devices()])
    ghosts = _ghosts(results, devices)
    seen = Sightings.of(result.sightings for result in results)
    shared: dict[Finding, Finding] = {}  # most devices are told the same, some pages of it
    judged = tuple(
        replace(
            device,
            mandates=tuple(
                shared.setdefault(finding, finding) for finding in judge(device, library, profiles, facts, on)
            ),
            seen_at=seen.at_ports_of(device),
        )
        for device in devices
    )
    return Report(
        run=run_info(
            results, knowledge, tuple(profiles), max(finished) if len(finished) == len(results) else None
        ),
        coverage=sum_coverage(
            [result.ledger.coverage() for result in results],
            results,
            devices,
            ghosts,
            only_files=all(result.started.engine == NO_ENGINE for result in results),
        ),
        devices=judged,
        ignored=ghosts,
        observations=exhibits_of(judged, [result.exhibits for result in results]),
        errors=tuple(error for result in results for error in result.errors),
        disclaimer=disclaimer(library),
        notes=(*report_notes(library, profiles, on), *_age_notes(knowledge, first.started.started)),
    )


def _age_notes(knowledge: Knowledge, on: str) -> tuple[Text, ...]:
    """What a reader must know of the age of the tables on the day of the run."""
    sentence = old_blocks(knowledge.oui.version.date, on)
    return (Text(f"{sentence[0].upper()}{sentence[1:]}."),) if sentence else ()


def _ghosts(results: Sequence[RunResult], devices: Sequence[Device]) -> tuple[Ignored, ...]:
    """The ghosts of all runs, each once; where another run found a device there, it is none."""
    peopled = {address for device in devices for address in device.addresses}
    found = {ghost.address: ghost for result in results for ghost in result.ghosts()}
    return tuple(ghost for address, ghost in found.items() if address not in peopled)


def _each_once(results: Sequence[RunResult]) -> list[RunResult]:
    kept: dict[str, RunResult] = {}
    for result in results:
        known = kept.get(result.started.id)
        if known is None or known.finish is None:
            kept[result.started.id] = result
    return list(kept.values())


def read_result(path: Path, knowledge: Knowledge) -> RunResult:
    """Read a journal into a result.

    Raises:
        UsageError: the file cannot be read or is no journal.
    """
    result: RunResult | None = None
    for record in read_journal(path):
        if result is None:
            if not isinstance(record, RunStarted):
                raise UsageError(f"{path}: not a journal of a scan")
            result = RunResult(record, knowledge)
        else:
            result.add(record)
    if result is None:
        raise UsageError(f"{path}: not a journal of a scan")
    return result


def _ranges(texts: Iterable[str]) -> tuple[AddressRange, ...]:
    return tuple(found for text in texts if isinstance(found := parse_target(text), AddressRange))

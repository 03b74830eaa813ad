"""A run that sends nothing: files of other tools in, the journal and the report of a scan out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from scanner.journal import Journal, RunEnded
from scanner.knowledge import Knowledge
from scanner.model.errors import UsageError
from scanner.parsers.secrets import strip_secrets
from scanner.run.events import Event, Finished, Note, Started
from scanner.run.foreign_file import open_inputs
from scanner.run.imports import Intake
from scanner.run.machine import Machine
from scanner.run.recorder import Recorder, utc_now
from scanner.run.request import resolve
from scanner.run.result import NO_ENGINE, RunResult, build_report
from scanner.run.running import INTERRUPTED
from scanner.run.start import journal_path, start
from scanner.scope import Scope
from scanner.sweep.interface import Stop


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """What is to be read, and how it is to be judged."""

    files: tuple[str, ...]
    format: str | None = None
    """The word of ``--as``; None = by content."""
    within: tuple[str, ...] = ()
    """The scope; empty = the addresses that the files name."""
    exclude: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    facts: str = ""
    reference: str | None = None
    journal: Path | None = None


class Reading:
    """One run over files.

    Raises:
        UsageError: a file, a format or an address cannot be used; nothing was written then.
    """

    def __init__(self, request: ReadRequest, machine: Machine, knowledge: Knowledge) -> None:
        if not request.files:
            raise UsageError("no file; name the files of other tools to read, or - for standard input")
        self._knowledge = knowledge
        self._scope, self._excluded = _scopes(request, machine)
        self._inputs = open_inputs(request.files, request.format)
        self._stop = Stop()
        self._started = start(request, machine, NO_ENGINE, request.within, scope=self._scope)
        self.journal_path = journal_path(request, self._started.id)

    def stop(self, reason: str = INTERRUPTED) -> None:
        """End the reading soon; `events` still ends with `Finished`. May be called from a signal handler."""
        self._stop.set(reason)

    def events(self) -> Iterator[Event]:
        """Read, and yield what happens until `Finished`."""
        journal = Journal(self.journal_path, strip_secrets)
        notes: list[Event] = []
        recorder = Recorder(journal, RunResult(self._started, self._knowledge), self._failed(notes.append))
        recorder.begin()
        yield Started(self._started.id, self.journal_path)

        def tell(text: str) -> None:
            notes.append(Note(text))

        intake = Intake(recorder, self._scope, self._stop, tell, self._excluded)
        for one in self._inputs:
            intake.read([one])
            yield from notes
            notes.clear()
        reason = self._stop.reason
        recorder.record(RunEnded(utc_now(), interrupted=reason == INTERRUPTED, reason=reason))
        recorder.close()
        report = build_report([recorder.result], self._knowledge, None, None)
        yield Finished(report, self.journal_path, interrupted=reason == INTERRUPTED)

    def _failed(self, say: Callable[[Event], None]) -> Callable[[str], None]:
        """What happens when the journal can no longer be written."""

        def failed(reason: str) -> None:
            self._stop.set(reason)
            say(Note(reason))

        return failed


def _scopes(request: ReadRequest, machine: Machine) -> tuple[Scope | None, Scope | None]:
    """The scope that the user named, or what to leave out where the files name it.

    Raises:
        UsageError: not an address, prefix or range, or nothing is left.
    """
    exclusions = resolve(request.exclude, _no_look_up, machine.local_networks)
    if not request.within:
        return None, Scope.of(exclusions) if exclusions else None
    scope = Scope.of(resolve(request.within, _no_look_up, machine.local_networks), exclusions)
    if not scope.walked and not scope.unwalked:
        raise UsageError("nothing is left to look for: the exclusions cover every --within")
    return scope, None


def _no_look_up(name: str) -> Sequence[str]:
    raise UsageError(
        f"{name}: a host name would have to be looked up, and reading files sends nothing; give the address"
    )

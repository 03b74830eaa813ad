"""Every fact of a running scan goes through here: first to the journal, then to the result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from scanner.journal import GapFound, Journal, Looked, Record, Stopping
from scanner.model.ending import Ended, Ending
from scanner.model.exchange import Exchange
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol
from scanner.model.report import RunError
from scanner.run.result import RunResult


def utc_now() -> str:
    """The time of day in UTC, ISO 8601 with seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


class Recorder:
    """Writes records and keeps the result up to date. Used from one thread.

    Args:
        journal: open for writing.
        result: takes what the journal kept.
        on_failure: called once with a sentence when the journal can no longer be written.
    """

    def __init__(self, journal: Journal, result: RunResult, on_failure: Callable[[str], None]) -> None:
        self._journal = journal
        self._on_failure = on_failure
        self._broken = False
        self._told_stop = False
        self.result = result
        self.stopping: Callable[[], str] = lambda: ""
        """Why the run is being stopped, once it is; the journal says so before anything that comes of it."""

    def begin(self) -> None:
        """Write the first record, which names the run."""
        self._append((self.result.started,))

    def _append(self, records: Sequence[Record]) -> list[Record]:
        if not self._broken:
            try:
                return self._journal.append_all(records)
            except OSError as error:
                self._fail(error)
        return [self._journal.kept(one) if isinstance(one, Observation) else one for one in records]

    def record(self, *records: Record) -> Record:
        """Append records, all or none, and apply them; what the disk no longer takes is still applied.

        Returns the first as it was written.
        """
        if not self._told_stop and (reason := self.stopping()):
            self._told_stop = True
            records = (Stopping(reason), *records)
        kept = self._append(records)
        for one in kept:
            self.result.add(one)
        return kept[1] if isinstance(kept[0], Stopping) and len(kept) > 1 else kept[0]

    def _fail(self, error: OSError) -> None:
        self._broken = True
        reason = f"the journal cannot be written any more: {error.strerror or error}"
        self.result.add(RunError(str(self._journal.path), reason))
        self._on_failure(reason)

    def sync(self) -> None:
        """Bring what was written to the disk."""
        if not self._broken:
            try:
                self._journal.sync()
            except OSError as error:
                self._fail(error)

    def close(self) -> None:
        """Sync and close the journal."""
        try:
            self._journal.close()
        except OSError as error:
            if not self._broken:
                self._fail(error)

    def observe(
        self,
        method: str,
        host: str,
        protocol: Protocol,
        port: int,
        payload: bytes,
        *,
        request: str | None = None,
        interface: str = "",
        synthesised: bool = False,
    ) -> Observation:
        """Record what came back; returns it as it was kept."""
        observation = self._observation(method, host, protocol, port, payload, request)
        kept = self.record(replace(observation, interface=interface, synthesised=synthesised))
        return kept if isinstance(kept, Observation) else observation

    def _observation(
        self, method: str, host: str, protocol: Protocol, port: int, payload: bytes, request: str | None
    ) -> Observation:
        return Observation(
            host=host,
            protocol=protocol,
            payload=payload,
            port=port,
            request=request,
            run=self.result.started.id,
            method=method,
            at=utc_now(),
        )

    def exchange(self, method: str, host: str, exchange: Exchange) -> Exchange:
        """Record one question of a conversation: its bytes, if any, and how it ended."""
        return self.exchanges(method, host, (exchange,))[0]

    def exchanges(
        self, method: str, host: str, exchanges: Iterable[Exchange], *more: Record
    ) -> list[Exchange]:
        """Record questions of a conversation, and more with them: all or, on a full disk, none."""
        records: list[Record] = []
        kept: list[Exchange] = []
        for found in exchanges:
            exchange = found
            if found.payload:
                seen = self._observation(
                    method, host, found.protocol, found.port, found.payload, found.request
                )
                records.append(seen)
                exchange = replace(found, payload=self._journal.kept(seen).payload)
            if found.ending is not Ending.COMPLETE or not found.payload or found.detail:
                records.append(
                    Ended(method, host, found.port, found.ending, found.request, found.detail, utc_now())
                )
            kept.append(exchange)
        records += more
        if records:
            self.record(*records)
        return kept

    def ended(
        self,
        method: str,
        host: str,
        port: int,
        ending: Ending,
        request: str | None = None,
        detail: str = "",
    ) -> None:
        """Record how one question ended."""
        self.record(Ended(method, host, port, ending, request, detail, utc_now()))

    def gap(self, targets: str, method: str, reason: str, *, affects_verdict: bool, state: str = "") -> None:
        """Record something that was not looked at."""
        self.record(GapFound(targets, method, state or "not asked", reason, affects_verdict))

    def looked(self, host: str) -> None:
        """Record that the conversations with a host are finished."""
        self.record(Looked(host))

    def error(self, where: str, message: str) -> None:
        """Record a fault of ours."""
        self.record(RunError(where, message))

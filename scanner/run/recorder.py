"""Every fact of a running scan goes through here: first to the journal, then to the result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from scanner.journal import GapFound, Journal, Looked, Record
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
        self.result = result

    def begin(self) -> None:
        """Write the first record, which names the run."""
        self._append(self.result.started)

    def _append(self, record: Record) -> Record:
        if not self._broken:
            try:
                return self._journal.append(record)
            except OSError as error:
                self._fail(error)
        return self._journal.kept(record) if isinstance(record, Observation) else record

    def record(self, record: Record) -> Record:
        """Append a record and apply it; what the disk no longer takes is still applied."""
        record = self._append(record)
        self.result.add(record)
        return record

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
        observation = Observation(
            host=host,
            protocol=protocol,
            payload=payload,
            port=port,
            request=request,
            run=self.result.started.id,
            method=method,
            interface=interface,
            at=utc_now(),
            synthesised=synthesised,
        )
        kept = self.record(observation)
        return kept if isinstance(kept, Observation) else observation

    def exchange(self, method: str, host: str, exchange: Exchange) -> Exchange:
        """Record one question of a conversation: its bytes, if any, and how it ended."""
        if exchange.payload:
            kept = self.observe(
                method, host, exchange.protocol, exchange.port, exchange.payload, request=exchange.request
            )
            exchange = replace(exchange, payload=kept.payload)
        if exchange.ending is not Ending.COMPLETE or not exchange.payload:
            self.ended(method, host, exchange.port, exchange.ending, exchange.request, exchange.detail)
        return exchange

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

"""Runs a plan: the sweep in its own thread, conversations and link-local questions in an asyncio loop.

`Scan.events` yields what happens, `Finished` last. The caller may stop the run from another thread or from a
signal handler; what was gathered is still reported.
"""

from __future__ import annotations

import asyncio
import queue
import secrets
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from scanner import __version__
from scanner.journal import Journal, RunStarted
from scanner.knowledge import Knowledge
from scanner.parsers.secrets import strip_secrets
from scanner.policy.ledger import SWEEP
from scanner.run.events import Event, Finished
from scanner.run.foreign_file import Opened
from scanner.run.lock import hold
from scanner.run.machine import data_folder
from scanner.run.plan import Plan
from scanner.run.recorder import utc_now
from scanner.run.running import INTERRUPTED, Running
from scanner.scope import ranges_text
from scanner.sweep.interface import Stop


def new_run_id() -> str:
    """A name for a run that sorts by time."""
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime()) + "-" + secrets.token_hex(3)


class Scan:
    """One run of a plan, joined with what files of other tools say of its addresses.

    Raises:
        UsageError: the journal cannot be made.
        Locked: another scan of the same addresses is running.
    """

    def __init__(self, plan: Plan, knowledge: Knowledge, inputs: Sequence[Opened] = ()) -> None:
        self._plan = plan
        self._inputs = inputs
        self._knowledge = knowledge
        self._events: queue.Queue[Event | BaseException] = queue.Queue()
        self._stop = Stop()
        self._started = _started(plan)
        self.journal_path = plan.request.journal or _journal_path(self._started.id)

    def stop(self, reason: str = INTERRUPTED) -> None:
        """End the run soon; `events` still ends with `Finished`. May be called from any thread."""
        self._stop.set(reason)

    def events(self) -> Iterator[Event]:
        """Run, and yield what happens until `Finished`."""
        with hold(data_folder() / "locks", self._plan.scope, self._started.id, self._started.started):
            journal = Journal(self.journal_path, strip_secrets)
            worker = threading.Thread(target=self._work, args=(journal,), name="hiksweep-run")
            worker.start()
            try:
                while True:
                    event = self._events.get()
                    if isinstance(event, BaseException):
                        raise event
                    yield event
                    if isinstance(event, Finished):
                        return
            finally:
                self._stop.set(INTERRUPTED)
                worker.join(timeout=10.0)

    def _work(self, journal: Journal) -> None:
        try:
            asyncio.run(self._run(journal))
        except BaseException as error:  # noqa: BLE001 - handed to the caller's thread, which raises it
            self._events.put(error)

    async def _run(self, journal: Journal) -> None:
        run = Running(
            self._plan, self._knowledge, self._started, journal, self._stop, self._events.put, self._inputs
        )
        await run.go()


def _journal_path(run: str) -> Path:
    return data_folder() / "journals" / f"{run}.jsonl"


def _started(plan: Plan) -> RunStarted:
    request, machine = plan.request, plan.machine
    return RunStarted(
        id=new_run_id(),
        version=__version__,
        started=utc_now(),
        targets=request.targets,
        walked=ranges_text(plan.scope.walked),
        excluded=ranges_text(plan.scope.excluded),
        unwalked=ranges_text(plan.scope.unwalked),
        ports=plan.ports,
        seed=secrets.randbelow(1 << 31),
        engine=plan.engine,
        methods=(SWEEP, *(probe.name for probe in plan.unicast)),
        connected=tuple(map(str, plan.connected)),
        profiles=request.profiles,
        facts=request.facts,
        reference=request.reference,
        sensor={
            "name": f"hiksweep {__version__}",
            "host": machine.name,
            "interfaces": tuple(map(str, machine.interfaces)),
            "privileges": machine.privileges,
        },
    )

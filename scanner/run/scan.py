"""Runs a plan: the sweep in its own thread, conversations and link-local questions in an asyncio loop.

`Scan.events` yields what happens, `Finished` last. The caller may stop the run from another thread or from a
signal handler; what was gathered is still reported.
"""

from __future__ import annotations

import asyncio
import queue
import secrets
import threading
from collections.abc import Iterator, Sequence

from scanner.journal import Journal, RunStarted
from scanner.knowledge import Knowledge
from scanner.model.errors import UsageError
from scanner.parsers.secrets import strip_secrets
from scanner.policy.ledger import SWEEP
from scanner.policy.tenure import Tenure
from scanner.run.events import Event, Finished
from scanner.run.foreign_file import Opened
from scanner.run.lock import hold
from scanner.run.machine import data_folder
from scanner.run.plan import Plan
from scanner.run.running import INTERRUPTED, Running
from scanner.run.standing import Standing, read_standing
from scanner.run.start import journal_path, start
from scanner.scope import ranges_text
from scanner.sweep.interface import Stop


class Scan:
    """One run of a plan, joined with what files of other tools say of its addresses.

    It sends nothing after its tenure, if it has one, is over.

    Args:
        plan: what to do.
        knowledge: for devices and findings.
        inputs: files of other tools.
        tenure: how long it may send.
        earlier: the first record of a run that is gone on with.

    Raises:
        UsageError: the journal cannot be made.
        Locked: another scan of the same addresses is running.
    """

    def __init__(
        self,
        plan: Plan,
        knowledge: Knowledge,
        inputs: Sequence[Opened] = (),
        tenure: Tenure | None = None,
        *,
        earlier: RunStarted | None = None,
    ) -> None:
        self._tenure = tenure
        self._resumes = earlier is not None
        self.plan = plan
        self._inputs = inputs
        self._knowledge = knowledge
        self._events: queue.Queue[Event | BaseException] = queue.Queue()
        self._stop = Stop()
        self._started = earlier or _started(plan, knowledge, inputs)
        if tenure is not None:
            tenure.when_over = self.stop
        self.id = self._started.id
        self.journal_path = journal_path(plan.request, self.id)

    def stop(self, reason: str = INTERRUPTED) -> None:
        """End the run soon; `events` still ends with `Finished`. May be called from any thread."""
        self._stop.set(reason)

    def events(self) -> Iterator[Event]:
        """Run, and yield what happens until `Finished`."""
        with hold(data_folder() / "locks", self.plan.scope, self._started.id, self._started.started):
            journal = Journal(self.journal_path, strip_secrets, again=self._resumes)
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
        standing = await asyncio.to_thread(self._go_on, journal) if self._resumes else None
        run = Running(
            self.plan,
            self._knowledge,
            self._started,
            journal,
            self._stop,
            self._events.put,
            self._inputs,
            self._tenure,
            standing,
        )
        await run.go()

    def _go_on(self, journal: Journal) -> Standing:
        """Read how far it is, and make ready to write on.

        Raises:
            UsageError: it has been finished meanwhile.
        """
        try:
            read = read_standing(journal.path, self._knowledge)
            if read.standing.finished:
                raise UsageError(f"{journal.path}: the run is finished")
            journal.go_on(read.whole, read.bodies, unended=read.unended)
        except BaseException:
            journal.close()
            raise
        return read.standing


def _started(plan: Plan, knowledge: Knowledge, inputs: Sequence[Opened]) -> RunStarted:
    request = plan.request
    return start(
        plan.request,
        plan.machine,
        plan.engine,
        plan.request.targets,
        scope=plan.scope,
        ports=plan.ports,
        seed=secrets.randbelow(1 << 31),
        methods=(SWEEP, *(probe.name for probe in plan.unicast)),
        connected=tuple(map(str, plan.connected)),
        asked={
            "exclude": ranges_text(plan.exclusions),
            "ports": request.ports,
            "rate": request.rate,
            "multicast": request.multicast,
            "interfaces": request.interfaces,
            "routers": {router.name: router.address for router in plan.routers},
            "community": request.community is not None,
            "credentials": request.credentials is not None,
            "time_limit": request.time_limit,
            "files": {wanted.name: wanted.importer.name for wanted, _ in inputs},
            "nonce": secrets.token_hex(8),
        },
        knowledge=knowledge.digest,
    )

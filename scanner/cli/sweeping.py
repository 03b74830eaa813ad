"""One sweep of a network that is configured: begun or gone on with, watched, reported, counted, told of."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from scanner.cli import output
from scanner.cli.config import facts_of
from scanner.cli.interrupt import interruptible
from scanner.cli.saving import following
from scanner.config.checks import scope_of
from scanner.config.network import Network
from scanner.config.schema import When
from scanner.config.settings import Configuration
from scanner.inventory.engine import Store, open_store
from scanner.inventory.follow import Follower
from scanner.inventory.leases import LOST, Holder, Lease
from scanner.inventory.news import news_of
from scanner.inventory.sites import REHEARSAL
from scanner.inventory.words import EventKind
from scanner.knowledge import Knowledge
from scanner.model.errors import HiksweepError, Locked, StoreUnusable
from scanner.model.report import Report, Verdict
from scanner.policy.tenure import Tenure
from scanner.reporter import Format
from scanner.run.events import Finished, Note
from scanner.run.machine import data_folder, this_machine
from scanner.run.plan import Plan, make_plan
from scanner.run.resume import resume_scan
from scanner.run.scan import Scan
from scanner.schedule import metrics
from scanner.schedule.due import calendar_of
from scanner.schedule.facts import gather, shared
from scanner.schedule.keeping import count_findings, store_place
from scanner.schedule.log import Logger
from scanner.schedule.request import request_of
from scanner.schedule.sweep import within
from scanner.schedule.taking_up import to_go_on_with
from scanner.schedule.turn import Outcome, Turn

if TYPE_CHECKING:
    from collections.abc import Iterable

_SUFFIXES = {Format.TABLE: "txt"}
Attend = Callable[[Scan], AbstractContextManager[Callable[[], Iterator[str]]]]
"""Lets somebody stop a run while it is under way; gives what is to be said of that."""


@dataclass(frozen=True, slots=True)
class Sweeping:
    """How a schedule's sweeps are made."""

    found: Configuration
    knowledge: Knowledge
    log: Logger
    windows: bool = True
    """Whether each ends when its window closes."""
    due: bool = True
    """Whether one that is under way already is what was wanted."""
    talkative: bool = True
    """Whether a sweep with nothing to say is logged."""
    alone: threading.Lock = field(default_factory=threading.Lock)
    """Held where several sweeps at a time would write the same."""

    def sweep(
        self,
        network: Network,
        attend: Attend = interruptible,
        still_due: Callable[[], bool] = lambda: True,
    ) -> tuple[int, Outcome]:
        """Sweep a network.

        Args:
            network: the network.
            attend: lets somebody stop it.
            still_due: asked once nobody else can begin any more.

        Returns:
            The exit code, and what became of it.
        """
        log = self.log.bind(network=network.id)
        began = datetime.now(UTC)
        try:
            finished = self._run(network, log, attend, still_due)
            if finished is None:
                return 0, Outcome.ELSEWHERE
            code = _report(self.found, finished, network, log, talkative=self.talkative)
            with self.alone:
                _count(self.found, network, finished.report, began)
        except Locked as error:
            # Whoever sweeps it now does what we were to do.
            say = self._calm(log) if self.due else log.error
            say("passed over, since it is being swept", reason=str(error))
            return (0, Outcome.ELSEWHERE) if self.due else (1, Outcome.FAILED)
        except (HiksweepError, OSError) as error:
            log.error("sweep failed", reason=str(error))  # noqa: TRY400 - the reason is the message
            return 1, Outcome.FAILED
        return 130 if finished.interrupted else code, Outcome.SWEPT

    def _calm(self, log: Logger) -> Callable[..., object]:
        return log.info if self.talkative else log.debug

    def _run(
        self, network: Network, log: Logger, attend: Attend, still_due: Callable[[], bool]
    ) -> Finished | None:
        """Sweep, and keep the run; None = it is not wanted any more."""
        request = request_of(network, self.found.folder, facts=facts_of(network))
        plan, tenure, turn = make_plan(request, this_machine()), Tenure(reason=LOST), Turn()
        with _leased(self.found, network, plan, turn, tenure) as store:
            if not still_due():
                return None
            scan = self._scan(network, plan, store, tenure, log)
            follower = Follower(scan.journal_path, store_place(self.found), data_folder(), network.site)
            with turn.attend(scan):
                finished = self._watch(scan, network, follower, log, attend)
        self._keep(follower, finished, network, log)
        return finished

    def _scan(self, network: Network, plan: Plan, store: Store | None, tenure: Tenure, log: Logger) -> Scan:
        """The unfinished run of the network, if there is one, or a new one."""
        now, request = datetime.now(UTC), plan.request
        last = gather(self.found, [network], data_folder(), now).last.get(network.id)
        left = to_go_on_with(last, plan, store, data_folder(), now)
        if left is None:
            self._calm(log)("sweep begins", addresses=scope_of(network).size)
            return Scan(plan, self.knowledge, (), tenure)
        self._calm(log)(
            "sweep goes on", run=left.run, begun=left.started, why=left.reason or "its owner died"
        )
        return resume_scan(
            left.path,
            self.knowledge,
            tenure,
            community=request.community,
            credentials=request.credentials,
            time_limit=request.time_limit,
        )

    def _keep(self, follower: Follower, finished: Finished, network: Network, log: Logger) -> None:
        with self.alone:
            trouble = follower.finish(self.knowledge)
        if not trouble:
            _tell_news(self.found, finished.report.run.id, log)
            self._write_tickets(log)
            return
        catch_up = f"hiksweep store ingest {finished.journal} --site {network.site}"
        log.warning("the inventory does not have all of it", reason=trouble, catch_up=catch_up)

    def _write_tickets(self, log: Logger) -> None:
        """Write the tickets that the configuration lets us write; that it cannot be done stops no sweep."""
        from scanner.tickets.configured import write_by_itself

        if not self.found.settings.tickets.auto:
            return
        try:
            with self.alone, closing(open_store(store_place(self.found), data_folder())) as store:
                outcomes = write_by_itself(self.found, store, self.knowledge)
        except HiksweepError as error:
            log.warning("no tickets were written", reason=str(error))
            return
        for one in outcomes:
            say = log.info if one.done in ("done", "already") else log.warning
            say("ticket", act=str(one.step.act), ticket=one.ticket, outcome=str(one.done), detail=one.detail)

    def _watch(
        self, scan: Scan, network: Network, follower: Follower, log: Logger, attend: Attend
    ) -> Finished:
        with ExitStack() as held:
            held.enter_context(following(follower))
            pressed = held.enter_context(attend(scan))
            if self.windows:
                held.enter_context(within(calendar_of(network), scan))
            for event in scan.events():
                for note in pressed():
                    log.warning(note)
                if isinstance(event, Note):
                    self._calm(log)(event.text)
                if isinstance(event, Finished):
                    return event
        raise HiksweepError("the sweep ended without a result")


@contextmanager
def _leased(
    found: Configuration, network: Network, plan: Plan, turn: Turn, tenure: Tenure
) -> Iterator[Store | None]:
    """While a sweep is under way nobody else who uses the store sweeps any of its addresses.

    Raises:
        Locked: another program sweeps some of them.
        StoreUnusable: other machines use the store, and it cannot say what they sweep.
    """
    ranges = (*plan.scope.walked, *plan.scope.unwalked)
    store: Store | None = None
    with ExitStack() as held:
        try:
            store = open_store(store_place(found), data_folder(), make=True)
            held.callback(store.close)
            if network.site != REHEARSAL and ranges:  # loopback is each machine's own
                term = found.settings.daemon.lease.total_seconds()
                lease = Lease(store, network.site, ranges, network.id, tenure, term)
                held.enter_context(Holder(lease, turn.stop))
        except StoreUnusable:
            if shared(found):
                raise
        yield store


def _tell_news(found: Configuration, run: str, log: Logger) -> None:
    """Log what the inventory makes of a sweep: that it covered less than the one before, and what moved."""
    store = open_store(store_place(found), data_folder())
    try:
        for news in news_of(store, run):
            say = log.warning if news.kind is EventKind.COVERAGE_REGRESSION else log.info
            say(news.kind.replace("-", " "), subject=news.subject, detail=news.detail)
    finally:
        store.close()


def _report(
    found: Configuration, finished: Finished, network: Network, log: Logger, *, talkative: bool
) -> int:
    """Write the reports that the configuration wants, and log the outcome; returns the exit code."""
    report, wanted = finished.report, found.settings.reports
    news = report.verdict is not Verdict.CLEAR or bool(report.errors)
    code = output.exit_code(report)
    written: list[str] = []
    if wanted.when is When.ALWAYS or (wanted.when is When.NEWS and news):
        folder = (
            found.folder / Path(wanted.folder).expanduser() if wanted.folder else data_folder() / "reports"
        )
        folder.mkdir(parents=True, exist_ok=True)
        outputs = list(_outputs(folder, finished, network, (Format(kind.value) for kind in wanted.formats)))
        failures = output.write(report, outputs, show_all=False, raw=False)
        for failure in failures:
            log.error("report not written", reason=failure)
        written = [str(one.path) for one in outputs if not failures]
        code = 1 if failures else code
    say = log.warning if news else log.info if talkative else log.debug
    say(
        "sweep ends",
        verdict=report.headline,
        journal=str(finished.journal),
        reports=" ".join(written) or "none",
    )
    return code


def _outputs(
    folder: Path, finished: Finished, network: Network, formats: Iterable[Format]
) -> Iterable[output.Output]:
    stem = f"{finished.report.run.started[:19].replace(':', '')}-{network.site}-{network.name}"
    return (output.Output(kind, folder / f"{stem}.{_SUFFIXES.get(kind, kind)}") for kind in formats)


def _findings(found: Configuration, now: datetime) -> tuple[metrics.Sample, ...]:
    """The findings as figures; none where the inventory cannot be used, which has been told."""
    try:
        store = open_store(store_place(found), data_folder())
        try:
            counts = count_findings(store, now.date())
        finally:
            store.close()
    except StoreUnusable:
        return ()
    return tuple(metrics.finding_samples(counts, found.settings.sites))


def _count(found: Configuration, network: Network, report: Report, began: datetime) -> None:
    """Bring the file of figures up to date."""
    if not found.settings.metrics.textfile:
        return
    path = found.folder / Path(found.settings.metrics.textfile).expanduser()
    before = metrics.parse(path.read_text(encoding="utf-8")) if path.exists() else ()
    ended = datetime.now(UTC)
    now = (*metrics.samples(network.id, report, began=began, ended=ended), *_findings(found, ended))
    known = frozenset(one.id for one in found.networks)
    output.write_whole(path, metrics.render(metrics.merge(before, now, known)))
    path.chmod(0o644)  # the exporter is another user

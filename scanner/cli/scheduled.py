"""The sweeps that `hiksweep schedule run-now` makes: one after another, each logged, reported and counted."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from structlog.typing import FilteringBoundLogger

from scanner.cli import options, output
from scanner.cli.config import facts_of
from scanner.cli.interrupt import interruptible
from scanner.cli.saving import following, leased
from scanner.config.checks import scope_of
from scanner.config.network import Network
from scanner.config.schema import When
from scanner.config.settings import Configuration
from scanner.inventory.engine import PASSWORD, open_store
from scanner.inventory.follow import Follower
from scanner.inventory.news import news_of
from scanner.inventory.words import EventKind
from scanner.knowledge import Knowledge
from scanner.model.errors import HiksweepError, Locked, StoreUnusable
from scanner.model.report import Report, Verdict
from scanner.policy.tenure import Tenure
from scanner.reporter import Format
from scanner.run.events import Finished, Note
from scanner.run.machine import data_folder, this_machine
from scanner.run.plan import make_plan
from scanner.run.scan import Scan
from scanner.schedule import metrics
from scanner.schedule.due import calendar_of
from scanner.schedule.keeping import count_findings, store_place, tell
from scanner.schedule.log import logger
from scanner.schedule.notify import notify
from scanner.schedule.request import request_of
from scanner.schedule.sweep import within

if TYPE_CHECKING:
    from collections.abc import Iterable

_SUFFIXES = {Format.TABLE: "txt"}
_WORST_FIRST = (130, 1, 3, 4, 0)


def sweep_all(
    found: Configuration, networks: Sequence[Network], *, windows: bool, due: bool, quiet: bool
) -> int:
    """Sweep networks, the smallest first, so that none of them waits for a large one.

    Args:
        found: the configuration.
        networks: to be swept.
        windows: whether each sweep ends when its window closes.
        due: whether one that is under way already is what was wanted.
        quiet: log nothing but news.

    Returns:
        The exit code: that of the sweep that matters most.
    """
    log = logger(found.settings.log, quiet=quiet)
    if not networks:
        log.debug("nothing is due")
        return 0
    knowledge = options.load_knowledge()
    _tell_inventory(found, log)
    codes = [0]
    for network in sorted(networks, key=lambda one: scope_of(one).size):
        if windows and not calendar_of(network).is_open(datetime.now(UTC)):
            log.info("its window closed before its turn came", network=network.id)
            continue
        codes.append(_sweep_one(found, network, knowledge, log, windows=windows, due=due))
        if codes[-1] == 130:
            break
    return min(codes, key=_WORST_FIRST.index)


def _tell_inventory(found: Configuration, log: FilteringBoundLogger) -> None:
    """Let the inventory know the sites and their owners; that it cannot be written stops no sweep."""
    try:
        if found.settings.store_password is not None:
            os.environ[PASSWORD] = found.settings.store_password.read(found.folder)
        store = open_store(store_place(found), data_folder(), make=True)
        try:
            tell(store, found, datetime.now(UTC))
        finally:
            store.close()
    except HiksweepError as error:
        log.warning("the inventory cannot be used", reason=str(error))


def _sweep_one(
    found: Configuration, network: Network, knowledge: Knowledge, log: FilteringBoundLogger, *,
    windows: bool, due: bool,
) -> int:  # fmt: skip
    log = log.bind(network=network.id)
    began = datetime.now(UTC)
    notify(f"STATUS=sweeping {network.id}")
    log.info("sweep begins", addresses=scope_of(network).size)
    try:
        finished = _run(found, network, knowledge, log, windows=windows)
        code = _report(found, finished, network, log)
        _count(found, network, finished.report, began)
    except Locked as error:
        # Whoever sweeps it now does what we were to do.
        say = log.info if due else log.error
        say("passed over, since it is being swept", reason=str(error))
        return 0 if due else 1
    except (HiksweepError, OSError) as error:
        log.error("sweep failed", reason=str(error))  # noqa: TRY400 - the reason is the message
        return 1
    finally:
        notify("STATUS=waiting")
    return 130 if finished.interrupted else code


def _run(
    found: Configuration, network: Network, knowledge: Knowledge, log: FilteringBoundLogger, *, windows: bool
) -> Finished:
    request = request_of(network, found.folder, facts=facts_of(network))
    plan, tenure = make_plan(request, this_machine()), Tenure()
    scan = Scan(plan, knowledge, (), tenure)
    follower = Follower(scan.journal_path, store_place(found), data_folder(), network.site)
    with leased(store_place(found), network.site, plan.scope, scan, tenure):
        finished = _watch(scan, network, follower, log, windows=windows)
    if trouble := follower.finish(knowledge):
        catch_up = f"hiksweep store ingest {scan.journal_path} --site {network.site}"
        log.warning("the inventory does not have all of it", reason=trouble, catch_up=catch_up)
    else:
        _tell_news(found, finished.report.run.id, log)
    return finished


def _tell_news(found: Configuration, run: str, log: FilteringBoundLogger) -> None:
    """Log what the inventory makes of a sweep: that it covered less than the one before, and what moved."""
    store = open_store(store_place(found), data_folder())
    try:
        for news in news_of(store, run):
            say = log.warning if news.kind is EventKind.COVERAGE_REGRESSION else log.info
            say(news.kind.replace("-", " "), subject=news.subject, detail=news.detail)
    finally:
        store.close()


def _watch(
    scan: Scan, network: Network, follower: Follower, log: FilteringBoundLogger, *, windows: bool
) -> Finished:
    with ExitStack() as held:
        held.enter_context(following(follower))
        pressed = held.enter_context(interruptible(scan))
        if windows:
            held.enter_context(within(calendar_of(network), scan))
        for event in scan.events():
            for note in pressed():
                log.warning(note)
            if isinstance(event, Note):
                log.info(event.text)
            if isinstance(event, Finished):
                return event
    raise HiksweepError("the sweep ended without a result")


def _report(found: Configuration, finished: Finished, network: Network, log: FilteringBoundLogger) -> int:
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
    say = log.warning if news else log.info
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

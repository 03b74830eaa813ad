"""Sweeps what is due, for as long as it runs: several networks at a time, one never twice.

What is due when is decided by the rules of `due` and `windows`, over and over: a look every few seconds, by a
clock that nobody sets. APScheduler keeps the moments at which a network comes due, and the threads: its jobs
lie in memory and are made anew from the configuration; what has been swept is in the store and the journals.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from apscheduler.events import EVENT_JOB_SUBMITTED, JobSubmissionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from scanner.config.network import Network
from scanner.config.settings import Configuration
from scanner.model.errors import HiksweepError
from scanner.schedule.due import Due
from scanner.schedule.facts import Facts, gather
from scanner.schedule.last_runs import CHANGED, PAUSED, STOPPED
from scanner.schedule.log import Logger
from scanner.schedule.notify import notify
from scanner.schedule.sweep import uptime, utc_now
from scanner.schedule.turn import Outcome, Turn

LOOK = 5.0
"""Seconds between two looks at what is due."""
PATIENCE = 50.0
"""Seconds that sweeps get to end in when the daemon is stopped."""
_TICK = 0.25
_REST = 60.0
"""Seconds until a network that could not be swept is tried again; twice as long each time, up to an hour."""
_LONGEST_REST = 3600.0
_QUICK, _LONG, _LOOKS = "quick", "long", "looks"
_SAID_OF_A_NETWORK = ("label", "owner", "owner_kind", "profile", "facts", "every", "jitter")
"""What may change while a network is swept, since it changes nothing that is sent."""

Sweep = Callable[[Configuration, Network, Turn, Callable[[], bool]], Outcome]
"""Sweeps a network; it asks once more, when nobody else can begin any more, whether that is still wanted."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the daemon works with."""

    load: Callable[[], Configuration]
    """Reads the configuration anew; a fault in it is a `UsageError`."""
    sweep: Sweep
    is_quick: Callable[[Network], bool]
    """Whether a network is done soon, and must not wait for one that is not."""
    log: Logger
    folder: Path
    """The data folder."""
    watchdog: float | None = None
    """Seconds between two signs of life; None = nobody waits for them."""
    wall: Callable[[], datetime] = utc_now
    ticks: Callable[[], float] = uptime
    gather: Callable[..., Facts] = gather


class Daemon:
    """Looks, sweeps, and hears what it is told meanwhile.

    Args:
        found: the configuration at its beginning.
        around: what it works with.
    """

    def __init__(self, found: Configuration, around: Surroundings) -> None:
        self._found, self._around, self._log = found, around, around.log
        self._lock = threading.Lock()
        self._under_way: dict[str, tuple[Network, Turn]] = {}
        # Whose turn was handed to a lane, and whose is over: a short one may be over before that is heard.
        self._handed, self._over = Counter[str](), Counter[str]()
        self._resting: dict[str, tuple[float, int]] = {}
        """Until when a network is not tried again, and how often that failed."""
        self._looking = threading.Lock()
        self._stopping = self._reload = False
        self._signature = _signature(found.path)
        self._trouble = ""
        self._scheduler = self._made(found.settings.daemon.at_once)

    def _made(self, at_once: int) -> BackgroundScheduler:
        logging.getLogger("apscheduler").setLevel(logging.CRITICAL)  # what it would say, we say
        long = at_once // 2
        made = BackgroundScheduler(
            timezone=UTC,
            executors={
                _QUICK: ThreadPoolExecutor(at_once - long),
                _LONG: ThreadPoolExecutor(long),
                _LOOKS: ThreadPoolExecutor(1),
            },
            # However late a job is, it runs once; whether it still should is asked when its turn comes.
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        made.add_listener(self._submitted, EVENT_JOB_SUBMITTED)
        return made

    # What signals ask for; they write nothing and take no lock.

    def stop(self) -> None:
        """End soon: what is being swept ends, and is recorded as cut."""
        self._stopping = True

    def reload(self) -> None:
        """Read the configuration again."""
        self._reload = True

    def run(self) -> None:
        """Work until `stop`."""
        self._scheduler.start()
        self._log.info("daemon begins", networks=len(self._found.networks), config=str(self._found.path))
        self.look()
        notify("READY=1")
        next_look = next_sign = self._around.ticks()
        while not self._stopping:
            time.sleep(_TICK)
            now = self._around.ticks()
            if self._reload or now >= next_look:
                next_look = now + LOOK
                self._scheduler.add_job(
                    self.look, executor=_LOOKS, id=_LOOKS, replace_existing=True, next_run_time=self._moment()
                )
                # After the clock was set, it has to look at it again.
                self._scheduler.wakeup()
            if self._around.watchdog is not None and now >= next_sign:
                next_sign = now + self._around.watchdog
                notify("WATCHDOG=1")
        self._end()

    def _moment(self) -> datetime:
        return self._around.wall()

    def _end(self) -> None:
        notify("STOPPING=1", "STATUS=ending what is under way")
        self._scheduler.shutdown(wait=False)
        with self._lock:
            turns = list(self._under_way.values())
        for _, turn in turns:
            turn.stop(STOPPED)
        until = self._around.ticks() + PATIENCE
        while self._under_way and self._around.ticks() < until:
            time.sleep(_TICK)
            if self._around.watchdog is not None:
                notify("WATCHDOG=1")
        self._log.info("daemon ends", cut=" ".join(network.id for network, _ in turns) or "nothing")

    # A look: once more, what is to be swept when?

    def look(self) -> None:
        """Bring the plan up to date with configuration, pauses, last runs and leases."""
        if not self._looking.acquire(blocking=False):
            return  # the one before still waits for the store
        try:
            self._look()
        except (HiksweepError, OSError) as error:
            self._say_trouble(str(error))
        finally:
            self._looking.release()

    def _look(self) -> None:
        self._read_again()
        now = self._around.wall()
        facts = self._around.gather(self._found, self._found.networks, self._around.folder, now)
        self._say_trouble(facts.trouble)
        self._stop_what_must(facts)
        soonest: list[tuple[datetime, str]] = []
        waiting = self.waiting
        for network in sorted(self._found.networks, key=lambda one: not self._around.is_quick(one)):
            if network.id in self._under_way or network.id in waiting:
                continue
            due = facts.due(network, now)
            if network.id in facts.elsewhere or self._rests(network.id):
                due = replace(due, at=None)
            if due.at is not None:
                soonest.append((due.at, network.id))
            self._plan(network, due, now)
        self._forget_jobs({network.id for network in self._found.networks})
        notify(f"STATUS={self._status(soonest, now)}")

    def _plan(self, network: Network, due: Due, now: datetime) -> None:
        """Have a network swept when it is due, or not at all."""
        job = self._scheduler.get_job(network.id)
        if due.at is None:
            if job is not None:
                self._remove(network.id)
            return
        at = max(due.at, now)
        if job is not None and (job.next_run_time == at or job.next_run_time <= now):
            return
        lane = _QUICK if self._around.is_quick(network) else _LONG
        self._scheduler.add_job(
            self._take_turn, "date", run_date=at, args=[network.id], id=network.id, executor=lane,
            replace_existing=True,
        )  # fmt: skip

    def _forget_jobs(self, known: set[str]) -> None:
        for job in self._scheduler.get_jobs():
            if job.id != _LOOKS and job.id not in known:
                self._remove(job.id)

    def _remove(self, name: str) -> None:
        from apscheduler.jobstores.base import JobLookupError

        try:
            self._scheduler.remove_job(name)
        except JobLookupError:
            return  # its turn came meanwhile

    def _stop_what_must(self, facts: Facts) -> None:
        """End sweeps of networks that are to be swept no more, or otherwise, or are paused."""
        wanted = {network.id: network for network in self._found.networks}
        for name, (network, turn) in list(self._under_way.items()):
            if turn.reason:
                continue
            reason = ""
            if not sends_alike(network, wanted.get(name)):
                reason = CHANGED
            elif (pause := facts.pauses.get(name)) is not None:
                reason = f"{PAUSED}: {pause.reason}" if pause.reason else PAUSED
            if reason:
                self._log.info("sweep is ended", network=name, reason=reason)
                turn.stop(reason)

    def _rests(self, name: str) -> bool:
        until, _ = self._resting.get(name, (0.0, 0))
        return self._around.ticks() < until

    def _status(self, soonest: list[tuple[datetime, str]], now: datetime) -> str:
        parts = [f"sweeping {', '.join(sorted(self._under_way))}"] if self._under_way else []
        later = [one for one in soonest if one[0] > now]
        if later:
            at, name = min(later)
            parts.append(f"next {name} at {at:%Y-%m-%d %H:%M}Z")
        return "; ".join(parts) or "nothing is due"

    def _say_trouble(self, trouble: str) -> None:
        """One line when it begins, and one when it is over."""
        if trouble and trouble != self._trouble:
            self._log.warning("the store or the pauses cannot be read", reason=trouble)
        elif self._trouble and not trouble:
            self._log.info("the store and the pauses can be read again")
        self._trouble = trouble

    # The configuration.

    def _read_again(self) -> None:
        signature = _signature(self._found.path)
        if not self._reload and signature == self._signature:
            return
        self._reload, self._signature = False, signature
        notify("RELOADING=1", f"MONOTONIC_USEC={int(time.monotonic() * 1e6)}")
        try:
            self._found = self._around.load()
        except HiksweepError as error:
            faults = "; ".join(str(error).splitlines())
            self._log.error("the changed configuration is not taken, the one before holds", reason=faults)
        else:
            self._resting.clear()
            self._log.info("configuration read", networks=len(self._found.networks))
        notify("READY=1")

    # A turn, in a thread of its lane.

    def _submitted(self, event: JobSubmissionEvent) -> None:
        self._handed[event.job_id] += 1

    @property
    def waiting(self) -> set[str]:
        """Networks that are being swept, or whose time has come and that wait for a place."""
        return {name for name, count in list(self._handed.items()) if count > self._over[name]} - {_LOOKS}

    def _take_turn(self, name: str) -> None:
        turn = Turn()
        try:
            network = next((one for one in self._found.networks if one.id == name), None)
            with self._lock:
                if network is None or self._stopping or name in self._under_way:
                    return
                self._under_way[name] = (network, turn)
            try:
                self._sweep(network, turn)
            finally:
                with self._lock:
                    del self._under_way[name]
        finally:
            self._over[name] += 1

    def _sweep(self, network: Network, turn: Turn) -> None:
        found = self._found
        try:
            outcome = Outcome.FAILED
            if not self._is_due(found, network):
                return
            if self._stopping:
                turn.stop(STOPPED)
            outcome = self._around.sweep(found, network, turn, lambda: self._is_due(found, network))
        except Exception as error:  # noqa: BLE001 - a fault of one sweep ends no other
            self._log.error("sweep failed", network=network.id, reason=f"{type(error).__name__}: {error}")
        if outcome is Outcome.FAILED:
            _, failures = self._resting.get(network.id, (0.0, 0))
            rest = min(_REST * 2**failures, _LONGEST_REST)
            self._resting[network.id] = (self._around.ticks() + rest, failures + 1)
        else:
            self._resting.pop(network.id, None)

    def _is_due(self, found: Configuration, network: Network) -> bool:
        """Whether it is due by what is known right now, and nobody is at it."""
        now = self._around.wall()
        facts = self._around.gather(found, [network], self._around.folder, now)
        return facts.due(network, now).is_now(now)


def sends_alike(one: Network, other: Network | None) -> bool:
    """Whether two descriptions of a network have the same sent, to the same addresses, at the same times."""
    if other is None:
        return False
    said: Mapping[str, object] = {key: getattr(other, key) for key in _SAID_OF_A_NETWORK}
    return replace(one, **said) == other  # type: ignore[arg-type]


def _signature(path: Path) -> tuple[int, ...]:
    """Something that differs when a file was written; empty when it is not there."""
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_mtime_ns, found.st_size, found.st_ino

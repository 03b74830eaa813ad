"""The daemon with a simulated clock and sweeps that are played; APScheduler is the real one."""

from __future__ import annotations

import io
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import apscheduler.schedulers.base
import pytest

from scanner.config.schema import Log
from scanner.config.settings import parse
from scanner.model.errors import UsageError
from scanner.schedule import daemon as daemons
from scanner.schedule.daemon import Daemon, Surroundings, sends_alike
from scanner.schedule.due import LastRun
from scanner.schedule.facts import Facts
from scanner.schedule.last_runs import CHANGED, STOPPED
from scanner.schedule.log import logger
from scanner.schedule.pauses import Pause
from scanner.schedule.turn import Outcome

NIGHTS = 'windows = "22:00-05:00"'


class Played:
    """A daemon in a world that a test moves: its clock, its last runs, its pauses, who else sweeps."""

    def __init__(self, path: Path, text: str, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
        self.path, self.now, self.uptime = path, now, 0.0
        self.last: dict[str, LastRun] = {}
        self.pauses: dict[str, Pause] = {}
        self.elsewhere: dict[str, str] = {}
        self.trouble = ""
        self.begun: list[tuple[str, datetime]] = []
        self.ended: list[tuple[str, str]] = []
        self.outcome = Outcome.SWEPT
        self.held: dict[str, threading.Event] = {}
        """Networks whose sweep lasts until the test, or a stop, ends it."""
        self.said = io.StringIO()
        path.write_text(text)
        monkeypatch.setattr(apscheduler.schedulers.base, "datetime", self._clock())
        around = Surroundings(
            load=self.load, sweep=self.sweep, is_quick=lambda network: "big" not in network.id,
            log=logger(Log(), stream=self.said, environment={}), folder=path.parent, wall=lambda: self.now,
            ticks=lambda: self.uptime, gather=self.gather,
        )  # fmt: skip
        self.daemon = Daemon(self.load(), around)
        self.scheduler = self.daemon._scheduler
        self.scheduler.start()

    def _clock(self) -> type[datetime]:
        world = self

        class Clock(datetime):
            @classmethod
            def now(cls, tz=None):
                return world.now.astimezone(tz)

        return Clock

    def load(self):
        try:
            return parse(self.path.read_text(), self.path, (), {})
        except OSError as error:
            raise UsageError(str(error)) from None

    def gather(self, _found, _networks, _folder, now):
        held = {name: pause for name, pause in self.pauses.items() if pause.holds(now)}
        return Facts(dict(self.last), held, dict(self.elsewhere), self.trouble)

    def sweep(self, _found, network, turn, still_due):
        if not still_due():
            return Outcome.ELSEWHERE
        self.begun.append((network.id, self.now))
        if self.outcome is Outcome.SWEPT:
            self.last[network.id] = LastRun(self.now)
        ending = self.held.get(network.id)
        while ending is not None and not ending.is_set() and not turn.reason:
            time.sleep(0.005)
        self.ended.append((network.id, turn.reason))
        return self.outcome

    def look(self) -> None:
        """Look once, and wait until what came due has had its turn, or is under way."""
        self.daemon.look()
        self.settle()

    def settle(self) -> None:
        self.scheduler.wakeup()
        until = time.monotonic() + 10
        while time.monotonic() < until:
            due = [job for job in self.scheduler.get_jobs() if job.next_run_time <= self.now]
            running = set(self.daemon._under_way)
            if not due and running <= set(self.held) and self.daemon.waiting <= set(self.held):
                return
            time.sleep(0.002)
        raise AssertionError("the daemon does not come to rest")

    def walk(self, until: datetime, step: timedelta = timedelta(minutes=20)) -> list[datetime]:
        while self.now < until:
            self.look()
            self.now += step
            self.uptime += step.total_seconds()
        return [at for _, at in self.begun]

    def close(self) -> None:
        for ending in self.held.values():
            ending.set()
        self.scheduler.shutdown()


@pytest.fixture
def play(tmp_path, monkeypatch):
    made = []

    def start(keys: str, now: datetime, more: str = "") -> Played:
        text = (
            f'time_zone = "America/Toronto"\n[daemon]\nat_once = 4\n[sites.main.networks.cameras]\n'
            f'targets = "10.1.0.0/24"\n{keys}\n{more}\n'
        )
        made.append(Played(tmp_path / "hiksweep.toml", text, now, monkeypatch))
        return made[-1]

    yield start
    for one in made:
        one.close()


def test_over_a_change_of_the_clocks_every_night_is_swept_once_at_its_hour(play, wall, shown):
    spring = play(f'every = "day"\n{NIGHTS}', wall("2026-03-06 12:00"))
    assert [shown(at) for at in spring.walk(wall("2026-03-10 12:00"))] == [
        "03-06 22:00 -5", "03-07 22:00 -5", "03-08 22:00 -4", "03-09 22:00 -4",
    ]  # fmt: skip


def test_in_autumn_too(play, wall, shown):
    autumn = play(f'every = "day"\n{NIGHTS}', wall("2026-10-30 12:00"))
    assert [shown(at) for at in autumn.walk(wall("2026-11-03 12:00"))] == [
        "10-30 22:00 -4", "10-31 22:00 -4", "11-01 22:00 -5", "11-02 22:00 -5",
    ]  # fmt: skip


def test_a_clock_that_is_set_back_by_an_hour_sweeps_nothing_twice_and_misses_nothing(play, wall, shown):
    world = play(f'every = "day"\n{NIGHTS}', wall("2026-06-01 21:50"))
    world.walk(wall("2026-06-01 22:40"), timedelta(minutes=10))
    world.now -= timedelta(hours=1)
    world.walk(wall("2026-06-03 12:00"), timedelta(minutes=10))

    assert [shown(at) for _, at in world.begun] == ["06-01 22:00 -4", "06-02 22:00 -4"]


def test_a_clock_that_is_set_back_while_it_waits_delays_no_look(play, wall):
    world = play('every = "6 hours"', wall("2026-06-01 12:00"))
    world.look()
    world.now = wall("2026-06-01 11:00")
    world.last.clear()
    world.look()

    assert len(world.begun) == 2


def test_a_machine_asleep_over_three_windows_makes_up_for_them_once(play, wall, shown):
    world = play(f'every = "day"\n{NIGHTS}', wall("2026-06-01 21:00"))
    world.walk(wall("2026-06-02 12:00"))
    world.now = wall("2026-06-05 03:00")  # asleep: neither a look nor a job in between
    world.walk(wall("2026-06-07 12:00"))

    assert [shown(at) for _, at in world.begun] == [
        "06-01 22:00 -4", "06-05 03:00 -4", "06-05 22:00 -4", "06-06 22:00 -4",
    ]  # fmt: skip


BIG = "\n".join(f'[sites.main.networks.big{n}]\ntargets = "10.{16 * n}.0.0/12"' for n in (1, 2, 3))
AT = datetime(2026, 6, 1, 12, tzinfo=UTC)


def test_a_small_network_never_waits_for_large_ones_and_these_are_bounded(play):
    world = play("", AT, BIG)
    world.held = {f"main/big{number}": threading.Event() for number in (1, 2, 3)}
    world.look()
    until = time.monotonic() + 10
    while len(world.begun) < 3 and time.monotonic() < until:
        time.sleep(0.01)

    names = [name for name, _ in world.begun]
    assert "main/cameras" in names
    assert len([name for name in names if "big" in name]) == 2
    assert world.daemon.waiting == set(world.held)
    world.look()
    assert len(world.begun) == 3


def test_one_network_is_never_swept_twice_at_a_time(play):
    world = play('every = "1 hour"', AT)
    world.held = {"main/cameras": threading.Event()}
    for _ in range(5):
        world.look()
        world.now += timedelta(hours=2)

    assert len(world.begun) == 1


def test_a_network_that_another_machine_sweeps_is_passed_over_and_taken_up_when_that_one_dies(play):
    world = play("", AT)
    world.elsewhere = {"main/cameras": "process 7 on other"}
    world.last = {"main/cameras": LastRun(AT, finished=False, left=True)}
    world.look()
    assert world.begun == []

    world.elsewhere = {}
    world.look()
    assert [name for name, _ in world.begun] == ["main/cameras"]


def test_a_changed_configuration_is_read_and_a_faulty_one_is_not_with_one_line(play):
    world = play("", AT)
    world.look()
    good = world.path.read_text()

    world.path.write_text(good + '[sites.main.networks.doors]\ntargets = "10.9.0.0/24"\nevry = "day"\n')
    world.look()
    world.look()
    faults = [line for line in world.said.getvalue().splitlines() if "ERROR" in line]
    assert len(faults) == 1
    assert "evry" in faults[0]

    world.path.write_text(good + '[sites.main.networks.doors]\ntargets = "10.9.0.0/24"\n')
    world.look()
    assert [name for name, _ in world.begun] == ["main/cameras", "main/doors"]


def test_sighup_reads_again_what_looks_the_same(play):
    world = play("", AT)
    world.look()
    world.daemon.reload()
    world.look()

    assert world.said.getvalue().count("configuration read") == 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda text: text.replace("10.1.0.0/24", "10.1.0.0/25"), CHANGED),
        (lambda text: text + "enabled = false\n", CHANGED),
        (lambda text: text + 'label = "Cameras"\n', ""),
    ],
)
def test_a_sweep_under_way_ends_when_what_it_may_send_changed(play, change, reason):
    world = play("", AT)
    world.held = {"main/cameras": threading.Event()}
    world.look()
    world.path.write_text(change(world.path.read_text()))
    world.daemon.look()
    if not reason:
        world.held["main/cameras"].set()
    until = time.monotonic() + 10
    while not world.ended and time.monotonic() < until:
        time.sleep(0.01)

    assert world.ended == [("main/cameras", reason)]


def test_a_pause_ends_what_is_under_way_and_begins_nothing(play):
    world = play('every = "1 hour"', AT)
    world.held = {"main/cameras": threading.Event()}
    world.look()
    world.pauses = {"main/cameras": Pause(AT.isoformat(), None, "CHG-7")}
    world.daemon.look()
    until = time.monotonic() + 10
    while not world.ended and time.monotonic() < until:
        time.sleep(0.01)
    world.now += timedelta(hours=5)
    world.look()

    assert world.ended == [("main/cameras", "it was paused: CHG-7")]
    assert len(world.begun) == 1


def test_what_failed_rests_longer_each_time_and_not_for_ever(play):
    world = play("", AT)
    world.outcome = Outcome.FAILED
    for _ in range(400):
        world.look()
        world.uptime += 30.0

    assert 5 <= len(world.begun) <= 12


def test_trouble_with_the_store_is_said_once_and_its_end_too(play):
    world = play("", AT)
    world.trouble = "gone"
    world.look()
    world.look()
    world.trouble = ""
    world.look()

    assert [line.split("  ")[1] for line in world.said.getvalue().splitlines()] == [
        "WARNING the store or the pauses cannot be read", "the store and the pauses can be read again",
    ]  # fmt: skip


def test_a_stop_ends_what_is_under_way_and_tells_the_service_manager(tmp_path, monkeypatch, play):
    told = []
    monkeypatch.setattr(daemons, "notify", lambda *words: told.extend(words))
    world = play("", AT)
    world.scheduler.shutdown()
    world.daemon._scheduler = world.scheduler = world.daemon._made(4)
    world.held = {"main/cameras": threading.Event()}
    running = threading.Thread(target=world.daemon.run)
    running.start()
    until = time.monotonic() + 10
    while not world.begun and time.monotonic() < until:
        time.sleep(0.01)
    world.daemon.stop()
    running.join(20)
    world.scheduler.start()  # for the end of the test

    assert not running.is_alive()
    assert world.ended == [("main/cameras", STOPPED)]
    assert "READY=1" in told
    assert told.index("READY=1") < told.index("STOPPING=1")
    assert "daemon ends  cut=main/cameras" in world.said.getvalue()


def test_what_is_sent_decides_whether_two_descriptions_are_alike(network):
    plain = network()

    assert sends_alike(plain, network('owner = "City"\nevery = "day"\nprofile = []'))
    assert not sends_alike(plain, network("rate = 7"))
    assert not sends_alike(plain, network('blackout = "2026-12-25"'))
    assert not sends_alike(plain, None)
